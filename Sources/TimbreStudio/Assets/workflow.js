// The workbench of one workflow: its text with lint's findings, its graph, a form for the chosen node, and its runs.
import { ask, element, say } from "./common.js";
import { completions, knowledge } from "./complete.js";
import { Editor } from "./editor.js";
import { set } from "./jsonedit.js";
import { find, read } from "./jsontext.js";
import { nodeForms } from "./nodeforms.js";
import { runs } from "./workflowruns.js";

const holder = document.getElementById("editor");
const { name, file } = holder.dataset;
const path = `/api/v1/workflows/${encodeURIComponent(name)}`;
const graph = document.getElementById("graph");
const save = document.getElementById("save");
const list = document.getElementById("findings");
let known = null;
let saved = { text: document.getElementById("text").value, tag: null, hasReturns: false };
let lint = { findings: [], nodes: [] };
let chosen = null;
let forms = null;

const editor = new Editor(holder, document.getElementById("text"), (text, offset) => known && completions(text, offset, known));

// The text

const isChanged = () => editor.text !== saved.text;

function showState() {
  save.disabled = !isChanged();
  document.getElementById("saved").textContent = isChanged() ? "not saved" : "";
}

async function load() {
  const response = await fetch(path);
  if (!response.ok) throw new Error("The workflow cannot be read. Has it been removed?");
  const text = await response.text();
  saved = { text: text.replaceAll("\r\n", "\n"), tag: response.headers.get("ETag"), hasReturns: text.includes("\r\n") };
  editor.text = saved.text;
  showState();
}

async function store() {
  const text = editor.text;
  const body = saved.hasReturns ? text.replaceAll("\n", "\r\n") : text;
  const headers = { Accept: "application/json", "Content-Type": "text/plain", ...(saved.tag ? { "If-Match": saved.tag } : {}) };
  let response;
  try {
    response = await fetch(path, { method: "PUT", body, headers });
  } catch {
    throw new Error("The server cannot be reached. Is it still running?");
  }
  if (!response.ok) {
    const { error } = await response.json().catch(() => ({}));
    if (response.status === 412) offerReload();
    throw new Error(error ? `${error.message}${error.help ? ` – ${error.help}` : ""}` : `The server answered ${response.status}.`);
  }
  saved = { ...saved, text, tag: response.headers.get("ETag") };
  showState();
}

function offerReload() {
  const button = element("button", { type: "button", className: "small", onclick: async () => {
    button.remove();
    await load();
    check();
  } }, "Load it anew (your changes go)");
  save.after(button);
}

async function storeAndSay() {
  try {
    await store();
    say("Saved.");
    return true;
  } catch (error) {
    say(error.message, true);
    return false;
  }
}

save.addEventListener("click", storeAndSay);
document.addEventListener("keydown", (event) => {
  if (event.key === "s" && (event.ctrlKey || event.metaKey) && !event.altKey) {
    event.preventDefault();
    storeAndSay();
  }
});
addEventListener("beforeunload", (event) => {
  if (isChanged()) event.preventDefault();
});
document.getElementById("remove").addEventListener("click", async () => {
  if (!confirm(`Delete ${file}? Runs made with it stay.`)) return;
  try {
    await ask(path, { method: "DELETE", headers: { Accept: "application/json", ...(saved.tag ? { "If-Match": saved.tag } : {}) } });
    saved.text = editor.text;
    location.assign("/workflows");
  } catch (error) {
    say(error.message, true);
  }
});

// Lint

let waiting = 0;
let asking = null;

editor.onChange = () => {
  showState();
  clearTimeout(waiting);
  waiting = setTimeout(check, 250);
};

async function check() {
  asking?.abort();
  const own = (asking = new AbortController());
  let answer;
  try {
    answer = await ask(`/api/v1/lint?detail=true&name=${encodeURIComponent(name)}`, {
      method: "POST", body: editor.text || "\n", signal: own.signal, headers: { Accept: "application/json", "Content-Type": "text/plain" },
    });
  } catch (error) {
    if (error.name !== "AbortError") say(error.message, true);
    return;
  }
  // While the text is no JSON, its last good picture stays.
  lint = { ...answer, nodes: answer.nodes.length > 0 ? answer.nodes : lint.nodes };
  showFindings();
  // The server's own markup, every text in it escaped there.
  if (answer.nodes.length > 0) {
    graph.innerHTML = answer.graph;
    document.getElementById("title").textContent = answer.title || name;
  }
  mark();
  forms?.refresh();
}

const isHere = (finding) => finding.line !== null && finding.file === file;

function showFindings() {
  const { findings } = lint;
  editor.showFindings(findings.filter(isHere));
  list.replaceChildren(...findings.map((finding) => {
    const where = finding.line === null ? "" : isHere(finding) ? `Line ${finding.line}` : `${finding.file}, line ${finding.line}`;
    const text = [element("span", { className: finding.severity === "error" ? "bad" : "muted" }, `${where ? `${where}: ` : ""}${finding.severity}: `),
      finding.message, finding.help ? element("span", { className: "detail" }, ` – ${finding.help}`) : ""];
    return element("li", { "data-kind": finding.kind }, isHere(finding)
      ? element("button", { type: "button", className: "plain", onclick: () => editor.goTo(finding) }, ...text) : element("span", {}, ...text));
  }));
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const count = (number, noun) => (number === 0 ? [] : [`${number} ${noun}${number === 1 ? "" : "s"}`]);
  say(findings.length === 0 ? "No findings." : [...count(errors, "error"), ...count(findings.length - errors, "warning")].join(", "), errors > 0);
}

editor.onVisit = (finding) => say(`Line ${finding.line}: ${finding.message}${finding.help ? ` – ${finding.help}` : ""}`, finding.severity === "error");

// The graph and the forms

graph.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-path]");
  if (!link) return;
  event.preventDefault();
  choose(link.dataset.path);
});

function choose(which) {
  chosen = which;
  const node = lint.nodes.find((one) => one.path === which);
  mark();
  if (node?.line && node.file === file) {
    const { area } = editor;
    const focused = document.activeElement;
    editor.goTo(node);
    if (focused !== area) focused?.focus({ preventScroll: true });
  }
  forms?.show(which);
}

function mark() {
  for (const link of graph.querySelectorAll("a[data-path]")) {
    if (link.dataset.path === chosen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

// To begin with

runs({ name, save: async () => !isChanged() || storeAndSay() });

forms = nodeForms({
  title: document.getElementById("node-title"), body: document.getElementById("node-body"),
  node: (which) => lint.nodes.find((one) => one.path === which),
  known: () => known,
  features: () => (find(read(editor.text), ["features"])?.members ?? []).map(({ key }) => key),
  isHere: (node) => !node.file || node.file === file,
  write: (steps, value) => { editor.text = set(editor.text, steps, value); },
});
load().then(check).catch((error) => say(error.message, true));
knowledge().then((all) => {
  known = all;
  holder.dataset.ready = "true";
  if (chosen) forms.show(chosen);
}).catch((error) => say(error.message, true));
