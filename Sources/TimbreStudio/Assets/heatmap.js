// A feature as a picture that one can look into: axes with units, zoom, the value under the pointer or the arrow keys, and a
// playhead. Another page gives it `source`, which answers a part of the feature as the API's feature route does.
import { element } from "./common.js";
import { binTicks, colour, number, rounded, shareOf, timeTicks } from "./heatscale.js";

const TOP = 22, FOOT = 40, BAR = 88;

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

  let data = null, wanted = 0, cursor = null, part = null, drag = null, player = null, exact = 0, timer = 0;

  const area = () => {
    const isCurve = data.bins === 1;
    const width = plot.clientWidth;
    const left = Math.min(width / 3, 20 + 7.2 * Math.max(...(isCurve ? curveTicks() : binTicks(data, 99)).map((tick) => tick.label.length), 3));
    const tall = height ?? (isCurve ? 110 : Math.min(240, Math.max(60, data.bins * 16)));
    return { left, width: Math.max(20, width - left - (isCurve ? 12 : BAR)), top: TOP, height: tall };
  };

  // The part that is shown: `window` in frames and bins; null is all of it.
  async function show(window) {
    const mine = ++wanted;
    part = window;
    const columns = Math.max(50, Math.min(1200, Math.round((plot.clientWidth || 600) - BAR)));
    let answer;
    try {
      answer = await source({ ...(window ?? {}), columns, rows: 256 });
    } catch (error) {
      if (mine === wanted) { told.textContent = error.message; told.classList.add("bad"); }
      return;
    }
    if (mine !== wanted) return;
    told.classList.remove("bad");
    data = answer;
    const { unit, lower, upper } = data.colors;
    plot.setAttribute("aria-label", `${title}: ${data.bins} ${data.bins === 1 ? "bin" : "bins"}, ${data.frames} frames, colours from `
      + `${rounded(lower)} to ${rounded(upper)} ${unit ?? ""}. Arrow keys tell values, plus and minus zoom, 0 shows all.`);
    draw();
    if (cursor) tell(cursor); else told.textContent = hint();
  }

  const hint = () => data.frames === 0 ? "There is nothing in it." : "Point at it, or use the arrow keys; drag to zoom.";

  function draw() {
    if (!data || plot.clientWidth === 0) return;
    const place = area(), scale = globalThis.devicePixelRatio || 1;
    const style = getComputedStyle(plot);
    const [ink, muted, rule, blue] = ["--ink", "--muted", "--rule", "--blue"].map((name) => style.getPropertyValue(name).trim());
    canvas.width = plot.clientWidth * scale;
    canvas.height = (place.top + place.height + FOOT) * scale;
    canvas.style.height = `${place.top + place.height + FOOT}px`;
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    pen.font = `12px ${style.fontFamily}`;
    pen.imageSmoothingEnabled = false;
    if (data.bins === 1) drawCurve(pen, place, { blue, rule }); else drawCells(pen, place, ink);
    pen.fillStyle = muted;
    pen.strokeStyle = muted;
    pen.textAlign = "right";
    for (const tick of data.bins === 1 ? curveTicks() : binTicks(data, Math.max(2, Math.floor(place.height / 16))))
      pen.fillText(tick.label, place.left - 7, place.top + place.height * (1 - tick.place) + 4);
    pen.textAlign = "left";
    pen.fillText(data.bins === 1 ? data.unit ?? "" : data.position_unit ?? "", 2, 12);
    pen.textAlign = "center";
    pen.beginPath();
    pen.moveTo(place.left, place.top + place.height + 0.5);
    pen.lineTo(place.left + place.width, place.top + place.height + 0.5);
    for (const tick of timeTicks(data, Math.max(2, Math.floor(place.width / 70)))) {
      const x = place.left + place.width * tick.place;
      pen.moveTo(x, place.top + place.height);
      pen.lineTo(x, place.top + place.height + 4);
      pen.fillText(tick.label, x, place.top + place.height + 17);
    }
    pen.stroke();
    pen.textAlign = "right";
    pen.fillText(data.hop > 0 ? "time in s" : "frame", place.left + place.width, place.top + place.height + 32);
    movePlayhead();
  }

  function drawCells(pen, place, ink) {
    if (data.columns === 0) return;
    const picture = new ImageData(data.columns, data.rows);
    for (let row = 0; row < data.rows; row++) for (let column = 0; column < data.columns; column++) {
      const [red, green, blue] = colour(shareOf(data.values[row][column], data.colors));
      picture.data.set([red, green, blue, 255], 4 * ((data.rows - 1 - row) * data.columns + column));
    }
    const small = new OffscreenCanvas(data.columns, data.rows);
    small.getContext("2d").putImageData(picture, 0, 0);
    pen.drawImage(small, place.left, place.top, place.width, place.height);
    const x = place.left + place.width + 14, { lower, upper, unit } = data.colors;
    for (let step = 0; step < place.height; step++) {
      const [red, green, blue] = colour(1 - (step + 0.5) / place.height);
      pen.fillStyle = `rgb(${red} ${green} ${blue})`;
      pen.fillRect(x, place.top + step, 12, 1.5);
    }
    pen.fillStyle = ink;
    pen.textAlign = "left";
    const steps = place.height > 100 ? 4 : 2;
    for (let step = 0; step <= steps; step++)
      pen.fillText(rounded(lower + (upper - lower) * step / steps), x + 17, place.top + place.height * (1 - step / steps) + 4);
    pen.fillText(unit ?? "", x, 12);
  }

  const ends = () => {
    const { lower, upper } = data.colors;
    return lower < upper ? [lower, upper] : [lower - 1, upper + 1];
  };
  const curveTicks = () => [0, 0.5, 1].map((place) => ({ place, label: rounded(ends()[0] + place * (ends()[1] - ends()[0])) }));

  function drawCurve(pen, place, { blue, rule }) {
    const [lower, upper] = ends();
    pen.strokeStyle = rule;
    pen.beginPath();
    for (const { place: share } of curveTicks()) {
      pen.moveTo(place.left, place.top + place.height * share);
      pen.lineTo(place.left + place.width, place.top + place.height * share);
    }
    pen.stroke();
    pen.strokeStyle = blue;
    pen.lineWidth = 2;
    pen.beginPath();
    for (const [column, value] of (data.values[0] ?? []).entries()) {
      const share = Math.min(1, Math.max(0, (scaled(value) - lower) / (upper - lower)));
      pen.lineTo(place.left + place.width * (column + 0.5) / data.columns, place.top + place.height * (1 - share));
    }
    pen.stroke();
    pen.lineWidth = 1;
  }

  const scaled = (value) => data.colors.decibels_to === null || data.colors.decibels_to === undefined ? value
    : value > 0 ? Math.max(-80, 10 * Math.log10(value / data.colors.decibels_to)) : -80;

  // The cell under a point; frames and bins of the feature itself.
  function cell(event) {
    const box = plot.getBoundingClientRect(), place = area(), { window } = data;
    const x = (event.clientX - box.left - place.left) / place.width, y = 1 - (event.clientY - box.top - place.top) / place.height;
    if (x < 0 || x >= 1 || y < 0 || y >= 1) return null;
    return { frame: window.first_frame + Math.floor(x * window.frames), bin: window.first_bin + Math.floor(y * window.bins) };
  }

  const time = (frame) => data.hop > 0 ? `${(data.start + frame * data.hop).toFixed(3)} s` : `frame ${frame}`;

  function tell(at) {
    const { window, columns, rows, pooling } = data;
    const frame = at.frame - window.first_frame, bin = at.bin - window.first_bin;
    if (frame < 0 || bin < 0 || frame >= window.frames || bin >= window.bins) return;
    const place = area();
    const column = Math.min(columns - 1, Math.floor((frame + 0.5) * columns / window.frames));
    const row = Math.min(rows - 1, Math.floor((bin + 0.5) * rows / window.bins));
    cross.hidden = false;
    cross.style.left = `${place.left + place.width * (frame + 0.5) / window.frames}px`;
    cross.style.top = `${place.top + place.height * (1 - (bin + 0.5) / window.bins)}px`;
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

  function zoom(factor, about = cursor) {
    if (!data || data.frames === 0) return;
    const { window } = data;
    const count = (now, all) => Math.max(1, Math.min(all, Math.round(now * factor)));
    const next = { frames: Math.max(Math.min(8, data.frames), count(window.frames, data.frames)), bins: Math.max(Math.min(8, data.bins), count(window.bins, data.bins)) };
    const centre = about ?? { frame: window.first_frame + window.frames / 2, bin: window.first_bin + window.bins / 2 };
    const first = (middle, size, all) => Math.max(0, Math.min(all - size, Math.round(middle - size / 2)));
    if (next.frames === data.frames && next.bins === data.bins) return show(null);
    return show({ first_frame: first(centre.frame, next.frames, data.frames), first_bin: first(centre.bin, next.bins, data.bins), ...next });
  }

  plot.addEventListener("pointermove", (event) => {
    if (!data || data.frames === 0) return;
    const at = cell(event);
    if (at) { cursor = at; tell(at); }
    else if (!drag) { cross.hidden = true; }
  });
  plot.addEventListener("pointerleave", () => { if (document.activeElement !== plot) cross.hidden = true; });
  plot.addEventListener("pointerdown", (event) => { if (data && event.button === 0 && event.pointerType !== "touch") drag = cell(event); });
  plot.addEventListener("pointerup", (event) => {
    const from = drag, to = data && cell(event);
    drag = null;
    if (!from || !to) return;
    const frames = Math.abs(from.frame - to.frame) + 1, bins = Math.abs(from.bin - to.bin) + 1;
    if (frames < 4 && bins < 4) {
      if (player && data.hop > 0) player.currentTime = Math.max(0, data.start + to.frame * data.hop);
      return;
    }
    // A stroke along one axis keeps the other one as it is.
    const { window } = data;
    show({
      ...(frames < 4 ? { first_frame: window.first_frame, frames: window.frames } : { first_frame: Math.min(from.frame, to.frame), frames }),
      ...(bins < 4 ? { first_bin: window.first_bin, bins: window.bins } : { first_bin: Math.min(from.bin, to.bin), bins }),
    });
  });
  plot.addEventListener("dblclick", () => show(null));
  plot.addEventListener("keydown", (event) => {
    if (!data || data.frames === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (steps[event.key]) {
      const [right, up] = steps[event.key].map((step) => step * (event.shiftKey ? 10 : 1));
      const { window } = data;
      cursor ??= { frame: window.first_frame + Math.floor(window.frames / 2), bin: window.first_bin + Math.floor(window.bins / 2) };
      cursor = { frame: Math.max(0, Math.min(data.frames - 1, cursor.frame + right)), bin: Math.max(0, Math.min(data.bins - 1, cursor.bin + up)) };
      const isInside = cursor.frame >= window.first_frame && cursor.frame < window.first_frame + window.frames
        && cursor.bin >= window.first_bin && cursor.bin < window.first_bin + window.bins;
      if (isInside) tell(cursor); else zoom(1);
    } else if (event.key === "+" || event.key === "=") zoom(0.5);
    else if (event.key === "-") zoom(2);
    else if (event.key === "0") show(null);
    else return;
    event.preventDefault();
  });

  function movePlayhead() {
    if (!player || !data || !(data.hop > 0)) return;
    const { window } = data, place = area();
    const share = ((player.currentTime - data.start) / data.hop + 0.5 - window.first_frame) / window.frames;
    head.hidden = share < 0 || share > 1 || (player.currentTime === 0 && player.paused);
    head.style.left = `${place.left + share * place.width}px`;
    head.style.top = `${place.top}px`;
    head.style.height = `${place.height}px`;
  }

  const observer = new ResizeObserver(() => draw());
  observer.observe(plot);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  const ready = show(part);
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
