// JSON changed in one place, the rest of the text as it was.
import { plain, read } from "./jsontext.js";

/** JSON as these files are written: short lists and objects on a line, longer ones over several. */
export function format(value, indent) {
  const flat = JSON.stringify(value, null, 1)?.replace(/\n\s*/g, " ") ?? "null";
  if (typeof value !== "object" || value === null || flat.length + indent.length <= 100) return tidy(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) return `[\n${value.map((item) => inner + format(item, inner)).join(",\n")}\n${indent}]`;
  const members = Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${format(item, inner)}`);
  return `{\n${members.join(",\n")}\n${indent}}`;
}

function tidy(value) {
  if (Array.isArray(value)) return `[${value.map(tidy).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${tidy(item)}`);
    return members.length > 0 ? `{ ${members.join(", ")} }` : "{}";
  }
  return JSON.stringify(value);
}

const lineIndent = (text, at) => /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", at - 1) + 1))[0];

/**
 * The text with one value set, the rest as it was; `value` undefined takes the member away. Objects on the way are made.
 * A plugin that is written as its bare name becomes an object.
 */
export function set(text, path, value) {
  const root = read(text);
  if (root?.type !== "object") return text;
  let node = root;
  for (const [depth, step] of path.entries()) {
    const isLast = depth === path.length - 1;
    if (node.type === "string") {
      // "classifier.svm" → { "use": "classifier.svm", … }
      if (value === undefined) return text;
      const opened = { use: node.value };
      nest(opened, path.slice(depth), value);
      return splice(text, node.start, node.end, format(opened, lineIndent(text, node.start)));
    }
    if (node.type === "array") {
      const item = node.items[Number(step)];
      if (!item) return text;
      if (isLast) return replace(text, item, value);
      node = item;
      continue;
    }
    if (node.type !== "object") return text;
    const member = node.members.find(({ key }) => key === step);
    if (!member?.value) {
      if (value === undefined) return text;
      const made = {};
      nest(made, path.slice(depth), value);
      return insert(text, node, step, made[step]);
    }
    if (isLast) return value === undefined ? without(text, node, member) : replace(text, member.value, value);
    node = member.value;
  }
  return text;
}

function nest(object, path, value) {
  const [step, ...rest] = path;
  if (rest.length === 0) object[step] = value;
  else nest((object[step] = {}), rest, value);
}

const splice = (text, start, end, piece) => text.slice(0, start) + piece + text.slice(end);

function replace(text, node, value) {
  return JSON.stringify(plain(node)) === JSON.stringify(value)
    ? text : splice(text, node.start, node.end, format(value, lineIndent(text, node.start)));
}

function insert(text, node, key, value) {
  const last = node.members.at(-1);
  const close = node.isClosed ? node.end - 1 : node.end;
  const isLong = text.slice(node.start, close).includes("\n");
  if (!last) {
    const indent = lineIndent(text, node.start);
    const piece = `{ ${JSON.stringify(key)}: ${format(value, indent)} }`;
    return splice(text, node.start, node.isClosed ? node.end : close, piece);
  }
  const end = last.value ? last.value.end : last.keyEnd;
  const ownLine = isLong && /^\s*$/.test(text.slice(text.lastIndexOf("\n", last.keyStart - 1) + 1, last.keyStart));
  const indent = lineIndent(text, last.keyStart);
  const before = ownLine ? `,\n${indent}` : ", ";
  return splice(text, end, end, `${before}${JSON.stringify(key)}: ${format(value, indent)}`);
}

function without(text, node, member) {
  const index = node.members.indexOf(member);
  const next = node.members[index + 1];
  if (next) return splice(text, member.keyStart, next.keyStart, "");
  const previous = node.members[index - 1];
  if (previous) return splice(text, previous.value ? previous.value.end : previous.keyEnd, member.value.end, "");
  return splice(text, node.start, node.end, "{}");
}
