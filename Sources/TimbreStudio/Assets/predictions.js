// Answers of a model: one with all that stands behind it, or a table of several.
import { blob, csvCell, download, element, followPlayer } from "./common.js";

const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** A file with a line for each answer, with all digits. */
function saveButton(answers) {
  const labels = labelsOf(answers);
  const save = () => {
    const lines = [["file", "label", ...labels, "error"], ...answers.map((answer) => [
      answer.file, answer.label ?? "", ...labels.map((label) => answer.probabilities?.[label] ?? ""), answer.error ?? "",
    ])];
    download("predictions.csv", lines.map((line) => line.map(csvCell).join(",")).join("\n") + "\n", "text/csv");
  };
  return element("button", { type: "button", className: "small", "data-save": "", onclick: save }, "Download CSV");
}

const labelsOf = (answers) => [...new Set(answers.flatMap((answer) => Object.keys(answer.probabilities ?? {})))];

/** Puts one answer, asked for with its detail, into `holder`; returns its box. */
export function showOne(holder, answer) {
  const title = element("h2", {}, answer.file);
  const box = element("article", { className: "answer" });
  holder.replaceChildren(box);
  if (answer.error) {
    box.append(title, element("p", { className: "bad" }, answer.error));
    return box;
  }
  box.append(element("div", { className: "tools" }, title, saveButton([answer])),
    element("p", {}, element("span", { className: "label" }, answer.label), ` ${percent(answer.probabilities[answer.label])}`));
  // The server's own markup, every text in it escaped there.
  box.insertAdjacentHTML("beforeend", answer.html);
  const player = box.querySelector("[data-player]");
  const audio = element("audio", { controls: true, src: URL.createObjectURL(blob(answer.audio, "audio/flac")) });
  audio.setAttribute("aria-label", `${answer.file}, as the model hears it`);
  player.append(audio);
  followPlayer(box, audio);
  return box;
}

/** Puts a table of answers into `holder`; `open(index)` is told which one is to be shown whole. */
export function showTable(holder, answers, open) {
  const labels = labelsOf(answers);
  const cell = (answer, label) => element("td", { className: label === answer.label ? "n best" : "n" }, (answer.probabilities[label] ?? 0).toFixed(4));
  const row = (answer, index) => element("tr", {},
    element("th", { scope: "row" }, answer.error ? answer.file
      : element("button", { type: "button", className: "plain", onclick: () => open(index) }, answer.file)),
    ...(answer.error
      ? [element("td", { className: "bad", colSpan: labels.length + 1 }, answer.error)]
      : [element("td", {}, element("strong", {}, answer.label)), ...labels.map((label) => cell(answer, label))]));
  holder.replaceChildren(
    element("div", { className: "tools" }, element("h2", {}, "Predictions"), saveButton(answers)),
    element("p", { className: "detail" }, "A file's name shows what stands behind its answer."),
    element("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Predictions" },
      element("table", { className: "predictions", "aria-label": "Predictions" },
        element("thead", {}, element("tr", {}, ...["file", "label"].map((name) => element("th", { scope: "col" }, name)),
          ...labels.map((name) => element("th", { scope: "col", className: "n" }, name)))),
        element("tbody", {}, ...answers.map(row)))));
}
