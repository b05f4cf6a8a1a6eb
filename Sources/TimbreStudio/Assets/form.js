// A form made from a plugin's own description, as GET /api/v1/plugins/{id} gives it.
import { element } from "./common.js";
import { editor, same } from "./fields.js";

/**
 * @param spec A plugin, or anything else with `parameters` such as it has them.
 * @param values What is set so far; the rest has its defaults.
 * @param onChange Told the values after each change, and whether every field can be read.
 * @param options `node: true` adds what a node of a workflow takes besides (`of`, `probability`); `drawn: true` lets parameters
 *   be ranges or choices, as in a view; `suggestions: {of: ["mfcc"]}` offers texts for a field.
 * @returns `{node, values(), isReadable(), showFindings(findings)}`. `values()` has only what is set to something else than its default, or
 *   was given. `showFindings` puts each `{parameter, message, help}` at its field ("layers.2.filters" names the inner one), takes the former ones away, and
 *   returns those that have no field.
 */
export function pluginForm(spec, values = {}, onChange = () => {}, options = {}) {
  const given = values ?? {};
  const own = options.node ? (spec.node ?? []) : [];
  // What a node reads stands first, how likely a step is stands last.
  const [first, after] = [own.filter(({ name }) => name !== "probability"), own.filter(({ name }) => name === "probability")];
  const suggested = (parameter) => [parameter, { suggestions: options.suggestions }];
  const changed = () => onChange(record.value() ?? {}, record.isReadable());
  const record = fields([
    ...first.map(suggested),
    ...spec.parameters.map((parameter) => [parameter, { suggestions: options.suggestions, drawn: options.drawn }]),
    ...after.map(suggested),
  ], given, changed);
  record.node.classList.add("plugin-form");
  if (own.length + spec.parameters.length === 0) record.node.append(element("p", { className: "muted" }, "It has no parameters."));
  return {
    node: record.node,
    values: () => record.value() ?? {},
    isReadable: record.isReadable,
    showFindings(findings = []) {
      record.clear();
      return findings.filter((finding) => {
        const path = finding.parameter ? String(finding.parameter).split(".") : [];
        return !record.show(path, finding.help ? `${finding.message} – ${finding.help}` : finding.message);
      });
    },
  };
}

let count = 0;

/** One labelled field for each parameter; a group of them is also what records and variants consist of. */
export function fields(parameters, given, changed) {
  const all = parameters.map(([parameter, options]) => field(parameter, given, changed, options));
  return {
    node: element("div", { className: "fields" }, ...all.map((one) => one.node)),
    value() {
      const members = all.map((one) => [one.name, one.value()]).filter(([, value]) => value !== undefined);
      return members.length > 0 ? Object.fromEntries(members) : undefined;
    },
    isReadable: () => all.every((one) => one.isReadable()),
    show: ([name, ...rest], message) => all.find((one) => one.name === name)?.show(rest, message) ?? false,
    clear: () => all.forEach((one) => one.clear()),
  };
}

function field(parameter, given, changed, options = {}) {
  const id = `f${(count += 1)}`;
  const wasGiven = Object.hasOwn(given, parameter.name);
  const fallback = parameter.required ? undefined : parameter.default;
  const error = element("span", { className: "error", id: `${id}e`, hidden: true });
  const unit = parameter.unit ? element("span", { className: "unit" }, ` ${parameter.unit}`) : "";
  const required = parameter.required ? element("span", { className: "unit" }, " required") : "";
  const context = {
    id, name: parameter.name, describedBy: `${id}h ${id}e`, required: parameter.required, fields, ...options,
    suggestions: options.suggestions?.[parameter.name],
    changed() {
      mark();
      changed();
    },
  };
  const inner = editor(parameter.accepts, wasGiven ? given[parameter.name] : undefined, fallback, context);
  const value = () => {
    const now = inner.value();
    if (now === undefined || (!wasGiven && same(parameter.accepts, now, fallback))) return undefined;
    return now;
  };
  const title = [parameter.name, unit, required];
  const hint = element("span", { className: "hint", id: `${id}h` }, parameter.summary, " ", limits(parameter));
  // A group of controls has a legend instead of a label.
  const node = inner.isGroup
    ? element("fieldset", { className: "field group", "aria-describedby": `${id}h ${id}e` },
      element("legend", {}, ...title), hint, inner.node, error)
    : element("div", { className: inner.isCheck ? "field check" : "field" },
      element("label", { for: id }, ...title), inner.node, hint, error);
  const mark = () => node.classList.toggle("changed", value() !== undefined);
  mark();
  return {
    node, value, name: parameter.name,
    isReadable: inner.isReadable,
    show(path, message) {
      if (path.length > 0 && inner.show?.(path, message)) return true;
      error.textContent = error.hidden ? message : `${error.textContent} ${message}`;
      error.hidden = false;
      node.classList.add("wrong");
      inner.control?.setAttribute("aria-invalid", "true");
      return true;
    },
    clear() {
      error.hidden = true;
      error.textContent = "";
      node.classList.remove("wrong");
      inner.control?.removeAttribute("aria-invalid");
      inner.clear?.();
    },
  };
}

/** The range in words where the field does not show it. */
function limits(parameter) {
  const kinds = [parameter.accepts, ...(parameter.accepts.types ?? [])].map((type) => type.kind);
  if (!kinds.includes("int") && !kinds.includes("number")) return "";
  const text = parameter.type.replace(/, or one of .*$/, "").replace(/, or null$/, "");
  return text === "a number" || text.startsWith("one of") ? "" : `${text[0].toUpperCase()}${text.slice(1)}.`;
}
