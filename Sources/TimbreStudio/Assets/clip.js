// One clip of a run: each view to hear, each feature to look into.
import { ask, element, followPlayer, say } from "./common.js";
import { heatMap } from "./heatmap.js";

const section = document.getElementById("views");
const live = document.getElementById("made");
const choice = document.getElementById("view");
let turn = 0;

if (section) {
  choice.addEventListener("change", () => {
    const address = new URL(location.href);
    address.searchParams.set("view", choice.value);
    history.replaceState(null, "", address);
    show(choice.value);
  });
  section.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  show(choice.value);
}

async function show(view) {
  const mine = ++turn;
  const { run, clip } = section.dataset;
  const base = `/api/v1/runs/${encodeURIComponent(run)}/views/${encodeURIComponent(view)}`;
  const query = (more = {}) => `?${new URLSearchParams({ clip, ...more })}`;
  say(`Making ${view} …`);
  let answer;
  try {
    answer = await ask(base + query());
  } catch (error) {
    if (mine !== turn) return;
    live.replaceChildren();
    say(error.message, true);
    return;
  }
  if (mine !== turn) return;
  const drawn = Object.entries(answer.drawn ?? {}).map(([name, value]) => `${name} = ${typeof value === "number" ? Number(value.toPrecision(6)) : value}`);
  const facts = [
    (answer.chain ?? []).join(" → "), drawn.length > 0 ? `drawn: ${drawn.join(", ")}` : "",
    `${answer.seconds.toFixed(2)} s at ${answer.sample_rate} Hz`,
  ].filter(Boolean).join("; ");
  const audio = element("audio", { controls: true, preload: "metadata", src: `${base}/audio${query()}`, "aria-label": `${clip}, ${view}` });
  const wave = element("div", { "data-playhead": "" });
  // The server's own markup, every text in it escaped there.
  wave.insertAdjacentHTML("beforeend", answer.waveform);
  const maps = element("div", { className: "maps" });
  live.replaceChildren(
    element("p", { className: "detail" }, facts),
    element("div", { className: "player" }, audio), wave,
    ...(answer.same_as_run === false
      ? [element("p", { className: "bad" }, "These numbers are not the ones that the run has stored.")]
      : answer.same_as_run ? [element("p", { className: "detail" }, "Made anew: the vector is the run's own, bit for bit.")] : []),
    maps);
  followPlayer(live, audio);
  for (const feature of answer.features) {
    const holder = element("div", { "data-feature": feature.name });
    maps.append(holder);
    const source = (part) => ask(`${base}/features/${encodeURIComponent(feature.name)}${query(part)}`);
    heatMap(holder, { title: `${feature.name} (${feature.plugin})`, source }).follow(audio);
  }
  say("");
}
