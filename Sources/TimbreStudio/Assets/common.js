// What the pages' scripts share: asking the server, elements, and a playhead over pictures.

/** An element with properties and children; text is never taken for markup. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made && !name.includes("-")) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** What the server says is wrong, as one sentence or two. */
export class Refusal extends Error {
  constructor(status, error) {
    super(error?.help ? `${error.message} – ${error.help}` : error?.message ?? `The server answered ${status}.`);
    this.status = status;
    this.kind = error?.kind;
    this.findings = error?.findings ?? [];
  }
}

/** An answer's JSON; a refusal is thrown. Asks again, a few times, where the server is busy. */
export async function ask(path, options = {}, tries = 5) {
  let response;
  try {
    response = await fetch(path, { headers: { Accept: "application/json" }, ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The server cannot be reached. Is it still running?");
  }
  if (response.status === 503 && tries > 1) {
    const seconds = Number(response.headers.get("Retry-After") ?? 1);
    await new Promise((done) => setTimeout(done, 1000 * Math.min(seconds, 5)));
    return ask(path, options, tries - 1);
  }
  if (response.status === 204) return null;
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new Refusal(response.status, body?.error);
  return body;
}

/** A sentence in the page's status line; screen readers speak it. */
export function say(text, isBad = false, line = document.getElementById("status")) {
  if (!line) return;
  // What is said already is not spoken again.
  if (line.textContent !== text) line.textContent = text;
  line.classList.toggle("bad", isBad);
}

/** Gives every picture with a time axis below `root` a line that follows the player. */
export function followPlayer(root, audio) {
  const lines = [...root.querySelectorAll("[data-playhead]")].flatMap((holder) => {
    const picture = holder.querySelector("svg[data-left]");
    if (!picture) return [];
    const line = element("div", { className: "playhead", hidden: true });
    holder.append(line);
    return [{ picture, line, holder }];
  });
  const move = () => {
    for (const { picture, line, holder } of lines) {
      const scale = picture.getBoundingClientRect().width / picture.viewBox.baseVal.width;
      const { left, right, duration } = picture.dataset;
      const share = Math.min(1, audio.currentTime / Number(duration || 1));
      const start = picture.getBoundingClientRect().left - holder.getBoundingClientRect().left;
      line.style.left = `${start + scale * (Number(left) + share * (Number(right) - Number(left)))}px`;
      line.hidden = audio.currentTime === 0 && audio.paused;
    }
    if (!audio.paused) requestAnimationFrame(move);
  };
  for (const event of ["play", "seeked", "timeupdate", "ended"]) audio.addEventListener(event, move);
}

/** Bytes that came as base64. */
export function blob(base64, type) {
  const text = atob(base64);
  return new Blob([Uint8Array.from(text, (character) => character.charCodeAt(0))], { type });
}

/** Offers text as a file. */
export function download(name, text, type) {
  const link = element("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** A cell of CSV; what a spreadsheet would take for a formula is kept text. */
export function csvCell(value) {
  const text = String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
