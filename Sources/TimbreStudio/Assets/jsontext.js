// JSON as it is typed: read as far as it goes, with the places of everything, and changed in place without touching the rest.

/**
 * Reads a text that need not be complete. A node is `{type, start, end, value | items | members}`, a member
 * `{key, keyStart, keyEnd, value}`; ends are exclusive, `value` of a member is null where it is not written yet.
 */
export function read(text) {
  let at = 0;
  const blank = () => {
    while (at < text.length && /\s/.test(text[at])) at += 1;
  };
  const string = () => {
    const start = at;
    at += 1;
    while (at < text.length && text[at] !== '"' && text[at] !== "\n") at += text[at] === "\\" ? 2 : 1;
    const isClosed = text[at] === '"';
    at = Math.min(at + (isClosed ? 1 : 0), text.length);
    let value;
    try {
      value = JSON.parse(text.slice(start, at) + (isClosed ? "" : '"'));
    } catch {
      value = text.slice(start + 1, isClosed ? at - 1 : at);
    }
    return { type: "string", start, end: at, value, isClosed };
  };
  const node = () => {
    blank();
    const start = at;
    const first = text[at];
    if (first === "{") return object(start);
    if (first === "[") return array(start);
    if (first === '"') return string();
    while (at < text.length && !/[\s,\]}:"{[]/.test(text[at])) at += 1;
    if (at === start) return null;
    const word = text.slice(start, at);
    let value;
    try {
      value = JSON.parse(word);
    } catch {
      value = undefined;
    }
    return { type: "word", start, end: at, value };
  };
  const object = (start) => {
    at += 1;
    const members = [];
    for (;;) {
      blank();
      if (at >= text.length || text[at] === "]") break;
      if (text[at] === "}") {
        at += 1;
        return { type: "object", start, end: at, members, isClosed: true };
      }
      if (text[at] !== '"') {
        at += 1;
        continue;
      }
      const key = string();
      blank();
      let value = null;
      if (text[at] === ":") {
        at += 1;
        value = node();
      }
      members.push({ key: key.value, keyStart: key.start, keyEnd: key.end, value });
    }
    return { type: "object", start, end: at, members };
  };
  const array = (start) => {
    at += 1;
    const items = [];
    for (;;) {
      blank();
      if (at >= text.length || text[at] === "}") break;
      if (text[at] === "]") {
        at += 1;
        return { type: "array", start, end: at, items, isClosed: true };
      }
      const item = node();
      if (item) items.push(item);
      else at += 1;
    }
    return { type: "array", start, end: at, items };
  };
  return node();
}

/** The value of a node, as JSON.parse would give it. */
export function plain(node) {
  if (!node) return null;
  if (node.type === "object") {
    return Object.fromEntries(node.members.filter((member) => member.value).map((member) => [member.key, plain(member.value)]));
  }
  if (node.type === "array") return node.items.map(plain);
  return node.value;
}

/** The node at a path of keys and indices; null where there is none. */
export function find(root, path) {
  return path.reduce((node, step) => {
    if (node?.type === "object") return node.members.find((member) => member.key === step)?.value ?? null;
    if (node?.type === "array") return node.items[Number(step)] ?? null;
    return null;
  }, root);
}

/** "features.mfcc" as steps; a name holds no dot. */
export const steps = (path) => path.split(".");

/** Where the caret stands: the path to the innermost container, and what is being written in it. */
export function context(text, offset) {
  const root = read(text);
  const path = [];
  let node = root;
  for (;;) {
    if (node?.type === "object") {
      const member = node.members.find(({ keyStart, value, keyEnd }) =>
        keyStart < offset && offset <= (value ? value.end : keyEnd));
      if (!member) {
        // Behind a colon without a value yet?
        const open = node.members.find(({ keyEnd, value }) => !value && /^\s*:\s*$/.test(text.slice(keyEnd, offset)));
        if (open) return { root, path: [...path, open.key], holder: node, isKey: false, start: offset, end: offset };
        return { root, path, holder: node, isKey: true, start: offset, end: offset };
      }
      if (offset <= member.keyEnd) {
        return { root, path, holder: node, isKey: true, start: member.keyStart, end: member.keyEnd, member };
      }
      path.push(member.key);
      if (!member.value || offset < member.value.start) {
        return { root, path, holder: node, isKey: false, start: offset, end: offset };
      }
      const isInside = ["object", "array"].includes(member.value.type) && member.value.start < offset
        && (offset < member.value.end || !member.value.isClosed);
      if (!isInside) {
        const { start, end } = member.value;
        return { root, path, holder: node, isKey: false, start, end, value: member.value };
      }
      node = member.value;
    } else if (node?.type === "array") {
      const index = node.items.findIndex((item) => item.start < offset && offset <= item.end);
      if (index < 0) {
        const before = node.items.filter((item) => item.end <= offset).length;
        return { root, path: [...path, before], holder: node, isKey: false, start: offset, end: offset };
      }
      path.push(index);
      const item = node.items[index];
      const isInside = ["object", "array"].includes(item.type) && (offset < item.end || !item.isClosed);
      if (!isInside) return { root, path, holder: node, isKey: false, start: item.start, end: item.end, value: item };
      node = item;
    } else {
      return { root, path, holder: null, isKey: false, start: offset, end: offset };
    }
  }
}

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
