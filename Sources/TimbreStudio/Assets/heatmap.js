// A feature as a picture that one can look into: axes with units, zoom, the value under the pointer or the arrow keys, and a
// playhead. Another page gives it `source`, which answers a part of the feature as the API's feature route does.
import { element } from "./common.js";
import { area, columnsIn, drawFeature } from "./heatdraw.js";
import { listen } from "./heatinput.js";
import { number, rounded } from "./heatscale.js";

/**
 * Puts a feature into `holder`. `source({first_frame, frames, first_bin, bins, columns, rows})` promises
 * `{feature, bins, frames, hop, start, unit, position_unit, window, columns, rows, pooling, colors, bin_names, positions, values}`.
 * Returns `{ready, follow(audio), redraw()}`.
 */
export function heatMap(holder, { title, source, height }) {
  const canvas = element("canvas", { "aria-hidden": "true" });
  const head = element("div", { className: "playhead", hidden: true });
  const cross = element("div", { className: "cross", hidden: true });
  const plot = element("div", { className: "plot", tabIndex: 0, role: "application", "aria-roledescription": "heat map" }, canvas, head, cross);
  const told = element("output", { className: "told" });
  const button = (text, label, act) => element("button", { type: "button", className: "small", "aria-label": `${label}: ${title}`, title: label, onclick: act }, text);
  const tools = element("div", { className: "zoom" },
    button("+", "Zoom in", () => zoom(0.5)), button("−", "Zoom out", () => zoom(2)), button("All", "Show all", () => show(null)));
  holder.classList.add("heatmap");
  holder.append(element("div", { className: "tools" }, element("h4", {}, title), tools), plot, told);

  let data = null, wanted = 0, player = null, exact = 0, timer = 0;
  const place = () => area(data, plot.clientWidth, height);
  const looking = listen(plot, {
    data: () => data, cell, tell, show, zoom,
    hide: () => { cross.hidden = true; },
    seek: (frame) => { if (player && data.hop > 0) player.currentTime = Math.max(0, data.start + frame * data.hop); },
  });

  // The part that is shown: `window` in frames and bins; null is all of it.
  async function show(window) {
    const mine = ++wanted;
    let answer;
    try {
      answer = await source({ ...(window ?? {}), columns: columnsIn(plot.clientWidth), rows: 256 });
    } catch (error) {
      if (mine === wanted) { told.textContent = error.message; told.classList.add("bad"); }
      return;
    }
    if (mine !== wanted) return;
    told.classList.remove("bad");
    data = answer;
    const { unit, lower, upper } = data.colors;
    plot.setAttribute("aria-label", `${title}: ${data.bins} ${data.bins === 1 ? "bin" : "bins"}, ${data.frames} frames, `
      + `${data.bins === 1 ? "values" : "colours"} from ${rounded(lower)} to ${rounded(upper)} ${unit ?? ""}. `
      + "Arrow keys tell values, plus and minus zoom, 0 shows all.");
    draw();
    if (looking.cursor()) tell(looking.cursor()); else told.textContent = hint();
  }

  const hint = () => data.frames === 0 ? "There is nothing in it." : "Point at it, or use the arrow keys; drag to zoom.";

  function draw() {
    if (!data || plot.clientWidth === 0) return;
    drawFeature(canvas, plot, data, place());
    movePlayhead();
  }

  // The cell under a point; frames and bins of the feature itself.
  function cell(event) {
    const box = plot.getBoundingClientRect(), { left, top, width, height: tall } = place(), { window } = data;
    const x = (event.clientX - box.left - left) / width, y = 1 - (event.clientY - box.top - top) / tall;
    if (x < 0 || x >= 1 || y < 0 || y >= 1) return null;
    return { frame: window.first_frame + Math.floor(x * window.frames), bin: window.first_bin + Math.floor(y * window.bins) };
  }

  const time = (frame) => data.hop > 0 ? `${(data.start + frame * data.hop).toFixed(3)} s` : `frame ${frame}`;

  function tell(at) {
    const { window, columns, rows, pooling } = data;
    const frame = at.frame - window.first_frame, bin = at.bin - window.first_bin;
    if (frame < 0 || bin < 0 || frame >= window.frames || bin >= window.bins) return;
    const { left, top, width, height: tall } = place();
    const column = Math.min(columns - 1, Math.floor((frame + 0.5) * columns / window.frames));
    const row = Math.min(rows - 1, Math.floor((bin + 0.5) * rows / window.bins));
    cross.hidden = false;
    cross.style.left = `${left + width * (frame + 0.5) / window.frames}px`;
    cross.style.top = `${top + tall * (1 - (bin + 0.5) / window.bins)}px`;
    const name = data.bin_names?.[bin] ?? "", position = data.positions?.[bin];
    const where = [name];
    if (position !== undefined && position !== null && !name.includes(rounded(position)))
      where.push(`${rounded(position)}${data.position_unit ? ` ${data.position_unit}` : ""}`);
    const put = (value) => {
      told.textContent = `${where.filter(Boolean).join(", ")} · ${time(at.frame)} · ${number(value)}${data.unit ? ` ${data.unit}` : ""}`;
    };
    clearTimeout(timer);
    const mine = ++exact;
    if (pooling === "none") return put(data.values[row][column]);
    // Several cells share a pixel: the one that is meant is asked for.
    timer = setTimeout(async () => {
      try {
        const one = await source({ first_frame: at.frame, frames: 1, first_bin: at.bin, bins: 1, columns: 1, rows: 1 });
        if (mine === exact) put(one.values[0][0]);
      } catch { /* The next move asks again. */ }
    }, 80);
  }

  function zoom(factor, about = looking.cursor()) {
    if (!data || data.frames === 0) return;
    const { window } = data;
    const count = (now, all) => Math.max(1, Math.min(all, Math.round(now * factor)));
    const next = { frames: Math.max(Math.min(8, data.frames), count(window.frames, data.frames)), bins: Math.max(Math.min(8, data.bins), count(window.bins, data.bins)) };
    const centre = about ?? { frame: window.first_frame + window.frames / 2, bin: window.first_bin + window.bins / 2 };
    const first = (middle, size, all) => Math.max(0, Math.min(all - size, Math.round(middle - size / 2)));
    if (next.frames === data.frames && next.bins === data.bins) return show(null);
    return show({ first_frame: first(centre.frame, next.frames, data.frames), first_bin: first(centre.bin, next.bins, data.bins), ...next });
  }

  function movePlayhead() {
    if (!player || !data || !(data.hop > 0)) return;
    const { window } = data, { left, top, width, height: tall } = place();
    const share = ((player.currentTime - data.start) / data.hop + 0.5 - window.first_frame) / window.frames;
    head.hidden = share < 0 || share > 1 || (player.currentTime === 0 && player.paused);
    head.style.left = `${left + share * width}px`;
    head.style.top = `${top}px`;
    head.style.height = `${tall}px`;
  }

  const observer = new ResizeObserver(() => draw());
  observer.observe(plot);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  const ready = show(null);
  return {
    ready,
    redraw: draw,
    /** Lets a line run with a player; a click puts the player there. */
    follow(audio) {
      player = audio;
      const run = () => { movePlayhead(); if (!audio.paused && plot.isConnected) requestAnimationFrame(run); };
      for (const event of ["play", "seeked", "timeupdate", "ended"]) audio.addEventListener(event, run);
    },
  };
}
