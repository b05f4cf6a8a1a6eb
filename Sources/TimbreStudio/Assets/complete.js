// What can stand where the caret is, from the keys of workflows and the plugins' own descriptions.
import { ask } from "./common.js";
import { context, find, plain } from "./jsontext.js";

/** Everything that completion and forms know. */
export async function knowledge() {
  const [keys, plugins] = await Promise.all([ask("/api/v1/workflow-keys"), ask("/api/v1/plugins")]);
  return { keys, plugins, byID: new Map(plugins.map((plugin) => [plugin.id, plugin])) };
}

/** Which kind of plugin a `use` names, by the key of the workflow that it stands below. */
const kinds = { dataset: "dataset", views: "augment", features: "feature", classifier: "classifier" };
const statistics = ["mean", "std", "min", "max", "median", "p10", "p25", "p75", "p90", "skewness", "kurtosis"];

/** `{start, end, options: [{text, label, detail}]}`, or null where nothing is known. */
export function completions(text, offset, known) {
  const place = context(text, offset);
  const typed = text.slice(place.start, Math.max(place.start, offset)).replaceAll('"', "").toLowerCase();
  const all = place.isKey ? keyOptions(place, known) : valueOptions(place, known);
  const matching = all.filter(({ label }) => matches(label.toLowerCase(), typed));
  matching.sort((a, b) => rank(a.label, typed) - rank(b.label, typed));
  if (matching.length === 0 || (matching.length === 1 && matching[0].label.toLowerCase() === typed)) return null;
  // A string that is not closed yet seems to go on to the next quotation mark: only what looks like one word is replaced.
  const isWord = place.end > place.start;
  const rest = isWord ? /^[\w.-]*"?/.exec(text.slice(offset))[0] : "";
  const end = offset + rest.length;
  const tail = place.isKey && !/^\s*:/.test(text.slice(end)) ? ": " : "";
  return {
    start: place.start, end,
    options: matching.slice(0, 60).map((option) => ({ ...option, text: option.text + tail })),
  };
}

const matches = (label, typed) => label.includes(typed) || label.split(/[._]/).some((part) => part.startsWith(typed));
const rank = (label, typed) => {
  const lower = label.toLowerCase();
  const short = lower.slice(lower.indexOf(".") + 1);
  return lower.startsWith(typed) || short.startsWith(typed) ? 0 : 1;
};

function keyOptions({ path, holder, member }, known) {
  const taken = new Set((holder?.members ?? []).filter((other) => other !== member).map(({ key }) => key));
  return parametersAt(path, plain(holder) ?? {}, known)
    .filter(({ name }) => !taken.has(name))
    .map((parameter) => ({
      label: parameter.name, text: JSON.stringify(parameter.name),
      detail: parameter.required ? `required; ${parameter.summary}` : parameter.summary,
    }));
}

/** The parameters that an object at a path may have. */
function parametersAt(path, values, known) {
  if (path.length === 0) return known.keys;
  const use = { name: "use", summary: "The plugin.", required: true };
  if (pluginKind(path)) {
    const plugin = known.byID.get(values.use);
    return plugin ? [use, ...plugin.node, ...plugin.parameters] : [use];
  }
  return membersOf(typesAt(path, values, known), values);
}

/** The kind of the plugin whose node has this path; null for other places. */
function pluginKind(path) {
  const kind = kinds[path[0]];
  if (!kind) return null;
  const depth = { dataset: path.length === 1 || (path.length === 2 && typeof path[1] === "number"), views: path.length === 3,
    features: path.length === 2, classifier: path.length === 1 }[path[0]];
  return depth ? kind : null;
}

/** What is accepted at a path: a list of types. */
function typesAt(path, values, known, root = null) {
  const own = nodeLength(path);
  let types;
  let rest;
  if (own > 0 && path.length > own) {
    const id = typeof root === "string" ? root : root?.use;
    const plugin = known.byID.get(id);
    const parameter = plugin && [...plugin.node, ...plugin.parameters].find(({ name }) => name === path[own]);
    types = parameter ? [parameter.accepts] : [];
    rest = path.slice(own + 1);
  } else {
    const key = known.keys.find(({ name }) => name === path[0]);
    types = key ? [key.accepts] : [];
    rest = path.slice(1);
  }
  for (const [index, step] of rest.entries()) {
    types = alternatives(types).flatMap((type) => {
      if (type.kind === "list" || type.kind === "map") return [type.of];
      const isLast = index === rest.length - 1;
      return membersOf([type], isLast ? values : {}).filter(({ name }) => name === step).map(({ accepts }) => accepts);
    });
  }
  return types.filter(Boolean);
}

/** How many steps lead to the plugin's node that a path passes through. */
function nodeLength(path) {
  if (path[0] === "dataset") return typeof path[1] === "number" ? 2 : 1;
  return { views: 3, features: 2, classifier: 1 }[path[0]] ?? 0;
}

const alternatives = (types) => types.flatMap((type) => (type?.kind === "one_of" ? alternatives(type.types) : type ? [type] : []));

function membersOf(types, values) {
  return alternatives(types).flatMap((type) => {
    if (type.kind === "record") return type.parameters;
    if (type.kind !== "variants") return [];
    const tag = { name: type.tag, summary: "Which one.", required: true, accepts: { kind: "choice", choices: type.variants.map(({ name }) => name) } };
    const variant = type.variants.find(({ name }) => name === values[type.tag]);
    return [tag, ...(variant?.parameters ?? type.variants.flatMap(({ parameters }) => parameters))];
  }).filter((parameter, index, all) => all.findIndex(({ name }) => name === parameter.name) === index);
}

function valueOptions({ root, path, holder }, known) {
  const quoted = (label, detail = "") => ({ label, text: JSON.stringify(label), detail });
  const ids = (kind) => known.plugins.filter((plugin) => plugin.kind === kind).map(({ id, summary }) => quoted(id, summary));
  const isUse = path.at(-1) === "use";
  if (isUse && pluginKind(path.slice(0, -1))) return ids(pluginKind(path.slice(0, -1)));
  if (pluginKind(path)) return ids(pluginKind(path)).map((option) => ({ ...option, text: `{ "use": ${option.text} }` }));
  const features = (find(root, ["features"])?.members ?? []).map(({ key }) => key);
  if (path.at(-1) === "of" || path.at(-2) === "of") return features.map((name) => quoted(name, "feature"));
  if (path[0] === "vector") return features.flatMap((name) => statistics.map((statistic) => quoted(`${name}.${statistic}`)));
  const own = nodeLength(path);
  const node = own > 0 ? plain(find(root, path.slice(0, own))) : null;
  const values = holder?.type === "object" ? plain(holder) : {};
  return alternatives(typesAt(path, values, known, node)).flatMap((type) => {
    switch (type.kind) {
      case "choice": return type.choices.map((name) => quoted(name));
      case "bool": return ["true", "false"].map((word) => ({ label: word, text: word, detail: "" }));
      case "null": return [{ label: "null", text: "null", detail: "" }];
      case "variants": return type.variants.map(({ name, summary }) =>
        ({ label: name, text: `{ ${JSON.stringify(type.tag)}: ${JSON.stringify(name)} }`, detail: summary }));
      default: return [];
    }
  });
}
