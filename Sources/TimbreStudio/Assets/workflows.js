// The list of workflows: run one, or begin a new one.
import { ask, element, say } from "./common.js";

const example = `{
  "timbre": 1,
  "title": "A new workflow",
  "seed": 7,
  "dataset": { "use": "dataset.synthetic" },
  "features": {
    "mfcc": { "use": "feature.mfcc", "n_mfcc": 20 }
  },
  "vector": ["mfcc.mean", "mfcc.std"],
  "split": { "by": "speaker", "test": 0.3 },
  "classifier": { "use": "classifier.logistic_regression" }
}
`;

const form = document.getElementById("create");
const open = document.getElementById("new");
const name = document.getElementById("create-name");

open.addEventListener("click", () => {
  form.hidden = false;
  name.focus();
});
const close = () => {
  form.hidden = true;
  open.focus();
};
document.getElementById("create-cancel").addEventListener("click", close);
form.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const base = document.getElementById("create-base").value;
  try {
    const text = base ? await (await fetch(`/api/v1/workflows/${encodeURIComponent(base)}`)).text() : example;
    const path = encodeURIComponent(name.value);
    await ask(`/api/v1/workflows/${path}`, { method: "PUT", body: text, headers: { Accept: "application/json", "If-None-Match": "*", "Content-Type": "text/plain" } });
    location.assign(`/workflows/${path}`);
  } catch (error) {
    say(error.message, true);
    name.focus();
  }
});

for (const button of document.querySelectorAll("button[data-run]")) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const { id } = await ask("/api/v1/runs", { method: "POST", body: JSON.stringify({ workflow: button.dataset.run }), headers: { Accept: "application/json", "Content-Type": "application/json" } }, 1);
      say(`${id} is on its way …`);
      location.assign(`/workflows/${encodeURIComponent(button.dataset.run)}?run=${encodeURIComponent(id)}#running`);
    } catch (error) {
      button.disabled = false;
      say(error.message, true);
    }
  });
}
