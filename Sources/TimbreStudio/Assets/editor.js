// A text area with line numbers, marks at findings, and completion.
import { element } from "./common.js";

export class Editor {
  /**
   * @param holder The element around the text area.
   * @param complete `(text, offset)` to `{start, end, options}` or null.
   */
  constructor(holder, area, complete) {
    this.area = area;
    this.complete = complete;
    this.findings = [];
    this.gutter = element("div", { className: "gutter", "aria-hidden": "true" });
    this.marks = element("pre", { className: "marks", "aria-hidden": "true" });
    this.list = element("ul", { className: "completions", id: "completions", role: "listbox", "aria-label": "Completions", hidden: true });
    this.under = element("div", { className: "under" }, this.marks, area, this.list);
    holder.append(this.gutter, this.under);
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-controls", "completions");
    area.addEventListener("input", (event) => this.typed(event));
    area.addEventListener("keydown", (event) => this.key(event));
    area.addEventListener("scroll", () => this.scrolled());
    area.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    area.addEventListener("pointerdown", () => this.close());
    this.gutter.addEventListener("click", ({ target }) => {
      const line = Number(target.closest("[data-line]")?.dataset.line);
      const finding = this.findings.find((one) => one.line === line);
      if (finding) this.goTo(finding);
    });
    this.draw();
  }

  get text() { return this.area.value; }

  /** From a script: the caret stays, nobody's focus moves. */
  set text(text) {
    if (text === this.area.value) return;
    const { selectionStart, selectionEnd, scrollTop, scrollLeft } = this.area;
    this.area.value = text;
    this.area.setSelectionRange(selectionStart, selectionEnd);
    Object.assign(this.area, { scrollTop, scrollLeft });
    this.draw();
    this.onChange?.();
  }

  /** Those that stand in this text; a line counts from 1, a column in characters. */
  showFindings(findings) {
    this.findings = findings;
    this.draw();
  }

  /** Puts the caret at a finding, or another place. */
  goTo({ line, column = 1, length = 0 }) {
    const lines = this.text.split("\n");
    const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    const characters = [...(lines[line - 1] ?? "")];
    const start = before + characters.slice(0, column - 1).join("").length;
    const end = before + characters.slice(0, column - 1 + length).join("").length;
    this.area.focus();
    this.area.setSelectionRange(start, end);
    this.area.scrollTop = Math.max(0, (line - 4) * this.lineHeight);
  }

  get lineHeight() { return parseFloat(getComputedStyle(this.area).lineHeight); }

  draw() {
    const lines = this.text.split("\n");
    const worst = new Map();
    for (const { line, severity, message } of this.findings) {
      const known = worst.get(line);
      if (!known || severity === "error") worst.set(line, { severity, message: known ? `${known.message}\n${message}` : message });
    }
    this.gutter.replaceChildren(...lines.map((_, index) => {
      const found = worst.get(index + 1);
      return element("span", found
        ? { className: found.severity === "error" ? "bad mark" : "mark", title: found.message, "data-line": index + 1 }
        : {}, String(index + 1));
    }));
    this.marks.replaceChildren(...lines.flatMap((line, index) => [...this.markedLine(line, index + 1), "\n"]));
    this.scrolled();
  }

  /** A line in pieces, those with findings underlined. */
  markedLine(line, number) {
    const here = this.findings.filter((finding) => finding.line === number).sort((a, b) => a.column - b.column);
    if (here.length === 0) return [line];
    const characters = [...line];
    const pieces = [];
    let at = 0;
    for (const { column, length, severity } of here) {
      const start = Math.max(at, column - 1);
      const end = Math.max(start, Math.min(characters.length, column - 1 + Math.max(1, length)));
      if (end <= start) continue;
      pieces.push(characters.slice(at, start).join(""),
        element("span", { className: severity === "error" ? "wavy bad" : "wavy" }, characters.slice(start, end).join("")));
      at = end;
    }
    return [...pieces, characters.slice(at).join("")];
  }

  scrolled() {
    this.gutter.scrollTop = this.area.scrollTop;
    this.marks.style.transform = `translate(${-this.area.scrollLeft}px, ${-this.area.scrollTop}px)`;
    if (!this.list.hidden) this.place();
  }

  typed(event) {
    this.draw();
    this.onChange?.();
    const isTyping = event.inputType === "insertText" && /["\w.]/.test(event.data ?? "");
    if (isTyping || (!this.list.hidden && event.inputType?.startsWith("delete"))) this.offer(true);
    else this.close();
  }

  key(event) {
    if (!this.list.hidden) {
      const last = this.offers.options.length - 1;
      const keys = {
        ArrowDown: () => this.choose(this.chosen === last ? 0 : this.chosen + 1),
        ArrowUp: () => this.choose(this.chosen === 0 ? last : this.chosen - 1),
        Enter: () => this.accept(this.chosen),
        Tab: () => this.accept(this.chosen),
        Escape: () => this.close(),
      };
      if (keys[event.key] && !event.shiftKey) {
        event.preventDefault();
        keys[event.key]();
        return;
      }
    }
    const isLeaving = this.mayLeave;
    if (event.key !== "Shift") this.mayLeave = event.key === "Escape";
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      this.offer(false);
    } else if (event.key === "Tab" && !event.shiftKey && !isLeaving) {
      event.preventDefault();
      this.insert("  ");
    } else if (event.key === "Enter" && !event.ctrlKey) {
      event.preventDefault();
      const before = this.text.slice(0, this.area.selectionStart);
      const indent = /^[ \t]*/.exec(before.slice(before.lastIndexOf("\n") + 1))[0];
      this.insert(`\n${indent}${/[{[]\s*$/.test(before) ? "  " : ""}`);
    } else if (event.key === "F8" && this.findings.length > 0) {
      event.preventDefault();
      this.nextFinding(event.shiftKey);
    }
  }

  nextFinding(isBackwards) {
    const before = this.text.slice(0, this.area.selectionStart);
    const line = before.split("\n").length;
    const column = [...before.slice(before.lastIndexOf("\n") + 1)].length + 1;
    const place = (finding) => finding.line * 1e6 + finding.column;
    const sorted = [...this.findings].sort((a, b) => place(a) - place(b));
    const here = line * 1e6 + column;
    const next = isBackwards
      ? sorted.findLast((finding) => place(finding) < here) ?? sorted.at(-1)
      : sorted.find((finding) => place(finding) > here) ?? sorted[0];
    this.goTo(next);
    this.onVisit?.(next);
  }

  /** As if it were typed, so that undoing takes it away. */
  insert(piece) {
    if (!document.execCommand("insertText", false, piece)) {
      this.area.setRangeText(piece, this.area.selectionStart, this.area.selectionEnd, "end");
      this.area.dispatchEvent(new Event("input"));
    }
  }

  // Completion

  offer(isAutomatic) {
    const { selectionStart, selectionEnd } = this.area;
    const offers = selectionStart === selectionEnd ? this.complete(this.text, selectionStart) : null;
    // While one types, only what is between quotation marks.
    if (!offers || (isAutomatic && this.text[offers.start] !== '"')) return this.close();
    this.offers = offers;
    this.list.replaceChildren(...offers.options.map(({ label, detail }, index) => element("li", {
      role: "option", id: `completion-${index}`, "aria-selected": "false",
      onpointerdown: (event) => {
        event.preventDefault();
        this.accept(index);
      },
    }, element("span", { className: "word" }, label), element("span", { className: "detail" }, detail ?? ""))));
    this.list.hidden = false;
    this.place();
    this.choose(0);
  }

  choose(index) {
    this.list.children[this.chosen]?.setAttribute("aria-selected", "false");
    this.chosen = index;
    const option = this.list.children[index];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.area.setAttribute("aria-activedescendant", option.id);
  }

  accept(index) {
    const { start, end, options } = this.offers;
    this.close();
    this.area.setSelectionRange(start, end);
    this.insert(options[index].text);
    this.close();
  }

  close() {
    this.list.hidden = true;
    this.area.removeAttribute("aria-activedescendant");
  }

  /** Below the caret, within the editor. */
  place() {
    const before = this.text.slice(0, this.offers.start);
    const column = before.slice(before.lastIndexOf("\n") + 1).replaceAll("\t", "  ").length;
    const row = before.split("\n").length;
    this.ruler ??= this.under.appendChild(element("span", { className: "ruler", "aria-hidden": "true" }, "0".repeat(100)));
    const letter = this.ruler.getBoundingClientRect().width / 100;
    const style = getComputedStyle(this.area);
    const left = parseFloat(style.paddingLeft) + column * letter - this.area.scrollLeft;
    this.list.style.left = `${Math.max(0, Math.min(left, this.under.clientWidth - this.list.offsetWidth))}px`;
    // Above the line where there is no room below it.
    const below = parseFloat(style.paddingTop) + row * this.lineHeight - this.area.scrollTop + 2;
    const above = below - this.lineHeight - this.list.offsetHeight - 4;
    this.list.style.top = `${below + this.list.offsetHeight > this.under.clientHeight && above > 0 ? above : below}px`;
  }
}
