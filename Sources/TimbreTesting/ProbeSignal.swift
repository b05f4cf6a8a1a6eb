import RealModule
import TimbreCore

/// A signal that a plugin has to cope with, and what it is called in a failure.
public struct ProbeSignal: Sendable {
  public let name: String
  public let signal: Signal

  /// One sample, shorter than a frame, silence, DC, a full-scale square wave, a tone and noise.
  public static func all(sampleRate: Int) -> [ProbeSignal] {
    let short = max(sampleRate / 200, 1)
    let long = sampleRate * 2 / 5
    return [
      make("one sample", sampleRate, 1) { _ in 0.5 },
      make("shorter than a frame", sampleRate, short) { sine(440, $0, sampleRate) },
      make("silence", sampleRate, long) { _ in 0 },
      make("DC", sampleRate, long) { _ in 0.25 },
      make("full-scale square", sampleRate, long) { sine(110, $0, sampleRate) >= 0 ? 1 : -1 },
      tone(sampleRate: sampleRate, count: long),
      noise(sampleRate: sampleRate, count: long),
    ]
  }

  /// Signals that no plugin has to cope with: the host refuses them.
  static func unusable(sampleRate: Int) -> [ProbeSignal] {
    [
      make("empty", sampleRate, 0) { _ in 0 },
      make("NaN", sampleRate, 3_000) { $0 == 1_500 ? .nan : 0.1 },
      make("infinity", sampleRate, 3_000) { $0 == 2_999 ? .infinity : 0.1 },
    ]
  }

  public static func tone(sampleRate: Int, count: Int) -> ProbeSignal {
    make("tone", sampleRate, count) { 0.5 * sine(440, $0, sampleRate) }
  }

  public static func noise(sampleRate: Int, count: Int) -> ProbeSignal {
    var random = RandomSource(seed: 1, "probe")
    return make("noise", sampleRate, count) { _ in Float(random.uniform(-0.5, 0.5)) }
  }

  static let sampleRates = [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000]

  private static func make(_ name: String, _ sampleRate: Int, _ count: Int, _ sample: (Int) -> Float) -> ProbeSignal {
    ProbeSignal(
      name: "\(name) at \(sampleRate) Hz", signal: Signal(samples: (0..<count).map(sample), sampleRate: sampleRate))
  }

  private static func sine(_ frequency: Double, _ sample: Int, _ sampleRate: Int) -> Float {
    Float(Double.sin(2 * .pi * frequency * Double(sample) / Double(sampleRate)))
  }
}
