// Tables of runs: choosing some of them, to compare or to remove.
import { ask, say } from "./common.js";

const many = (count) => count === 1 ? "1 run" : `${count} runs`;

for (const form of document.querySelectorAll("form[data-choose]")) {
  const boxes = [...form.querySelectorAll("input[name=run]")];
  const all = form.querySelector("[data-all]");
  const compare = form.querySelector("[data-compare]");
  const remove = form.querySelector("[data-remove]");
  const told = form.querySelector("[data-chosen]");
  const chosen = () => boxes.filter((box) => box.checked);
  // In the order in which they are ticked: the first one is what a comparison holds the others against.
  const order = chosen().map((box) => box.value);
  const update = () => {
    const now = chosen().map((box) => box.value), count = now.length;
    order.splice(0, order.length, ...order.filter((name) => now.includes(name)), ...now.filter((name) => !order.includes(name)));
    compare.disabled = count === 0;
    if (remove) remove.disabled = count === 0;
    if (told) told.textContent = count === 0 ? told.dataset.none : count === 1 ? "1 run chosen" : `${count} runs chosen, ${order[0]} first`;
    if (all) {
      all.checked = count === boxes.length && count > 0;
      all.indeterminate = count > 0 && count < boxes.length;
    }
  };
  form.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes) box.checked = all.checked;
    update();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.assign(`${form.getAttribute("action")}?${new URLSearchParams(order.map((name) => ["run", name]))}`);
  });
  remove?.addEventListener("click", () => confirmRemoval(chosen().map((box) => box.value)));
  // A browser that comes back to the page keeps what was ticked.
  addEventListener("pageshow", update);
  update();
}

function confirmRemoval(names) {
  const dialog = document.getElementById("sure");
  dialog.querySelector("[data-count]").textContent = many(names.length);
  const list = dialog.querySelector("[data-names]");
  list.replaceChildren(...names.slice(0, 10).map((name) => Object.assign(document.createElement("li"), { textContent: name })));
  if (names.length > 10) list.append(Object.assign(document.createElement("li"), { textContent: `and ${names.length - 10} more` }));
  dialog.returnValue = "no";
  dialog.addEventListener("close", () => { if (dialog.returnValue === "yes") removeRuns(names); }, { once: true });
  dialog.showModal();
}

async function removeRuns(names) {
  const failed = [];
  for (const [index, name] of names.entries()) {
    say(`Removing ${index + 1} of ${names.length} …`);
    try {
      await ask(`/api/v1/runs/${encodeURIComponent(name)}`, { method: "DELETE" });
      document.querySelector(`input[name=run][value="${CSS.escape(name)}"]`)?.closest("tr").remove();
    } catch (error) {
      failed.push(`${name}: ${error.message}`);
    }
  }
  if (failed.length > 0) say(failed.join(" "), true);
  else location.reload();
}

// A choice of state is an answer by itself.
const filter = document.getElementById("filter");
filter?.querySelector("select").addEventListener("change", () => filter.requestSubmit());

// What is wider than the page is scrolled by the keyboard, too.
function reach(holder) {
  if (holder.hasAttribute("tabindex") || (holder.scrollWidth <= holder.clientWidth && holder.scrollHeight <= holder.clientHeight)) return;
  const inside = holder.querySelector("[aria-label], caption");
  holder.tabIndex = 0;
  holder.setAttribute("role", "region");
  holder.setAttribute("aria-label", inside?.getAttribute("aria-label") ?? inside?.textContent ?? "Table");
}
const watch = new ResizeObserver((entries) => entries.forEach((entry) => reach(entry.target)));
for (const holder of document.querySelectorAll(".scroll")) {
  watch.observe(holder);
  // What is folded away has no size that could change.
  reach(holder);
}
