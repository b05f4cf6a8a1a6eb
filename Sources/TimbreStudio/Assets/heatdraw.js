// How a feature is drawn on a canvas: cells with a colour bar, or a curve, with axes.
import { binTicks, colour, rounded, shareOf, timeTicks, valueTicks } from "./heatscale.js";

const TOP = 22, FOOT = 40, BAR = 88;

/** How many columns of cells have room in a width. */
export const columnsIn = (width) => Math.max(50, Math.min(1200, Math.round((width || 600) - BAR)));

/** Where the cells lie in a canvas of a width, in pixels of the page; `height` is theirs. */
export function area(data, width, height) {
  const isCurve = data.bins === 1;
  const labels = isCurve ? valueTicks(...ends(data), 4) : binTicks(data, 99);
  const left = Math.min(width / 3, 20 + 7.2 * Math.max(...labels.map(({ label }) => label.length), 3));
  const tall = height ?? (isCurve ? 110 : Math.min(240, Math.max(60, data.bins * 16)));
  return { left, width: Math.max(20, width - left - (isCurve ? 12 : BAR)), top: TOP, height: tall };
}

/** Draws what `data` holds into a canvas that lies in `plot`. */
export function drawFeature(canvas, plot, data, place) {
  const scale = globalThis.devicePixelRatio || 1;
  const style = getComputedStyle(plot);
  const [ink, muted, rule, blue] = ["--ink", "--muted", "--rule", "--blue"].map((name) => style.getPropertyValue(name).trim());
  const isCurve = data.bins === 1;
  canvas.width = plot.clientWidth * scale;
  canvas.height = (place.top + place.height + FOOT) * scale;
  canvas.style.height = `${place.top + place.height + FOOT}px`;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.font = `12px ${style.fontFamily}`;
  pen.imageSmoothingEnabled = false;
  if (isCurve) drawCurve(pen, place, data, { blue, rule }); else drawCells(pen, place, data, ink);
  pen.fillStyle = muted;
  pen.strokeStyle = muted;
  pen.textAlign = "right";
  for (const tick of isCurve ? valueTicks(...ends(data), 4) : binTicks(data, Math.max(2, Math.floor(place.height / 16))))
    pen.fillText(tick.label, place.left - 7, place.top + place.height * (1 - tick.place) + 4);
  pen.textAlign = "left";
  pen.fillText(isCurve ? data.unit ?? "" : data.position_unit ?? "", 2, 12);
  drawTime(pen, place, data);
}

function drawTime(pen, place, data) {
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
}

function drawCells(pen, place, data, ink) {
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
  for (const tick of valueTicks(lower, upper, place.height > 100 ? 5 : 3))
    pen.fillText(tick.label, x + 17, place.top + place.height * (1 - tick.place) + 4);
  pen.fillText(unit ?? "", x, 12);
}

/** The values at the lower and the upper edge of a curve. */
function ends({ colors: { lower, upper } }) {
  return lower < upper ? [lower, upper] : [lower - 1, upper + 1];
}

function drawCurve(pen, place, data, { blue, rule }) {
  pen.strokeStyle = rule;
  pen.beginPath();
  for (const { place: share } of valueTicks(...ends(data), 4)) {
    pen.moveTo(place.left, place.top + place.height * (1 - share));
    pen.lineTo(place.left + place.width, place.top + place.height * (1 - share));
  }
  pen.stroke();
  pen.strokeStyle = blue;
  pen.lineWidth = 2;
  pen.beginPath();
  const [lower, upper] = ends(data);
  for (const [column, value] of (data.values[0] ?? []).entries()) {
    const share = shareOf(value, { ...data.colors, lower, upper });
    // What is no number leaves a gap.
    if (Number.isNaN(share)) { pen.stroke(); pen.beginPath(); continue; }
    pen.lineTo(place.left + place.width * (column + 0.5) / data.columns, place.top + place.height * (1 - share));
  }
  pen.stroke();
  pen.lineWidth = 1;
}
