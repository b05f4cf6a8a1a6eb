// Colours, numbers and ticks of heat maps.

// Magma (Smith and van der Walt, CC0) at ten places, as the reports' pictures have it.
const MAGMA = [0x000004, 0x180f3e, 0x451077, 0x721f81, 0x9f2f7f, 0xcd4071, 0xf1605d, 0xfd9567, 0xfec98d, 0xfcfdbf]
  .map((hex) => [hex >> 16, (hex >> 8) & 255, hex & 255]);

/** Red, green and blue of a share from 0 to 1; grey for what is no number. */
export function colour(share) {
  if (!(share >= 0)) return [128, 128, 128];
  const place = Math.min(1, share) * (MAGMA.length - 1), left = Math.min(MAGMA.length - 2, Math.floor(place));
  return MAGMA[left].map((value, channel) => Math.round(value + (place - left) * (MAGMA[left + 1][channel] - value)));
}

/** Where a value lies between both ends of the colours. */
export function shareOf(value, { lower, upper, decibels_to: reference }) {
  if (value === null) return NaN;
  let shown = value;
  if (reference !== null && reference !== undefined) shown = value > 0 && reference > 0 ? Math.max(-80, 10 * Math.log10(value / reference)) : -80;
  return upper > lower ? Math.min(1, Math.max(0, (shown - lower) / (upper - lower))) : 0.5;
}

/** A value with all its digits. */
export const number = (value) => value === null || value === undefined ? "no number" : String(value);

/** About three digits, for ticks. */
export function rounded(value) {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e6 || size < 1e-4 ? value.toExponential(1) : String(size >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
  return text.replaceAll("-", "−");
}

/** Round values from `first` to `last`, about `count` of them. */
export function even(first, last, count) {
  const raw = (last - first) / Math.max(1, count);
  if (!(raw > 0)) return [first];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw * 0.999);
  const values = [];
  for (let value = Math.ceil(first / step - 1e-9) * step; value <= last + step * 1e-9; value += step) values.push(Number(value.toPrecision(12)));
  return values;
}

/** Labels of an axis of values; places from 0 at the bottom to 1. */
export function valueTicks(lower, upper, count) {
  if (!(upper > lower)) return [{ place: 0.5, label: rounded(lower) }];
  const values = even(lower, upper, count), step = values.length > 1 ? values[1] - values[0] : upper - lower;
  // As many digits as tell neighbours apart.
  const decimals = Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9)));
  const text = (value) => step < 1e-6 || Math.abs(value) >= 1e6 ? rounded(value) : value.toFixed(decimals).replace("-", "−");
  return values.map((value) => ({ place: (value - lower) / (upper - lower), label: text(value) }));
}

/** Labels of the axis of time; places from 0 at the left to 1. */
export function timeTicks({ hop, start, window }, count) {
  if (window.frames < 1) return [];
  const place = (frame) => (frame - window.first_frame + 0.5) / window.frames;
  if (!(hop > 0)) return even(window.first_frame, window.first_frame + window.frames - 1, count)
    .filter(Number.isInteger).map((frame) => ({ place: place(frame), label: String(frame) }));
  const first = start + window.first_frame * hop, last = start + (window.first_frame + window.frames - 1) * hop;
  return even(first, last, count).map((time) => ({ place: place((time - start) / hop), label: String(time) }));
}

/** Labels of the axis of bins; places from 0 at the bottom to 1. */
export function binTicks({ bin_names: names, positions, window }, count) {
  const total = window.bins, centre = (bin) => (bin + 0.5) / total;
  const rising = positions?.length === total && positions.every((value, index) => index === 0 || value > positions[index - 1]);
  if (rising && total > 14) {
    const [first, middle, last] = [positions[0], positions[total >> 1], positions[total - 1]];
    const linear = Math.abs(middle - (first + last) / 2) < 0.05 * (last - first);
    let values = even(first, last, Math.min(8, count));
    if (!linear) {
      values = first <= 0 ? [0] : [];
      for (let power = 1e-3; power <= last; power *= 10) for (const factor of [1, 2, 5]) values.push(factor * power);
    }
    const ticks = [];
    for (const value of values.filter((one) => one >= first && one <= last)) {
      const right = Math.max(1, positions.findIndex((position) => position >= value));
      const place = centre(right - 1 + (value - positions[right - 1]) / (positions[right] - positions[right - 1]));
      if (ticks.length === 0 || place - ticks.at(-1).place >= 1 / count) ticks.push({ place, label: rounded(value) });
    }
    return ticks;
  }
  const step = [1, 2, 4, 5, 10, 20, 50, 100, 200, 500, 1000].find((size) => total / size <= count) ?? total;
  const ticks = [];
  for (let bin = 0; bin < total; bin += step) {
    const name = names?.[bin] ?? String(window.first_bin + bin);
    ticks.push({ place: centre(bin), label: name.length > 14 ? `${name.slice(0, 13)}…` : name });
  }
  return ticks;
}
