// The microphone: a window slides over what is heard, and the bars follow.
import { ask, element, say } from "./common.js";
import { openMicrophone, whyNoMicrophone, wav } from "./microphone.js";

/** Milliseconds from one question to the next. */
const pause = 500;
/** Until the page has been drawn again. */
const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

export function live({ button, model }) {
  let stop = null;
  // Another model takes another window.
  model.addEventListener("change", () => stop?.());
  button.addEventListener("click", async () => {
    if (stop) return stop();
    button.disabled = true;
    try {
      stop = await listen(model, () => {
        stop = null;
        button.textContent = "Live from the microphone";
        button.setAttribute("aria-pressed", "false");
      });
      button.textContent = "Stop listening";
      button.setAttribute("aria-pressed", "true");
    } catch (error) {
      say(whyNoMicrophone(error), true);
    }
    button.disabled = false;
  });
}

async function listen(model, ended) {
  const load = JSON.parse(model.selectedOptions[0].dataset.load);
  const seconds = (load.offset ?? 0) + (load.duration ?? 3);
  let ring = new Float32Array(0);
  let heard = 0, last = 0;
  const microphone = await openMicrophone((samples) => {
    ring.copyWithin(0, samples.length);
    ring.set(samples.subarray(Math.max(0, samples.length - ring.length)), Math.max(0, ring.length - samples.length));
    heard += samples.length;
    last = performance.now();
  });
  ring = new Float32Array(Math.ceil(seconds * microphone.rate));
  heard = 0;

  const section = document.getElementById("live");
  section.hidden = false;
  const progress = document.getElementById("heard");
  progress.hidden = false;
  document.getElementById("window").textContent = seconds.toFixed(1);
  const latencies = [];
  let isOver = false;
  const finish = () => {
    isOver = true;
    microphone.close();
    say("Stopped listening.");
    ended();
  };
  (async () => {
    while (!isOver) {
      const begin = performance.now();
      if (heard < ring.length) {
        say(`Listening; the first answer comes once ${seconds.toFixed(1)} s are heard …`);
        progress.value = heard / ring.length;
      } else {
        progress.hidden = true;
        // The window ends with the last sample that was heard.
        const end = last;
        const form = new FormData();
        form.append("model", model.value);
        form.append("audio", new Blob([wav(ring, microphone.rate)], { type: "audio/wav" }), "live.wav");
        try {
          const [answer] = await ask("/api/v1/predict", { method: "POST", body: form });
          if (isOver) break;
          if (answer.error) throw new Error(answer.error);
          show(answer);
          await drawn();
          latencies.push(performance.now() - end);
          if (latencies.length > 20) latencies.shift();
          const sorted = [...latencies].sort((a, b) => a - b);
          const middle = sorted[Math.floor(sorted.length / 2)];
          document.getElementById("latency").textContent = `${Math.round(latencies.at(-1))} ms (median ${Math.round(middle)} ms)`;
          say(`Listening: ${answer.label}`);
        } catch (error) {
          say(error.message, true);
        }
      }
      await new Promise((done) => setTimeout(done, Math.max(50, pause - (performance.now() - begin))));
    }
  })();
  return finish;
}

function show(answer) {
  const bars = document.getElementById("bars");
  const labels = Object.keys(answer.probabilities);
  if (bars.children.length !== labels.length) {
    bars.replaceChildren(...labels.map((label) => element("div", {},
      element("span", { className: "name" }, label),
      element("div", { className: "track", role: "meter", "aria-label": label, "aria-valuemin": "0", "aria-valuemax": "1", "aria-valuenow": "0" },
        element("div", { className: "fill" })),
      element("span", { className: "value" }))));
  }
  for (const [index, label] of labels.entries()) {
    const row = bars.children[index];
    const value = answer.probabilities[label];
    row.children[0].textContent = label;
    row.classList.toggle("best", label === answer.label);
    row.children[1].setAttribute("aria-valuenow", value.toFixed(3));
    row.children[1].setAttribute("aria-label", label);
    row.children[1].firstChild.style.width = `${100 * value}%`;
    row.children[2].textContent = value.toFixed(2);
  }
}
