// Fields that hold others: lists, maps, and objects of one kind or another.
import { element } from "./common.js";
import { brief, changedOnly, editor, named } from "./fields.js";

/** Numbers, one after the other, in one line of text. */
export function numbers(type, given, fallback, context) {
  const control = element("input", named(context, {
    type: "text", placeholder: fallback === undefined ? "such as 1, 2, 3" : brief(fallback), oninput: context.changed, autocomplete: "off",
  }));
  if (Array.isArray(given)) control.value = given.join(", ");
  const read = () => control.value.split(/[\s,;]+/).filter((word) => word !== "").map(Number);
  return {
    node: control, control,
    value: () => (control.value.trim() === "" ? undefined : read().filter((value) => !Number.isNaN(value))),
    isReadable: () => !read().some(Number.isNaN),
  };
}

/** Some of a few names: a box each. */
export function several(type, given, fallback, context) {
  const start = given ?? fallback ?? [];
  const boxes = type.of.choices.map((name) => element("input", {
    type: "checkbox", value: name, checked: start.includes(name), onchange: context.changed,
  }));
  return {
    isGroup: true, isReadable: () => true,
    node: element("div", { className: "boxes" }, ...boxes.map((box) => element("label", {}, box, ` ${box.value}`))),
    value: () => boxes.filter((box) => box.checked).map((box) => box.value),
  };
}

/** Any values in order, which can be added, moved and taken away. */
export function list(type, given, fallback, context) {
  const items = [];
  const rows = element("ol", { className: "items" });
  const add = (value, isDefault = false) => {
    const isStart = isDefault && isCompound(type.of);
    const item = { row: element("li", {}), body: element("div", { className: "item" }) };
    item.editor = editor(type.of, isStart ? undefined : value, isStart ? value : undefined, {
      ...context, id: `${context.id}i${(made += 1)}`, label: isCompound(type.of) ? undefined : `${context.name}, an item`, drawn: false,
    });
    item.body.append(item.editor.node);
    const button = (sign, title, action) => element("button", {
      type: "button", className: "small", title, "aria-label": title, onclick() {
        action();
        context.changed();
      },
    }, sign);
    const shift = (by) => {
      const from = items.indexOf(item);
      const to = from + by;
      if (to < 0 || to >= items.length) return;
      items.splice(to, 0, ...items.splice(from, 1));
      rows.insertBefore(item.row, items[to + 1]?.row ?? null);
    };
    item.row.append(item.body, element("span", { className: "moves" },
      button("↑", "Move up", () => shift(-1)), button("↓", "Move down", () => shift(1)),
      button("✕", "Remove", () => {
        items.splice(items.indexOf(item), 1);
        item.row.remove();
      })));
    items.push(item);
    rows.append(item.row);
  };
  const fill = (values, isDefault) => {
    items.length = 0;
    rows.replaceChildren();
    for (const value of values) add(value, isDefault);
  };
  const tools = element("div", { className: "tools left" },
    element("button", { type: "button", className: "small", onclick() {
      add(undefined);
      rows.lastElementChild.querySelector("input, select")?.focus();
      context.changed();
    } }, "Add"));
  if (Array.isArray(fallback)) {
    tools.append(element("button", { type: "button", className: "small", onclick() {
      fill(fallback, true);
      context.changed();
    } }, "Back to the default"));
  }
  fill(given ?? fallback ?? [], given === undefined);
  return {
    isGroup: true, node: element("div", {}, rows, tools),
    value() {
      const values = items.map((item) => item.editor.value()).filter((value) => value !== undefined);
      return values.length === 0 && !given && !fallback?.length ? undefined : values;
    },
    isReadable: () => items.every((item) => item.editor.isReadable()),
    show([index, ...rest], message) {
      const item = items[Number(index)];
      if (!item) return false;
      if (rest.length > 0 && item.editor.show?.(rest, message)) return true;
      item.body.append(element("span", { className: "error" }, message));
      return true;
    },
    clear() {
      for (const item of items) {
        item.body.querySelectorAll(":scope > .error").forEach((error) => error.remove());
        item.editor.clear?.();
      }
    },
  };
}

let made = 0;
const isCompound = (type) => ["record", "variants", "list", "map"].includes(type.kind);

/** Names of one's own, each with a value. */
export function map(type, given, fallback, context) {
  const pair = {
    kind: "record", parameters: [
      { name: "name", type: "a string", required: true, default: null, unit: null, summary: "", accepts: { kind: "string" } },
      { name: "value", type: "", required: true, default: null, unit: null, summary: "", accepts: type.of },
    ],
  };
  const pairs = (object) => Object.entries(object ?? {}).map(([name, value]) => ({ name, value }));
  const inner = list({ kind: "list", of: pair }, given ? pairs(given) : undefined, fallback ? pairs(fallback) : undefined, context);
  return {
    ...inner,
    value() {
      const members = (inner.value() ?? []).filter(({ name }) => name !== undefined);
      return members.length === 0 ? undefined : Object.fromEntries(members.map(({ name, value }) => [name, value ?? null]));
    },
    show: () => false,
  };
}

/** An object that is of one kind or another, such as a layer of a network: a menu of kinds, and the fields of the chosen one. */
export function variants(type, given, fallback, context) {
  const start = given ?? fallback;
  const name = typeof start === "string" ? start : start?.[type.tag];
  const control = element("select", {
    "aria-label": `${context.name}: ${type.tag}`, onchange() {
      show(control.value, {});
      context.changed();
    },
  }, ...type.variants.map((variant) => element("option", { value: variant.name }, variant.name)));
  const holder = element("div", {});
  let inner;
  const show = (next, values) => {
    const variant = type.variants.find((one) => one.name === next) ?? type.variants[0];
    control.value = variant.name;
    const said = given === undefined ? changedOnly(variant.parameters, values) : values;
    inner = context.fields(variant.parameters.map((parameter) => [parameter, {}]), said, context.changed);
    holder.replaceChildren(element("p", { className: "hint" }, variant.summary), inner.node);
  };
  show(name, typeof start === "object" && start !== null ? start : {});
  return {
    isGroup: true, node: element("div", { className: "variant" }, control, holder),
    value: () => ({ [type.tag]: control.value, ...inner.value() }),
    isReadable: () => inner.isReadable(),
    show(path, message) {
      return path[0] === type.tag ? false : inner.show(path, message);
    },
    clear: () => inner.clear(),
  };
}
