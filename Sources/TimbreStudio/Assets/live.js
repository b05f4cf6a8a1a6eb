// The microphone: a window slides over what is heard, and the bars follow.
import { ask, element, say } from "./common.js";

/** Milliseconds from one question to the next. */
const pause = 500;

export function live({ button, model }) {
  let stop = null;
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
      const denied = error.name === "NotAllowedError" || error.name === "NotFoundError";
      say(denied ? "There is no microphone, or this page may not use it." : error.message, true);
    }
    button.disabled = false;
  });
}

async function listen(model, ended) {
  if (!navigator.mediaDevices) throw new Error("The microphone needs https, or localhost.");
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  });
  const context = new AudioContext();
  await context.audioWorklet.addModule("/assets/recorder.js");
  const node = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0 });
  context.createMediaStreamSource(stream).connect(node);

  const load = JSON.parse(model.selectedOptions[0].dataset.load);
  const seconds = (load.offset ?? 0) + (load.duration ?? 3);
  const ring = new Float32Array(Math.ceil(seconds * context.sampleRate));
  let heard = 0;
  node.port.onmessage = ({ data }) => {
    ring.copyWithin(0, data.length);
    ring.set(data, ring.length - data.length);
    heard += data.length;
  };

  const section = document.getElementById("live");
  section.hidden = false;
  document.getElementById("window").textContent = seconds.toFixed(1);
  const latencies = [];
  let isOver = false;
  const finish = () => {
    isOver = true;
    for (const track of stream.getTracks()) track.stop();
    context.close();
    say("Stopped listening.");
    ended();
  };
  (async () => {
    while (!isOver) {
      const begin = performance.now();
      if (heard < ring.length) {
        say(`Listening; the first answer comes once ${seconds.toFixed(1)} s are heard …`);
      } else {
        const form = new FormData();
        form.append("model", model.value);
        form.append("audio", new Blob([wav(ring, context.sampleRate)], { type: "audio/wav" }), "live.wav");
        try {
          const [answer] = await ask("/api/v1/predict", { method: "POST", body: form });
          if (isOver) break;
          if (answer.error) throw new Error(answer.error);
          show(answer);
          latencies.push(performance.now() - begin);
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

/** 32-bit float WAV: the samples as they are. */
function wav(samples, rate) {
  const bytes = new DataView(new ArrayBuffer(58 + 4 * samples.length));
  const text = (at, word) => [...word].forEach((character, index) => bytes.setUint8(at + index, character.charCodeAt(0)));
  text(0, "RIFF");
  bytes.setUint32(4, 50 + 4 * samples.length, true);
  text(8, "WAVEfmt ");
  bytes.setUint32(16, 18, true);
  bytes.setUint16(20, 3, true);
  bytes.setUint16(22, 1, true);
  bytes.setUint32(24, rate, true);
  bytes.setUint32(28, 4 * rate, true);
  bytes.setUint16(32, 4, true);
  bytes.setUint16(34, 32, true);
  bytes.setUint16(36, 0, true);
  text(38, "fact");
  bytes.setUint32(42, 4, true);
  bytes.setUint32(46, samples.length, true);
  text(50, "data");
  bytes.setUint32(54, 4 * samples.length, true);
  for (let index = 0; index < samples.length; index += 1) bytes.setFloat32(58 + 4 * index, samples[index], true);
  return bytes.buffer;
}
