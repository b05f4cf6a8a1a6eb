// A run as it goes on: bars, time left, learning curves and the log, from the server's events.
import { ask, element, say } from "./common.js";
import { curve } from "./curves.js";

const line = () => document.getElementById("run-status");
const words = {
  queued: "waits for the run before it", running: "running", stopping: "stopping", finished: "finished", failed: "failed",
  interrupted: "interrupted", stopped: "stopped: its process is gone",
};

/** Shows a run in `holder`; `onState(state)` is told each change. Returns a function that stops following. */
export function follow(id, holder, onState = () => {}) {
  const path = `/api/v1/runs/${encodeURIComponent(id)}`;
  const state = element("span", { className: "tag" }, "…");
  const stop = element("button", { type: "button", className: "danger", hidden: true, onclick: () => ask(`${path}/stop`, { method: "POST" }).catch((error) => say(error.message, true, line())) }, "Stop");
  const report = element("a", { className: "button primary", hidden: true, href: `/runs/${encodeURIComponent(id)}` }, "Open the report");
  const stages = element("div", { className: "bars stages" });
  const curves = element("div", { className: "grid" });
  const log = element("pre", { className: "log", tabIndex: 0, "aria-label": `Log of ${id}`, hidden: true });
  holder.replaceChildren(
    element("div", { className: "bar" }, element("h3", {}, id), state, stop, report), stages, curves, log);
  holder.hidden = false;

  const records = [];
  let stage = null;
  let drawing = 0;
  const source = new EventSource(`${path}/events`);
  const on = (name, act) => source.addEventListener(name, ({ data }) => act(JSON.parse(data)));

  const show = (now, isOver) => {
    state.textContent = words[now] ?? now;
    state.className = `tag ${{ finished: "right", failed: "wrong", interrupted: "wrong" }[now] ?? ""}`;
    stop.hidden = !["queued", "running"].includes(now);
    if (!isOver) say(`${id}: ${words[now] ?? now}`, false, line());
    onState(now);
  };
  const write = (text) => {
    const isAtEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 8;
    log.hidden = false;
    log.append(`${text}\n`);
    while (log.childNodes.length > 2000) log.firstChild.remove();
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  };
  const plot = () => {
    if (drawing) return;
    drawing = requestAnimationFrame(() => {
      drawing = 0;
      curves.replaceChildren(...[curve(records, "Loss", "loss", false), curve(records, "Accuracy", "accuracy", true)].filter(Boolean));
    });
  };
  const learned = (record) => {
    if (records.at(-1)?.epoch === record.epoch) records.pop();
    records.push(record);
    // A curve of some hundred points looks the same.
    if (records.length > 1200) records.splice(0, records.length, ...records.filter((_, index) => index % 2 === 0 || index === records.length - 1));
    plot();
  };

  on("state", ({ state: now }) => show(now));
  on("began", ({ stage: name }) => {
    stage = bar(name);
    stages.append(stage.node);
  });
  on("advanced", (event) => {
    if (stage?.name !== event.stage) {
      stage = bar(event.stage);
      stages.append(stage.node);
    }
    stage.show(event);
    if (event.stage === "training") {
      const values = numbers(event.detail ?? "");
      if ("loss" in values || "accuracy" in values) learned({ epoch: event.count, epochs: event.total, values });
    }
  });
  on("ended", ({ seconds }) => stage?.end(seconds));
  on("noted", ({ text }) => write(text));
  on("log", ({ text }) => write(text));
  on("finished", ({ uar }) => { if (uar !== undefined) write(`UAR ${uar.toFixed(3)}`); });
  on("end", ({ state: now, folder }) => {
    source.close();
    show(now, true);
    report.hidden = !folder;
    report.textContent = now === "finished" ? "Open the report" : "Open the run";
    say(`${id} ${words[now] ?? now}.`, now === "failed", line());
  });
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) say("The run cannot be followed any more. Is the server still running?", true, line());
  });
  return () => source.close();
}

/** "loss 0.512, accuracy 0.833" */
const numbers = (detail) => Object.fromEntries(
  [...detail.matchAll(/([a-z_]+) (-?[\d.]+(?:e-?\d+)?)/g)].map(([, name, value]) => [name, Number(value)]));

function bar(name) {
  const fill = element("div", { className: "fill" });
  const track = element("div", { className: "track", role: "progressbar", "aria-label": name, "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": "0" }, fill);
  const value = element("span", { className: "value" });
  const detail = element("span", { className: "detail" });
  const node = element("div", {}, element("span", { className: "name" }, name), track, value, detail);
  const set = (share) => {
    fill.style.width = `${100 * share}%`;
    track.setAttribute("aria-valuenow", String(Math.round(100 * share)));
  };
  return {
    name, node,
    show({ count, total, seconds, detail: text }) {
      set(total > 0 ? count / total : 0);
      value.textContent = `${count}/${total}`;
      const left = count > 0 && count < total ? (seconds / count) * (total - count) : null;
      detail.textContent = [left === null ? null : `${time(left)} left`, text].filter(Boolean).join(" · ");
    },
    end(seconds) {
      detail.textContent = `in ${time(seconds)}`;
    },
  };
}

function time(seconds) {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
