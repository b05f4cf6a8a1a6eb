// Fields whose value may be of one type or another, and fields that are drawn anew for each clip.
import { element } from "./common.js";
import { brief, editor, fits, isNumeric, named } from "./fields.js";

/** A field that takes one of several types: a menu of what it may be, and an editor where that needs one. */
export function choiceOfTypes(type, given, fallback, context) {
  const types = flat(type);
  const others = types.filter((one) => one.kind !== "null");
  // A field left empty says "none" well enough where that is the default.
  const isPlain = others.length === 1 && ["int", "number", "string", "path"].includes(others[0].kind);
  if (isPlain && fallback === null && given !== null) return editor(others[0], given, fallback, context);
  if (isPlain && fallback === null) return editor(others[0], undefined, fallback, context);

  const options = types.flatMap(optionsOf);
  const current = given !== undefined ? given : fallback;
  let chosen = options.find((option) => option.literal !== undefined && option.literal === current)
    ?? options.find((option) => option.type && current !== undefined && fits(option.type, current))
    ?? (context.required ? options[0] : options.find((option) => option.type) ?? options[0]);
  const control = element("select", named(context, { onchange: () => choose(options[Number(control.value)]) }));
  options.forEach((option, index) => {
    const isDefault = option.literal !== undefined && option.literal === fallback;
    control.append(element("option", { value: String(index) }, isDefault ? `${option.name} (default)` : option.name));
  });
  const holder = element("div", { className: "alternative" });
  let inner = null;

  const show = (option, value) => {
    chosen = option;
    control.value = String(options.indexOf(option));
    inner = null;
    holder.replaceChildren();
    if (!option.type) return;
    const isSimple = isNumeric(option.type) || ["string", "path"].includes(option.type.kind);
    const own = fallback !== undefined && fits(option.type, fallback) ? fallback : undefined;
    inner = editor(option.type, value, own, {
      ...context, id: `${context.id}v`, drawn: false, label: isSimple || option.type.kind === "list" ? context.name : undefined,
    });
    holder.append(inner.node);
  };
  const choose = (option) => {
    show(option, undefined);
    context.changed();
  };
  show(chosen, given !== undefined && chosen.type && fits(chosen.type, given) ? given : undefined);
  return {
    node: element("div", { className: "alternatives" }, control, holder), control,
    value() {
      if (chosen.type) return inner.value();
      return chosen.literal === fallback && given === undefined ? undefined : chosen.literal;
    },
    isReadable: () => inner?.isReadable() ?? true,
    show: (path, message) => inner?.show?.(path, message) ?? false,
    clear: () => inner?.clear?.(),
  };
}

const flat = (type) => (type.kind === "one_of" ? type.types.flatMap(flat) : [type]);

/** What a type adds to the menu: each value of its own, or one entry that opens an editor. */
function optionsOf(type) {
  switch (type.kind) {
    case "null": return [{ name: "none", literal: null }];
    case "bool": return [true, false].map((literal) => ({ name: literal ? "yes" : "no", literal }));
    case "choice": return type.choices.map((literal) => ({ name: literal, literal }));
    default: return [{ name: words[type.kind] ?? "a value", type }];
  }
}

const words = {
  int: "a whole number", number: "a number", string: "a text", path: "a path", list: "a list", map: "for each name",
  record: "with settings", variants: "one of a kind",
};

/** A parameter of a view's step: a value, or a range or a choice to draw from for each clip. */
export function drawnEditor(type, given, fallback, context) {
  const plain = { ...context, drawn: false };
  const numeric = flat(type).find(isNumeric);
  const isDrawn = (key) => typeof given === "object" && given !== null && Object.keys(given).length === 1 && Array.isArray(given[key]);
  const modes = [["value", "fixed"], ...(numeric ? [["uniform", "range"]] : []), ["choice", "one of"]];
  let mode = isDrawn("uniform") && numeric ? "uniform" : isDrawn("choice") ? "choice" : "value";
  const menu = element("select", {
    className: "mode", "aria-label": `${context.name}: fixed, or drawn for each clip`, onchange() {
      show(menu.value, undefined);
      context.changed();
    },
  }, ...modes.map(([value, name]) => element("option", { value }, name)));
  const holder = element("div", { className: "alternative" });
  let inner;
  const show = (next, start) => {
    mode = next;
    menu.value = next;
    inner = mode === "value" ? editor(type, start, fallback, plain)
      : mode === "uniform" ? range(numeric, start, fallback, plain)
        : editor({ kind: "list", of: type, at_least: 1 }, start, undefined, { ...plain, label: `${context.name}, to choose from` });
    holder.replaceChildren(inner.node);
  };
  show(mode, mode === "value" ? given : given[mode]);
  return {
    node: element("div", { className: "drawn" }, holder, menu),
    get control() { return inner.control; },
    get isGroup() { return inner.isGroup; },
    value() {
      const value = inner.value();
      return mode === "value" || value === undefined ? value : { [mode]: value };
    },
    isReadable: () => inner.isReadable(),
    show: (path, message) => inner.show?.(path[0] === mode ? path.slice(1) : path, message) ?? false,
    clear: () => inner.clear?.(),
  };
}

function range(type, given, fallback, context) {
  const names = ["lowest", "highest"];
  const ends = names.map((name, index) => editor(type, given?.[index], undefined, {
    ...context, label: `${context.name}: ${name}`, required: true,
  }));
  ends.forEach((end, index) => { end.control.placeholder = names[index]; });
  const start = Number.isFinite(fallback) ? ` around ${brief(fallback)}` : "";
  ends[0].control.title = `Drawn evenly between the two${start}.`;
  return {
    node: element("span", { className: "range" }, ends[0].node, " – ", ends[1].node), control: ends[0].control,
    value() {
      const values = ends.map((end) => end.value());
      return values.includes(undefined) ? undefined : values;
    },
    isReadable: () => ends.every((end) => end.isReadable()),
  };
}
