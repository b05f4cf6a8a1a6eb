// The runs of one workflow: begun, listed and watched.
import { ask, element, say } from "./common.js";
import { follow } from "./follow.js";

/** @param page `name` of the workflow; `save()` saves its text and says whether that is done. */
export function runs(page) {
  const runForm = document.getElementById("run-form");
  const runLine = document.getElementById("run-status");
  const live = document.getElementById("live");
  const list = document.getElementById("runs");
  let leave = null;

  async function start() {
    if (!(await page.save())) {
      say("Not started, since the text could not be saved.", true, runLine);
      return;
    }
    try {
      const body = JSON.stringify({ workflow: page.name, set: changes(document.getElementById("sets").value) });
      const run = await ask("/api/v1/runs", { method: "POST", body, headers: { Accept: "application/json", "Content-Type": "application/json" } }, 1);
      addRun(run.id, run.state);
      watch(run.id);
    } catch (error) {
      say(error.message, true, runLine);
    }
  }

  runForm.addEventListener("submit", (event) => {
    event.preventDefault();
    start();
  });
  document.getElementById("go").addEventListener("click", () => {
    document.getElementById("running").scrollIntoView();
    start();
  });

  function addRun(id, state) {
    let item = list.querySelector(`[data-run="${CSS.escape(id)}"]`);
    if (!item) {
      item = element("li", { "data-run": id });
      list.prepend(item);
    }
    item.replaceChildren(
      element("button", { type: "button", className: "plain", onclick: () => watch(id) }, id), " ", element("span", { className: "tag" }, state));
  }

  function watch(id) {
    leave?.();
    history.replaceState(null, "", `?run=${encodeURIComponent(id)}`);
    leave = follow(id, live, (state) => addRun(id, state));
  }

  for (const item of list.querySelectorAll("li")) {
    const { run, state } = item.dataset;
    addRun(run, state);
  }
  const asked = new URLSearchParams(location.search).get("run");
  const current = asked ?? [...list.children].find((item) => ["running", "stopping"].includes(item.dataset.state))?.dataset.run;
  if (current) watch(current);
}

/** Words between spaces; quotation marks and brackets keep spaces. */
function changes(text) {
  const found = [];
  let word = "";
  let depth = 0;
  let quote = "";
  for (const letter of text) {
    if (quote) quote = letter === quote ? "" : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if ("[{".includes(letter)) depth += 1;
    else if ("]}".includes(letter)) depth -= 1;
    if (/\s/.test(letter) && !quote && depth <= 0) {
      if (word) found.push(word);
      word = "";
    } else {
      word += letter;
    }
  }
  return word ? [...found, word] : found;
}
