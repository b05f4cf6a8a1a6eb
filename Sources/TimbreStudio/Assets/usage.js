// How a plugin with its parameters is written on the command line and in a workflow, and copying both.

/** Lets every button with `data-copy` copy the text of the element of that id. */
export function copyButtons() {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = document.getElementById(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(text.textContent);
        button.textContent = "Copied";
      } catch {
        // Without leave to copy, the text is at least selected.
        getSelection().selectAllChildren(text);
        button.textContent = "Selected";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }
}

const word = (text) => /^[\w@%+=:,.\/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
const plain = (value) => typeof value === "string" ? value : JSON.stringify(value);
const sets = (option, values) => Object.entries(values).map(([name, value]) => ` ${option} ${word(`${name}=${plain(value)}`)}`).join("");

/** What the command line takes to do the same. `null` for what only a workflow can do. */
export function command({ id, kind, changesFeatures, file, parameters, load, of, ofParameters, seed }) {
  const name = id.split(".").slice(1).join(".");
  if (kind === "augment") {
    if (changesFeatures) return null;
    return `timbre augment ${word(file)} --use ${id}${sets("--set", parameters)}${seed ? ` --seed ${seed}` : ""} --out ${name}.wav`;
  }
  const loading = Object.entries(load).map(([key, value]) => ` --${key.replaceAll("_", "-")} ${value ?? "native"}`).join("");
  return `timbre extract ${word(file)} --use ${id}${sets("--set", parameters)}${of ? ` --of ${of}` : ""}${of ? sets("--of-set", ofParameters) : ""}${loading} --out ${name}.npy`;
}

/** The part of a workflow that does the same. */
export function snippet({ id, kind, changesFeatures, parameters, of, ofParameters }) {
  const short = (whole) => whole.split(".").slice(1).join(".");
  const read = of ? { [short(of)]: { use: of, ...ofParameters } } : {};
  const whole = kind === "augment"
    ? { ...(changesFeatures ? { features: read } : {}), views: { altered: [{ use: id, ...(changesFeatures ? { of: short(of) } : {}), ...parameters }] } }
    : { features: { ...read, [short(id)]: { use: id, ...(of ? { of: short(of) } : {}), ...parameters } } };
  return JSON.stringify(whole, null, 2);
}
