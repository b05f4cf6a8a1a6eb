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
    if (shown && page.body.contains(document.activeElement)) return;
    shown = now;
    page.title.textContent = node.path;
    page.body.replaceChildren(...(page.isHere(node) ? [] : [element("p", { className: "detail" }, `From ${node.file}; a change made here is written into this workflow.`)]),
      ...parts(node));
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
    if (!spec) return [element("p", { className: "bad" }, id ? `There is no plugin ${id}.` : "No plugin is named: write \"use\" in the text.")];
    const values = typeof value === "string" ? {} : { ...value };
    delete values.use;
    const form = pluginForm(spec, values, writer(steps, values), {
      node: true, drawn: steps[0] === "views", suggestions: { of: page.features() },
    });
    return [element("h3", {}, spec.id), element("p", { className: "detail" }, spec.summary, " ",
      element("a", { href: `/plugins/${encodeURIComponent(spec.id)}` }, "Reference")), form.node];
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
