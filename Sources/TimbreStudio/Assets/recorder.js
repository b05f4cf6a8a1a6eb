// Hands on what the microphone hears, in pieces of some 40 ms.
class Recorder extends AudioWorkletProcessor {
  constructor() {
    super();
    this.pieces = [];
    this.count = 0;
  }

  process([input]) {
    if (input.length > 0) {
      this.pieces.push(input[0].slice());
      this.count += input[0].length;
      if (this.count >= 2048) {
        const all = new Float32Array(this.count);
        let at = 0;
        for (const piece of this.pieces) {
          all.set(piece, at);
          at += piece.length;
        }
        this.port.postMessage(all, [all.buffer]);
        this.pieces = [];
        this.count = 0;
      }
    }
    return true;
  }
}
registerProcessor("recorder", Recorder);
