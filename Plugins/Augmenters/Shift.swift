import TimbreCore

/// Moves a signal in time.
public struct Shift: Augmenter {
  /// What `shift` counts in.
  public enum ShiftUnit: String, CaseIterable, Sendable, Hashable, ParameterValue {
    case fraction, samples, seconds
  }

  public struct Config: PluginConfig {
    public var shift = 0.0
    public var shiftUnit = ShiftUnit.fraction
    public var rollover = true
    public var fadeDuration = 0.005
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.shift", summary: "Earlier or later in time, at the same length.", reference: "audiomentations.Shift",
    parameters: [
      .number("shift", \.shift, "How far; negative is earlier."),
      .choice("shift_unit", \.shiftUnit, "Whether `shift` is a share of the length (within ±1), samples or seconds."),
      .bool("rollover", \.rollover, "Whether what leaves at one end comes in at the other, instead of silence."),
      .number(
        "fade_duration", \.fadeDuration, in: .closed(0, 10), unit: .seconds,
        "Length of the fades at the seam, against a click; 0 is none."),
    ],
    details: """
      The shift is rounded to whole samples, halves to even. The seam is where the signal's old beginning and end meet, or where \
      silence meets sound: what follows it fades in, what precedes it fades out, silence excepted. Energy-preserving weights, \
      the same as audiomentations'.
      """,
    formula: "y[(n − shift) mod N]", example: [.init("shift", .number(0.25))])

  private let config: Config

  /// - Throws: A diagnostic for a fraction beyond ±1.
  public init(_ config: Config) throws {
    guard config.shiftUnit != .fraction || abs(config.shift) <= 1 else {
      throw Diagnostic(
        .invalidParameters, "shift (\(short(config.shift))) is more than the whole length",
        help: "give a fraction within ±1, or set shift_unit to samples or seconds")
    }
    self.config = config
  }

  public func apply(to signal: Signal, drawing draws: inout Draws) -> Signal {
    let count = signal.samples.count
    let unit =
      switch config.shiftUnit {
      case .fraction: Double(count)
      case .samples: 1.0
      case .seconds: Double(signal.sampleRate)
      }
    let wanted = (config.shift * unit).rounded(.toNearestOrEven)
    let isLate = wanted > 0
    if !config.rollover, abs(wanted) >= Double(count) {
      return Signal(samples: [Float](repeating: 0, count: count), sampleRate: signal.sampleRate)
    }
    let places = Int(wanted.truncatingRemainder(dividingBy: Double(max(1, count))))
    guard places != 0 else { return signal }
    /// Where the signal's first sample goes.
    let seam = places > 0 ? places : count + places
    let cut = count - seam
    var samples = Array(signal.samples[cut...] + signal.samples[..<cut])
    if !config.rollover {
      for index in isLate ? 0..<seam : seam..<count { samples[index] = 0 }
    }
    let fade = Int(Double(signal.sampleRate) * config.fadeDuration)
    if config.rollover || isLate {
      for index in 0..<min(fade, count - seam) { samples[seam + index] *= weight(index, of: fade) }
    }
    if config.rollover || !isLate {
      for index in 0..<min(fade, seam) { samples[seam - 1 - index] *= weight(index, of: fade) }
    }
    return Signal(samples: samples, sampleRate: signal.sampleRate)
  }

  private func weight(_ index: Int, of fade: Int) -> Float { Float(fadeIn(index, of: fade, keepsEnergy: true)) }
}
