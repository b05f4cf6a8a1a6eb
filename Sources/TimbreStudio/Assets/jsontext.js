// JSON as it is typed: read as far as it goes, with the places of everything.

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
