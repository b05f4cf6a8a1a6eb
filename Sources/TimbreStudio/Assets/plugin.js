// The page of a plugin: parameters in, picture and sound out.
import { Refusal, ask, element, say } from "./common.js";
import { pluginForm } from "./form.js";
import { recordButton } from "./microphone.js";
import { showTrial } from "./tryview.js";
import { command, copyButtons, snippet } from "./usage.js";

const panel = document.getElementById("try");
const { plugin: id, kind } = panel.dataset;
const changesFeatures = panel.dataset.changesFeatures === "true";
const byId = (name) => document.getElementById(name);
const result = byId("result"), sample = byId("sample"), own = byId("own"), chooser = byId("file"), of = byId("of"), seed = byId("seed");

let file = null, turn = 0, timer = 0, running = null;
const forms = {};

copyButtons();
begin();

async function begin() {
  try {
    const spec = await ask(`/api/v1/plugins/${encodeURIComponent(id)}`);
    const { of: _, ...example } = spec.example;
    put("parameters", byId("parameters"), { parameters: spec.parameters, node: spec.node?.filter((one) => one.name !== "of") }, example, { node: true, drawn: spec.drawable });
    put("load", byId("load"), { parameters: JSON.parse(panel.dataset.load) }, {});
    if (of) await putSource();
  } catch (error) {
    say(error.message, true);
    return;
  }
  byId("try-form").hidden = false;
  byId("try-form").addEventListener("submit", (event) => {
    event.preventDefault();
    change(0);
  });
  sample.addEventListener("change", () => change(0));
  chooser.addEventListener("change", () => {
    if (chooser.files.length === 0) return;
    take(chooser.files[0]);
    chooser.value = "";
  });
  recordButton(byId("record"), Number(panel.dataset.longest), take, say);
  of?.addEventListener("change", async () => {
    try {
      await putSource();
      change(0);
    } catch (error) {
      say(error.message, true);
    }
  });
  seed?.addEventListener("input", () => change());
  byId("again")?.addEventListener("click", () => {
    seed.value = String(Math.floor(Math.random() * 1e6));
    change(0);
  });
  change(0);
}

/** From now on a sound of the user's own is tried. */
function take(sound) {
  file = sound;
  own.textContent = file.name;
  own.hidden = own.disabled = false;
  own.selected = true;
  change(0);
}

function put(name, holder, spec, values, options = {}) {
  forms[name] = pluginForm(spec, values, () => change(), options);
  holder.replaceChildren(forms[name].node);
}

async function putSource() {
  const spec = await ask(`/api/v1/plugins/${encodeURIComponent(of.value)}`);
  put("of_parameters", byId("of-parameters"), { parameters: spec.parameters }, {});
}

const usesFile = () => sample.value === "" && file !== null;
const values = (name) => forms[name]?.values() ?? {};

function order(more = {}) {
  const form = new FormData();
  if (usesFile()) form.append("audio", file, file.name); else form.append("sample", sample.value);
  for (const name of Object.keys(forms)) form.append(name, JSON.stringify(values(name)));
  if (of) form.append("of", of.value);
  if (seed?.value) form.append("seed", seed.value);
  for (const [name, value] of Object.entries(more)) form.append(name, JSON.stringify(value));
  return form;
}

/** Something has been changed: the texts follow at once, the picture once the hand rests. */
function change(wait = 300) {
  clearTimeout(timer);
  const use = {
    id, kind, changesFeatures, file: usesFile() ? file.name : "clip.wav", parameters: values("parameters"), load: values("load"),
    of: of?.value, ofParameters: values("of_parameters"), seed: Number(seed?.value) || 0,
  };
  if (byId("command")) byId("command").textContent = command(use) ?? "";
  byId("snippet").textContent = snippet(use);
  timer = setTimeout(attempt, wait);
}

async function attempt() {
  const mine = (turn += 1);
  running?.abort();
  running = new AbortController();
  if (Object.values(forms).some((form) => !form.isReadable())) {
    say("A field cannot be read yet.", true);
    return;
  }
  result.setAttribute("aria-busy", "true");
  say("Working …");
  const path = `/api/v1/plugins/${encodeURIComponent(id)}/try`;
  try {
    const answer = await ask(path, { method: "POST", body: order(), signal: running.signal });
    if (mine !== turn) return;
    for (const form of Object.values(forms)) form.showFindings([]);
    // Parts of a large feature are asked for with the form as it was then.
    const then = order();
    const part = (window) => {
      const again = new FormData();
      for (const [name, value] of then) again.append(name, value);
      again.append("window", JSON.stringify(window));
      return ask(path, { method: "POST", body: again });
    };
    showTrial(result, answer, part);
    // The last one is what has come of it. A browser that forbids it leaves the button.
    if (byId("at-once")?.checked) [...result.querySelectorAll("audio")].at(-1)?.play().catch(() => {});
    say(`Done in ${Math.max(1, Math.round(answer.milliseconds))} ms.`);
  } catch (error) {
    if (mine !== turn || error.name === "AbortError") return;
    tell(error);
  } finally {
    if (mine === turn) result.setAttribute("aria-busy", "false");
  }
}

/** Each finding at its field; what has none, and the first of all, in the status line. */
function tell(error) {
  const findings = error instanceof Refusal ? error.findings : [];
  const homeless = [];
  for (const [name, form] of Object.entries(forms)) {
    homeless.push(...form.showFindings(findings.filter((finding) => finding.field === name)));
    const details = form.node.closest("details");
    if (details && form.node.querySelector(".error:not([hidden])")) details.open = true;
  }
  const placed = findings.filter((finding) => forms[finding.field]).length - homeless.length;
  if (findings.length > 0 && placed === findings.length) say(placed === 1 ? "One field is wrong." : `${placed} fields are wrong.`, true);
  else say(homeless.length > 0 ? homeless.map((one) => one.help ? `${one.message} – ${one.help}` : one.message).join(" ") : error.message, true);
  result.replaceChildren(...(placed > 0 || homeless.length > 0 ? result.childNodes : [element("p", { className: "muted" }, "There is nothing to see.")]));
}
