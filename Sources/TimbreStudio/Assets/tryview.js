// What comes of a trial: heat maps to look into, sounds to hear, what was drawn.
import { blob, element, followPlayer } from "./common.js";
import { heatMap } from "./heatmap.js";

let addresses = [];

/** Puts an answer of POST /api/v1/plugins/{id}/try into `holder`. `part(window)` promises the same for a part of the feature. */
export function showTrial(holder, answer, part) {
  for (const address of addresses) URL.revokeObjectURL(address);
  addresses = [];
  holder.replaceChildren();
  if (answer.drawn) holder.append(drawn(answer.drawn));
  if (answer.before) {
    const both = element("div", { className: "grid" });
    holder.append(both);
    sound(both, "Before", answer.before);
    sound(both, "After", answer.after);
    return;
  }
  const maps = element("div", { className: "maps" });
  const players = element("div", {});
  holder.append(maps, players);
  const audio = sound(players, "The sound", answer.sound);
  if (answer.unchanged) map(maps, `Before (${answer.unchanged.plugin})`, answer.unchanged, (window) => part(window).then((one) => one.unchanged), audio);
  map(maps, answer.unchanged ? `After ${answer.plugin}` : answer.plugin, answer, part, audio);
}

function drawn(values) {
  const texts = Object.entries(values).map(([name, value]) => `${name} = ${typeof value === "number" ? Number(value.toPrecision(6)) : typeof value === "string" ? value : JSON.stringify(value)}`);
  return element("p", { className: "detail", id: "drawn" }, texts.length > 0 ? `Drawn at random: ${texts.join(", ")}` : "Nothing in it is drawn at random.");
}

function map(maps, title, answer, part, audio) {
  const [bins, frames] = answer.shape;
  const box = element("div", {});
  maps.append(box);
  const picture = element("div", {});
  box.append(picture, element("p", { className: "detail shape" }, `${bins} ${bins === 1 ? "bin" : "bins"} × ${frames} ${frames === 1 ? "frame" : "frames"}`));
  let first = answer.feature;
  const source = async (window) => {
    // The whole came with the answer, and so did each of its cells where none are pooled.
    if (window.frames === undefined && first) return first;
    if (first?.pooling === "none") return cut(first, window);
    return (await part(window)).feature;
  };
  heatMap(picture, { title, source }).follow(audio);
}

/** A part of a feature whose values are all here, where it fits the screen. */
function cut(whole, { first_frame: frame, frames, first_bin: bin, bins }) {
  return {
    ...whole, window: { first_frame: frame, frames, first_bin: bin, bins }, columns: frames, rows: bins,
    values: whole.values.slice(bin, bin + bins).map((row) => row.slice(frame, frame + frames)),
    bin_names: whole.bin_names.slice(bin, bin + bins), positions: whole.positions?.slice(bin, bin + bins) ?? null,
  };
}

function sound(holder, title, one) {
  const address = URL.createObjectURL(blob(one.audio, "audio/flac"));
  addresses.push(address);
  const audio = element("audio", { controls: true, src: address, "aria-label": title });
  const seconds = `${one.seconds.toFixed(2)} s at ${one.sample_rate} Hz`;
  const loud = one.peak > 1 ? "; louder than full scale, cut off when played" : "";
  const box = element("div", { className: "sound" }, element("h3", {}, title), element("p", { className: "detail" }, seconds + loud),
    element("div", { className: "player" }, audio));
  for (const picture of [one.waveform, one.mel].filter(Boolean)) {
    const figure = element("div", { "data-playhead": "" });
    // The server's own markup, every text in it escaped there.
    figure.insertAdjacentHTML("beforeend", picture);
    box.append(figure);
  }
  box.append(element("p", {}, element("a", { href: address, download: `${title.toLowerCase().replace("the ", "")}.flac` }, "Save as FLAC")));
  holder.append(box);
  followPlayer(box, audio);
  return audio;
}
