// The list of plugins: search as one types. On a page of one: copying.
import { say } from "./common.js";
import { copyButtons } from "./usage.js";

const form = document.getElementById("search-form");
if (form) search(document.getElementById("search")); else copyButtons();

function search(field) {
  form.hidden = false;
  const sections = [...document.querySelectorAll("section[data-kind]")].map((section) => ({
    section, entries: [...section.querySelectorAll("li[data-words]")],
  }));
  const show = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const { section, entries } of sections) {
      let here = 0;
      for (const entry of entries) {
        entry.hidden = !words.every((word) => entry.dataset.words.includes(word));
        if (!entry.hidden) here += 1;
      }
      section.hidden = here === 0;
      found += here;
    }
    say(words.length === 0 ? "" : found === 0 ? "No plugin has these words." : `${found} ${found === 1 ? "plugin" : "plugins"}`);
    const address = new URL(location.href);
    if (words.length > 0) address.searchParams.set("q", field.value); else address.searchParams.delete("q");
    history.replaceState(null, "", address);
  };
  field.value = new URL(location.href).searchParams.get("q") ?? field.value;
  field.addEventListener("input", show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    // Enter opens the only one that is left.
    const left = sections.flatMap(({ entries }) => entries).filter((entry) => !entry.hidden);
    if (left.length === 1) location.assign(left[0].querySelector("a").href);
  });
  if (field.value) show();
}
