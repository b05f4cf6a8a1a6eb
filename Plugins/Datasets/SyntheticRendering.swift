import RealModule
import TimbreCore

extension Utterance {
  /// Controls change once in so many seconds and run straight in between.
  private static let controlStep = 0.004

  /// The sound of the utterance: float32 at `sampleRate`, within ±1.
  func render(sampleRate: Int, random: inout RandomSource) -> Signal {
    let rate = Double(sampleRate)
    let count = max(1, Int(duration * rate))
    let block = max(1, Int(Self.controlStep * rate))
    var samples = [Float](repeating: 0, count: count)
    var source = GlottalSource(manner: manner, rate: rate)
    var tract = VocalTract(rate: rate)
    var frication = Resonator()
    var tremorPhase = random.uniform()
    var energy = 0.0
    var voiced = 0
    var position = 0
    while position < count {
      let time = Double(position) / rate
      let state = control(at: time)
      tremorPhase += 6 * Self.controlStep * random.uniform(0.9, 1.1)
      let pitch =
        voice.pitch * Double.exp2((state.pitch + manner.tremor * Double.sin(2 * .pi * tremorPhase)) / 12)
      tract.set(formants: state.formants.map { $0 * voice.tract }, tract: voice.tract)
      if let noise = state.noiseFrequency { frication.set(frequency: noise, bandwidth: 900, rate: rate) }
      for index in position..<min(position + block, count) {
        let excitation = source.next(pitch: min(max(pitch, 50), 600), gain: state.voicing, random: &random)
        var sample = tract.filter(excitation)
        if state.noise > 0 { sample += frication.filter(random.uniform(-1, 1)) * state.noise * 0.25 }
        samples[index] = Float(sample)
        energy += sample * sample
      }
      if state.voicing > 0.1 { voiced += min(block, count - position) }
      position += block
    }
    finish(&samples, rms: (energy / Double(max(1, voiced))).squareRoot(), random: &random)
    return Signal(samples: samples, sampleRate: sampleRate)
  }

  /// Sets the level, adds the faint noise of a room, and keeps peaks within ±1 as a limiter would.
  private func finish(_ samples: inout [Float], rms: Double, random: inout RandomSource) {
    let wanted = Double.pow(10, (-26 + manner.level) / 20)
    let gain = Float(rms > 0 ? wanted / rms : 0)
    for index in samples.indices {
      let sample = samples[index] * gain + Float(random.uniform(-0.0006, 0.0006))
      let size = abs(sample)
      // Above 0.7 the curve bends so that it never reaches 1.
      let limited = size <= 0.7 ? size : 0.7 + 0.3 * (size - 0.7) / (size - 0.7 + 0.3)
      samples[index] = sample < 0 ? -limited : limited
    }
  }

  private struct Control {
    var pitch = 0.0
    var voicing = 0.0
    var formants = [500.0, 1500, 2500]
    var noise = 0.0
    var noiseFrequency: Double?
  }

  private func control(at time: Double) -> Control {
    var state = Control()
    let place = duration > 0 ? time / duration : 0
    state.pitch = manner.register + manner.slope * (place - 0.5)
    guard let index = syllables.firstIndex(where: { time < $0.end }) else {
      if let last = syllables.last { state.formants = last.formants }
      return state
    }
    let syllable = syllables[index]
    let previous = index > 0 ? syllables[index - 1].formants : syllable.formants
    // A formant moves to its vowel while the consonant lasts and a little longer.
    let glide = smooth((time - syllable.start) / (1.4 * (syllable.vowel - syllable.start)))
    state.formants = zip(previous, syllable.formants).map { $0 + ($1 - $0) * glide }
    guard time >= syllable.start else { return state }
    let middle = (time - syllable.vowel) / (syllable.end - syllable.vowel)
    if middle > 0 { state.pitch += manner.range * syllable.accent * Double.sin(.pi * min(1, middle)) }
    let attack = smooth((time - syllable.vowel) / 0.02)
    let release = smooth((syllable.end - time) / 0.04)
    // A voiced glide keeps sounding softly, a fricative interrupts the voice.
    let quiet = syllable.noise == nil && index > 0 ? 0.25 : 0.0
    let continues = index + 1 < syllables.count && syllables[index + 1].noise == nil
    state.voicing =
      max(quiet * (1 - attack), attack * max(release, continues ? 0.25 : 0)) * (0.8 + 0.3 * syllable.accent)
    if let noise = syllable.noise {
      let inside = (time - syllable.start) / (syllable.vowel - syllable.start)
      state.noise = smooth(inside * 4) * (1 - smooth((inside - 0.7) / 0.4))
      state.noiseFrequency = noise
    }
    return state
  }
}

/// From 0 to 1 without corners.
private func smooth(_ x: Double) -> Double {
  let t = min(max(x, 0), 1)
  return t * t * (3 - 2 * t)
}

/// Derivative of the air flow through the glottis (Rosenberg's polynomial pulse), low-passed by the voice's effort, and breath.
private struct GlottalSource {
  let manner: Manner
  let rate: Double
  private var phase = 1.0
  private var stretch = 1.0
  private var strength = 1.0
  private let smoothing: Double
  private var state = 0.0

  init(manner: Manner, rate: Double) {
    self.manner = manner
    self.rate = rate
    let cutoff = min(1500 * Double.exp2(manner.brightness), 0.45 * rate)
    smoothing = 1 - Double.exp(-2 * .pi * cutoff / rate)
  }

  mutating func next(pitch: Double, gain: Double, random: inout RandomSource) -> Double {
    phase += pitch * stretch / rate
    if phase >= 1 {
      phase -= phase.rounded(.down)
      stretch = max(0.5, 1 + manner.jitter * random.normal())
      strength = max(0.1, 1 + 3 * manner.jitter * random.normal())
    }
    let opening = 0.4
    let closing = 0.2
    var flow = 0.0
    var slope = 0.0
    if phase < opening {
      let x = phase / opening
      flow = x * x * (3 - 2 * x)
      slope = 6 * x * (1 - x) / opening
    } else if phase < opening + closing {
      let x = (phase - opening) / closing
      flow = 1 - x * x
      slope = -2 * x / closing
    }
    let noise = random.uniform(-1, 1) * manner.breath * (0.5 + flow) * 6
    state += smoothing * ((slope * strength) * gain - state)
    return state + noise * gain
  }
}

/// Formants one after another (Klatt's cascade), the first three of the vowel and two fixed ones.
private struct VocalTract {
  let rate: Double
  private var resonators = (Resonator(), Resonator(), Resonator(), Resonator(), Resonator())

  init(rate: Double) { self.rate = rate }

  mutating func set(formants: [Double], tract: Double) {
    resonators.0.set(frequency: formants[0], bandwidth: 70, rate: rate)
    resonators.1.set(frequency: formants[1], bandwidth: 100, rate: rate)
    resonators.2.set(frequency: formants[2], bandwidth: 140, rate: rate)
    resonators.3.set(frequency: 3500 * tract, bandwidth: 220, rate: rate)
    resonators.4.set(frequency: 4500 * tract, bandwidth: 320, rate: rate)
  }

  mutating func filter(_ sample: Double) -> Double {
    resonators.4.filter(
      resonators.3.filter(resonators.2.filter(resonators.1.filter(resonators.0.filter(sample)))))
  }
}

/// Klatt's digital resonator: y[n] = A·x[n] + B·y[n−1] + C·y[n−2], gain 1 at 0 Hz.
private struct Resonator {
  private var a = 1.0
  private var b = 0.0
  private var c = 0.0
  private var last = 0.0
  private var beforeLast = 0.0

  mutating func set(frequency: Double, bandwidth: Double, rate: Double) {
    // A formant beyond what the rate can hold is left out.
    guard frequency < 0.48 * rate else {
      (a, b, c) = (1, 0, 0)
      return
    }
    let radius = Double.exp(-.pi * bandwidth / rate)
    c = -radius * radius
    b = 2 * radius * Double.cos(2 * .pi * frequency / rate)
    a = 1 - b - c
  }

  mutating func filter(_ sample: Double) -> Double {
    let value = a * sample + b * last + c * beforeLast
    beforeLast = last
    last = value
    return value
  }
}
