import TimbreCore

/// Samples in double precision with their places in time, as Praat has them: the first lies half a step after 0.
struct SampledSound: Sendable {
  var samples: [Double]
  /// Seconds of the first sample.
  var first: Double
  /// Seconds between samples.
  var step: Double
  /// Seconds from 0 to the end.
  var end: Double

  init(samples: [Double], first: Double, step: Double, end: Double) {
    self.samples = samples
    self.first = first
    self.step = step
    self.end = end
  }

  init(_ signal: Signal) {
    let rate = Double(signal.sampleRate)
    self.init(
      samples: signal.samples.map(Double.init), first: 0.5 / rate, step: 1 / rate,
      end: Double(signal.samples.count) / rate)
  }

  var duration: Double { step * Double(samples.count) }

  func time(of index: Int) -> Double { first + Double(index) * step }

  /// The place of a time among the samples, with a fraction. 1 is added and taken off because Praat counts from 1, and a tie
  /// between two samples must round as its does.
  private func place(of time: Double) -> Double { (time - first) / step + 1 }

  /// The last sample not after `time`; may lie outside.
  func index(before time: Double) -> Int { Self.whole(place(of: time).rounded(.down)) - 1 }
  /// The first sample not before `time`.
  func index(after time: Double) -> Int { Self.whole(place(of: time).rounded(.up)) - 1 }
  func index(nearest time: Double) -> Int { Self.whole((place(of: time) + 0.5).rounded(.down)) - 1 }

  private static func whole(_ value: Double) -> Int {
    // Far outside is outside; no number of samples comes near it.
    Int(max(-1e15, min(1e15, value)))
  }

  /// Where frames of a length of `window` seconds lie, `step` apart and together in the middle; nil where not one fits.
  func frames(window: Double, step frameStep: Double) -> (count: Int, first: Double)? {
    guard window <= duration, frameStep > 0 else { return nil }
    let count = ((duration - window) / frameStep).rounded(.down) + 1
    guard count < 1e12 else { return (Int.max, 0) }
    let middle = first - 0.5 * step + 0.5 * duration
    return (Int(count), middle - 0.5 * (count * frameStep) + 0.5 * frameStep)
  }
}

private struct SoundKey: Hashable {}

extension Analysis {
  var sampledSound: SampledSound { shared(SoundKey()) { SampledSound(signal) } }
}
