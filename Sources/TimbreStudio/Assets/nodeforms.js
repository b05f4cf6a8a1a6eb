// The form of the graph's chosen node. What is changed in it is written into the text, the rest of which stays as it is.
import { element } from "./common.js";
import { pluginForm } from "./form.js";

/**
 * @param page How the form reaches the page: `title`, `body` (elements), `node(path)` (as lint describes it), `known()` (keys and
 *   plugins), `features()` (names), `isHere(node)`, `write(steps, value)`.
 * @returns `{show(path), refresh()}`
 */
export function nodeForms(page) {
  let path = null;
  /** What the shown form has been made of. */
  let shown = "";
  /** Nodes as they were with other plugins. */
  const kept = new Map();

  const show = (which) => {
    path = which;
    shown = "";
    draw();
    page.title.scrollIntoView({ block: "nearest" });
  };

  const draw = () => {
    if (!path || !page.known()) return;
    const node = page.node(path);
    if (!node) {
      path = null;
      page.title.textContent = "Node";
      page.body.replaceChildren(element("p", { className: "muted" }, "The node is not there any more."));
      return;
    }
    const now = JSON.stringify([node.path, node.value]);
    if (now === shown) return;
    // Who is writing in the form has just made this change.
    const focused = page.body.contains(document.activeElement) ? document.activeElement : null;
    if (shown && focused && !focused.closest(".plugin")) return;
    shown = now;
    page.title.textContent = node.path;
    page.body.replaceChildren(...(page.isHere(node) ? [] : [element("p", { className: "detail" }, `From ${node.file}; a change made here is written into this workflow.`)]),
      ...parts(node));
    if (focused?.id) document.getElementById(focused.id)?.focus({ preventScroll: true });
  };

  /** One form, or one for each step of a view. */
  const parts = (node) => {
    const steps = node.path.split(".");
    if (steps[0] === "views") {
      const chain = Array.isArray(node.value) ? node.value : [];
      if (chain.length === 0) return [element("p", { className: "muted" }, "The clips as they were recorded.")];
      if (!page.isHere(node)) return [element("p", { className: "muted" }, "Open that workflow to change it.")];
      return chain.flatMap((step, index) => plugin([...steps, String(index)], step));
    }
    if (["dataset", "features", "classifier"].includes(steps[0])) return plugin(steps, node.value);
    return settings(steps[0], node.value);
  };

  const plugin = (steps, value) => {
    const id = typeof value === "string" ? value : value?.use;
    const spec = page.known().byID.get(id);
    if (!spec) return [choice(steps, null), element("p", { className: "bad" }, id ? `There is no plugin ${id}.` : "No plugin is named.")];
    const values = typeof value === "string" ? {} : { ...value };
    delete values.use;
    const form = pluginForm(spec, values, writer(steps, values), {
      node: true, drawn: steps[0] === "views", suggestions: { of: page.features() },
    });
    return [choice(steps, spec), element("p", { className: "detail" }, spec.summary, " ",
      element("a", { href: `/plugins/${encodeURIComponent(spec.id)}` }, "Reference")), form.node];
  };

  /** Another plugin in its place; parameters of one mean nothing to another. */
  const choice = (steps, spec) => {
    const id = `plugin-${steps.join("-")}`;
    const kind = { dataset: "dataset", views: "augment", features: "feature", classifier: "classifier" }[steps[0]];
    const select = element("select", { id, onchange: () => {
      // Who only looks around, or comes back, finds everything as it was.
      const before = page.node(path).value;
      if (steps.length < 3 && before?.use) kept.set(`${id} ${before.use}`, before);
      page.write(steps, kept.get(`${id} ${select.value}`) ?? { use: select.value });
    } }, ...(spec ? [] : [element("option", { value: "", disabled: true, selected: true }, "choose one")]),
    ...page.known().plugins.filter((plugin) => plugin.kind === kind).map((plugin) => element("option", { selected: plugin === spec }, plugin.id)));
    return element("div", { className: "field plugin" }, element("label", { htmlFor: id }, "Plugin"), select);
  };

  /** What is no plugin: `load`, `split`, `scale`, `vector`, `sequence`. */
  const settings = (key, value) => {
    const parameter = page.known().keys.find(({ name }) => name === key);
    if (!parameter) return [];
    const record = [parameter.accepts, ...(parameter.accepts.types ?? [])].find(({ kind }) => kind === "record");
    const isRecord = record && (value === null || (typeof value === "object" && !Array.isArray(value)));
    const values = isRecord ? value ?? {} : value === null ? {} : { [key]: value };
    const form = pluginForm({ parameters: isRecord ? record.parameters : [parameter] }, values, writer(isRecord ? [key] : [], values));
    return [element("p", { className: "detail" }, parameter.summary), form.node];
  };

  /** Writes what has changed since the last time. */
  const writer = (steps, values) => {
    let last = values;
    return (now, isReadable) => {
      if (!isReadable) return;
      for (const name of new Set([...Object.keys(last), ...Object.keys(now)])) {
        if (JSON.stringify(last[name]) !== JSON.stringify(now[name])) page.write([...steps, name], now[name]);
      }
      last = structuredClone(now);
    };
  };

  return { show, refresh: draw };
}
