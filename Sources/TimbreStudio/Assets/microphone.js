// What the microphone hears, as samples and as a file.

/**
 * Opens the microphone as it is, without what browsers do to voices in calls.
 * @param hear Told the samples that have just been heard, some 40 ms of them.
 * @returns `{rate, close()}`, the rate in Hz.
 */
export async function openMicrophone(hear) {
  if (!navigator.mediaDevices) throw new Error("The microphone needs https, or localhost.");
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  });
  const context = new AudioContext();
  const close = () => {
    for (const track of stream.getTracks()) track.stop();
    context.close();
  };
  try {
    await context.audioWorklet.addModule("/assets/recorder.js");
    const node = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0 });
    node.port.onmessage = ({ data }) => hear(data);
    context.createMediaStreamSource(stream).connect(node);
  } catch (error) {
    close();
    throw error;
  }
  return { rate: context.sampleRate, close };
}

/** Why the microphone could not be opened, in words. */
export function whyNoMicrophone(error) {
  const denied = error.name === "NotAllowedError" || error.name === "NotFoundError";
  return denied ? "There is no microphone, or this page may not use it." : error.message;
}

/**
 * Lets a button begin and end a recording.
 * @param longest Seconds after which it ends by itself.
 * @param done Told the recording as a file.
 * @param tell Told what goes on, and whether that is bad.
 */
export function recordButton(button, longest, done, tell) {
  const title = button.textContent;
  let stop = null;
  button.addEventListener("click", async () => {
    if (stop) return stop();
    button.disabled = true;
    try {
      stop = await record(longest, tell, (file) => {
        stop = null;
        button.textContent = title;
        button.setAttribute("aria-pressed", "false");
        if (file) done(file);
        else tell("Nothing was heard.", true);
      });
      button.textContent = "Stop recording";
      button.setAttribute("aria-pressed", "true");
    } catch (error) {
      tell(whyNoMicrophone(error), true);
    }
    button.disabled = false;
  });
}

async function record(longest, tell, ended) {
  const pieces = [];
  let count = 0, told = 0, rate = 0, isOver = false;
  const microphone = await openMicrophone((samples) => {
    if (isOver || rate === 0) return;
    pieces.push(samples);
    count += samples.length;
    if (Math.floor(count / rate) > told) tell(`Recording: ${(told = Math.floor(count / rate))} s …`);
    if (count >= longest * rate) finish();
  });
  rate = microphone.rate;
  const finish = () => {
    if (isOver) return;
    isOver = true;
    microphone.close();
    const all = new Float32Array(Math.min(count, Math.ceil(longest * rate)));
    let at = 0;
    for (const piece of pieces) {
      all.set(piece.subarray(0, all.length - at), at);
      at = Math.min(all.length, at + piece.length);
    }
    ended(count > 0 ? new File([wav(all, rate)], "recording.wav", { type: "audio/wav" }) : null);
  };
  tell("Recording …");
  return finish;
}

/** 32-bit float WAV: the samples as they are. */
export function wav(samples, rate) {
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
