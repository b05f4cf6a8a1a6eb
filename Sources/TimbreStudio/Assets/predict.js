// The page that asks a model: files, or the microphone.
import { ask, element, say } from "./common.js";
import { live } from "./live.js";
import { showOne, showTable } from "./predictions.js";

const model = document.getElementById("model");
const results = document.getElementById("results");
const drop = document.getElementById("drop");
const files = document.getElementById("files");
/** Files that were chosen last count; answers to former ones come too late. */
let turn = 0;

if (model) {
  // The page of a run leads here with its own bundle chosen.
  const wanted = new URLSearchParams(location.search).get("model");
  if ([...model.options].some((option) => option.value === wanted)) model.value = wanted;
  files.addEventListener("change", () => predict([...files.files]));
  // A file that misses the field would be opened instead of the page.
  for (const name of ["dragover", "dragleave", "drop"]) {
    addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
      if (name === "drop") predict([...event.dataTransfer.files]);
    });
  }
  live({ button: document.getElementById("record"), model });
}

async function answerTo(file, withDetail) {
  const form = new FormData();
  form.append("model", model.value);
  form.append("audio", file, file.name);
  try {
    const [answer] = await ask(`/api/v1/predict?detail=${withDetail}`, { method: "POST", body: form });
    return answer;
  } catch (error) {
    return { file: file.name, error: error.message };
  }
}

async function predict(chosen) {
  if (chosen.length === 0) return;
  const mine = (turn += 1);
  const table = element("div", {}), one = element("div", { id: "one" });
  results.replaceChildren(table, one);
  const answers = [];
  // One file a request: the first answers are seen while the others are on their way.
  for (const [index, file] of chosen.entries()) {
    say(`Asking ${index + 1} of ${chosen.length}: ${file.name} …`);
    answers.push(await answerTo(file, chosen.length === 1));
    if (mine !== turn) return;
    if (chosen.length > 1) showTable(table, answers, (which) => open(chosen[which], one));
  }
  if (chosen.length === 1) showOne(one, answers[0]);
  const failed = answers.filter(({ error }) => error).length;
  const many = chosen.length === 1 ? "1 file" : `${chosen.length} files`;
  say(failed > 0 ? `${chosen.length === 1 ? "The file" : `${failed} of ${many}`} could not be answered.` : `${many} answered.`, failed > 0);
  files.value = "";
}

/** One file of several, with all that stands behind its answer. */
async function open(file, holder) {
  const mine = turn;
  say(`Asking once more: ${file.name} …`);
  const answer = await answerTo(file, true);
  if (mine !== turn) return;
  const box = showOne(holder, answer);
  say(`${file.name} is shown below the table.`);
  box.tabIndex = -1;
  box.focus({ preventScroll: true });
  box.scrollIntoView({ block: "nearest" });
}
