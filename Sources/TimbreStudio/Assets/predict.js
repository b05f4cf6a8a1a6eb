// The page that asks a model: files, or the microphone.
import { ask, blob, csvCell, download, element, followPlayer, say } from "./common.js";
import { live } from "./live.js";

const model = document.getElementById("model");
const results = document.getElementById("results");
const drop = document.getElementById("drop");
const files = document.getElementById("files");

if (model) {
  // The page of a run leads here with its own bundle chosen.
  const wanted = new URLSearchParams(location.search).get("model");
  if ([...model.options].some((option) => option.value === wanted)) model.value = wanted;
  files.addEventListener("change", () => predict([...files.files]));
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    predict([...event.dataTransfer.files]);
  });
  live({ button: document.getElementById("record"), model });
}

async function predict(chosen) {
  if (chosen.length === 0) return;
  results.replaceChildren();
  const answers = [];
  let failed = 0;
  // One file a request: the first answers are seen while the others are on their way.
  for (const [index, file] of chosen.entries()) {
    say(`Asking ${index + 1} of ${chosen.length}: ${file.name} …`);
    const form = new FormData();
    form.append("model", model.value);
    form.append("audio", file, file.name);
    try {
      const [answer] = await ask(`/api/v1/predict?detail=${chosen.length === 1}`, { method: "POST", body: form });
      answers.push(answer);
    } catch (error) {
      answers.push({ file: file.name, error: error.message });
    }
    if (answers.at(-1).error) failed += 1;
    if (chosen.length > 1) showTable(answers);
  }
  if (chosen.length === 1) showOne(answers[0]);
  const many = chosen.length === 1 ? "1 file" : `${chosen.length} files`;
  say(failed > 0 ? `${failed} of ${many} could not be answered.` : `${many} answered.`, failed > 0);
  files.value = "";
}

function showOne(answer) {
  const box = element("article", { className: "answer" }, element("h2", {}, answer.file));
  results.append(box);
  if (answer.error) {
    box.append(element("p", { className: "bad" }, answer.error));
    return;
  }
  const share = answer.probabilities[answer.label];
  box.append(element("p", {}, element("span", { className: "label" }, answer.label), ` ${(100 * share).toFixed(1)} %`));
  // The server's own markup, every text in it escaped there.
  box.insertAdjacentHTML("beforeend", answer.html);
  const holder = box.querySelector("[data-player]");
  const audio = element("audio", { controls: true, src: URL.createObjectURL(blob(answer.audio, "audio/flac")) });
  audio.setAttribute("aria-label", `${answer.file}, as the model hears it`);
  holder.append(audio);
  followPlayer(box, audio);
}

function showTable(answers) {
  const labels = [...new Set(answers.flatMap((answer) => Object.keys(answer.probabilities ?? {})))];
  const cells = (answer) => labels.map((label) => answer.probabilities?.[label]);
  const save = () => {
    const lines = [["file", "label", ...labels, "error"], ...answers.map((answer) => [
      answer.file, answer.label ?? "", ...cells(answer).map((value) => value ?? ""), answer.error ?? "",
    ])];
    download("predictions.csv", lines.map((line) => line.map(csvCell).join(",")).join("\n") + "\n", "text/csv");
  };
  results.replaceChildren(
    element("div", { className: "tools" }, element("h2", {}, "Predictions"),
      element("button", { type: "button", onclick: save }, "Download CSV")),
    element("div", { className: "scroll" },
      element("table", { "aria-label": "Predictions" },
        element("thead", {}, element("tr", {}, ...["file", "label"].map((name) => element("th", { scope: "col" }, name)),
          ...labels.map((name) => element("th", { scope: "col", className: "n" }, name)))),
        element("tbody", {}, ...answers.map((answer) => element("tr", {},
          element("th", { scope: "row" }, answer.file),
          answer.error
            ? element("td", { className: "bad", colSpan: labels.length + 1 }, answer.error)
            : element("td", {}, element("strong", {}, answer.label)),
          ...(answer.error ? [] : cells(answer).map((value) => element("td", { className: "n" }, value.toFixed(4))))))))));
}
