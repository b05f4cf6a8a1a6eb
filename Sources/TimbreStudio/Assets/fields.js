// What one field of a form is made of, for each type that a parameter may have.
//
// An editor is `{node, control, value(), isReadable()}`, and for what holds others also `show(path, message)` and `clear()`.
// `value()` is undefined where nothing is set: the default applies.
import { element } from "./common.js";
import { choiceOfTypes, drawnEditor } from "./alternatives.js";
import { list, map, numbers, several, variants } from "./compound.js";

export function editor(type, given, fallback, context) {
  if (context.drawn) return drawnEditor(type, given, fallback, context);
  switch (type.kind) {
    case "int":
    case "number": return number(type, given, fallback, context);
    case "bool": return check(given, fallback, context);
    case "choice": return select(type.choices, given, fallback, context);
    case "one_of": return choiceOfTypes(type, given, fallback, context);
    case "list":
      if (type.of.kind === "choice") return several(type, given, fallback, context);
      return isNumeric(type.of) ? numbers(type, given, fallback, context) : list(type, given, fallback, context);
    case "map": return map(type, given, fallback, context);
    case "record": return record(type.parameters, given, fallback, context);
    case "variants": return variants(type, given, fallback, context);
    case "null": return { node: element("span", { className: "muted" }, "none"), value: () => null, isReadable: () => true };
    case "any": return json(given, fallback, context);
    default: return text(type, given, fallback, context);
  }
}

export const isNumeric = (type) => type.kind === "int" || type.kind === "number";

/** What a control needs to be named and explained. */
export function named(context, more = {}) {
  const names = context.label ? { "aria-label": context.label } : { id: context.id };
  const hints = context.describedBy ? { "aria-describedby": context.describedBy } : {};
  return { ...names, ...hints, required: Boolean(context.required), ...more };
}

/** A default, on one line. */
export function brief(value) {
  if (value === undefined) return "";
  if (value === null) return "none";
  const text = typeof value === "string" ? value : Array.isArray(value) && value.every(Number.isFinite)
    ? value.join(", ") : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

function number(type, given, fallback, context) {
  const step = type.kind === "int" ? 1 : stepNear(fallback, type);
  // The browser counts steps from the lower bound: one that is no multiple of the step would make odd numbers.
  const fits = type.minimum !== undefined && Number.isInteger(type.minimum / step) && Math.abs(type.minimum) < 1e9;
  const control = element("input", named(context, {
    type: "number", step: String(step), placeholder: brief(fallback), oninput: context.changed,
    inputMode: type.kind === "int" && type.minimum >= 0 ? "numeric" : "decimal", autocomplete: "off",
    ...(fits ? { min: String(type.minimum) } : {}),
    ...(type.maximum !== undefined && Math.abs(type.maximum) < 1e9 ? { max: String(type.maximum) } : {}),
  }));
  if (typeof given === "number") control.value = String(given);
  // An arrow key starts at the default rather than at the lower bound.
  control.addEventListener("keydown", (event) => {
    if (control.value !== "" || !Number.isFinite(fallback) || control.validity.badInput) return;
    if (event.key === "ArrowUp" || event.key === "ArrowDown") control.value = String(fallback);
  });
  return {
    node: control, control,
    value: () => (control.value === "" ? undefined : Number(control.value)),
    isReadable: () => !control.validity.badInput,
  };
}

/** A step that changes a number a little: a tenth of the power of ten of the default. */
function stepNear(fallback, type) {
  const size = Math.abs(Number.isFinite(fallback) && fallback !== 0 ? fallback : (type.maximum ?? 1)) || 1;
  const power = Math.floor(Math.log10(Math.min(size, 1e4)) + 1e-9) - 1;
  return Number(`1e${Math.max(-9, Math.min(2, power))}`);
}

function text(type, given, fallback, context) {
  const control = element("input", named(context, {
    type: "text", placeholder: type.kind === "path" && !fallback ? "a file or folder in the workspace" : brief(fallback),
    oninput: context.changed, autocomplete: "off", spellcheck: false,
  }));
  if (typeof given === "string") control.value = given;
  let node = control;
  if (context.suggestions?.length > 0) {
    const id = `${context.id}l`;
    control.setAttribute("list", id);
    node = element("span", {}, control, element("datalist", { id },
      ...context.suggestions.map((value) => element("option", { value }))));
  }
  return { node, control, value: () => (control.value === "" ? undefined : control.value), isReadable: () => true };
}

function json(given, fallback, context) {
  const control = element("input", named(context, {
    type: "text", placeholder: brief(fallback), oninput: context.changed, autocomplete: "off", spellcheck: false,
  }));
  if (given !== undefined) control.value = JSON.stringify(given);
  const read = () => {
    try {
      return JSON.parse(control.value);
    } catch {
      return undefined;
    }
  };
  return {
    node: control, control, value: () => (control.value.trim() === "" ? undefined : read() ?? control.value),
    isReadable: () => true,
  };
}

function check(given, fallback, context) {
  const control = element("input", named(context, { type: "checkbox", onchange: context.changed, required: false }));
  control.checked = given ?? fallback ?? false;
  return {
    node: control, control, isCheck: true, isReadable: () => true,
    value: () => (control.checked === (fallback ?? false) && given === undefined ? undefined : control.checked),
  };
}

function select(choices, given, fallback, context) {
  const control = element("select", named(context, { onchange: context.changed }));
  if (fallback === undefined || !choices.includes(fallback)) {
    control.append(element("option", { value: "" }, fallback === undefined || fallback === null ? "choose…" : `${fallback} (default)`));
  }
  for (const name of choices) {
    control.append(element("option", { value: name }, name === fallback ? `${name} (default)` : name));
  }
  control.value = given ?? fallback ?? "";
  // Another spelling of a name stays as it is.
  if (control.value === "" && typeof given === "string") {
    control.append(element("option", { value: given }, given));
    control.value = given;
  }
  return {
    node: control, control, isReadable: () => true,
    value: () => (control.value === "" || (control.value === fallback && given === undefined) ? undefined : control.value),
  };
}

function record(parameters, given, fallback, context) {
  const start = given ?? changedOnly(parameters, fallback ?? {});
  const inner = context.fields(parameters.map((parameter) => [parameter, {}]), start, context.changed);
  return { ...inner, isGroup: true, value: () => inner.value() ?? {} };
}

/** The members of a default that are not what their own parameters have by default. */
export function changedOnly(parameters, values) {
  return Object.fromEntries(parameters
    .filter(({ name, default: own }) => Object.hasOwn(values, name) && JSON.stringify(values[name]) !== JSON.stringify(own))
    .map(({ name }) => [name, values[name]]));
}

/** Whether two values mean the same, what is not said having its default. */
export function same(type, first, second) {
  return JSON.stringify(sorted(resolved(type, first))) === JSON.stringify(sorted(resolved(type, second)));
}

function resolved(type, value) {
  if (value === undefined || value === null) return value;
  const members = (parameters, values) => Object.fromEntries(parameters.map((parameter) =>
    [parameter.name, resolved(parameter.accepts, values[parameter.name] ?? parameter.default)]));
  switch (type.kind) {
    case "one_of": return resolved(type.types.find((one) => fits(one, value)) ?? { kind: "any" }, value);
    case "list": return Array.isArray(value) ? value.map((item) => resolved(type.of, item)) : value;
    case "record": return members(type.parameters, value);
    case "variants": {
      const name = typeof value === "string" ? value : value[type.tag];
      const variant = type.variants.find((one) => one.name === name);
      if (!variant) return value;
      return { [type.tag]: name, ...members(variant.parameters, typeof value === "string" ? {} : value) };
    }
    default: return value;
  }
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

/** Whether a value has the form of a type; ranges are not looked at. */
export function fits(type, value) {
  switch (type.kind) {
    case "any": return true;
    case "null": return value === null;
    case "bool": return typeof value === "boolean";
    case "int": return Number.isInteger(value);
    case "number": return typeof value === "number";
    case "string":
    case "path": return typeof value === "string";
    case "choice": return type.choices.includes(value);
    case "one_of": return type.types.some((one) => fits(one, value));
    case "list": return Array.isArray(value) && value.every((item) => fits(type.of, item));
    case "map":
    case "record": return isObject(value);
    case "variants": return type.variants.some((one) => one.name === (isObject(value) ? value[type.tag] : value));
    default: return false;
  }
}
