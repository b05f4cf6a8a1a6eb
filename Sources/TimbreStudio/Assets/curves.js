// Learning curves of a run under way.
import { valueTicks } from "./heatscale.js";

const space = "http://www.w3.org/2000/svg";

function draw(tag, attributes, text) {
  const made = document.createElementNS(space, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/**
 * @param records `{epoch, epochs, values: {loss, val_loss, …}}` in order.
 * @returns A drawing, or null where none of the records has a value of that name.
 */
export function curve(records, title, name, isShare) {
  const lines = [["training", name, "first"], ["validation", `val_${name}`, "second"]]
    .map(([label, key, style]) => ({
      label, style, points: records.filter(({ values }) => Number.isFinite(values[key])).map(({ epoch, values }) => [epoch, values[key]]),
    })).filter(({ points }) => points.length > 0);
  if (lines.length === 0) return null;
  const [width, height, left, top] = [400, 170, 44, 32];
  const all = lines.flatMap(({ points }) => points.map(([, value]) => value));
  const upper = isShare ? 1 : Math.max(...all, 1e-9) * 1.05;
  // A long training begins with an axis of its own length.
  const epochs = Math.max(2, Math.min(records.at(-1).epochs, Math.max(20, Math.ceil(records.at(-1).epoch * 1.5))));
  const x = (epoch) => left + ((epoch - 1) / (epochs - 1)) * width;
  const y = (value) => top + height * (1 - Math.max(0, value) / upper);
  const ends = lines.map(({ label, points }) => `${label} ${points.at(-1)[1].toFixed(3)}`).join(", ");
  const picture = draw("svg", {
    class: "chart", role: "img", width: left + width + 16, height: top + height + 26,
    viewBox: `0 0 ${left + width + 16} ${top + height + 26}`, "aria-label": `${title} so far: ${ends}`,
  });
  picture.append(draw("text", { class: "strong", x: left, y: 16 }, title),
    draw("text", { class: "small", x: left + width, y: 16, "text-anchor": "end" }, ends));
  for (const [index, { place, label }] of valueTicks(0, upper, 5).entries()) {
    const at = y(place * upper);
    picture.append(draw("line", { class: index === 0 ? "axis" : "grid", x1: left, x2: left + width, y1: at, y2: at }),
      draw("text", { class: "label", x: left - 6, y: at + 4, "text-anchor": "end" }, label));
  }
  picture.append(draw("text", { class: "label", x: left, y: top + height + 20 }, "1"),
    draw("text", { class: "label", x: left + width, y: top + height + 20, "text-anchor": "end" }, `epoch ${epochs}`));
  for (const { points, style } of lines) {
    if (points.length === 1) picture.append(draw("circle", { class: `${style}fill`, r: 3, cx: x(points[0][0]), cy: y(points[0][1]) }));
    else picture.append(draw("path", { class: style, d: `M${points.map(([epoch, value]) => `${x(epoch).toFixed(1)} ${y(value).toFixed(1)}`).join("L")}` }));
  }
  return picture;
}
