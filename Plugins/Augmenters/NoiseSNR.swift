import TimbreCore
import TimbreDSP

/// Adds noise of a colour at a signal-to-noise ratio.
public struct NoiseSNR: Augmenter {
  /// How the power of noise is spread over frequency.
  public enum Color: String, CaseIterable, Sendable, Hashable, ParameterValue {
    case white, pink, brown, blue, violet

    /// Power a hertz grows as frequency to this power.
    var exponent: Double {
      switch self {
      case .white: 0
      case .pink: -1
      case .brown: -2
      case .blue: 1
      case .violet: 2
      }
    }
  }

  public struct Config: PluginConfig {
    public var color = Color.white
    public var snrDB = 20.0
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.noise_snr", summary: "Gaussian noise of a colour, at a signal-to-noise ratio.",
    reference: "audiomentations.AddGaussianSNR and AddColorNoise",
    parameters: [
      .choice(
        "color", \.color, "White is flat; an octave up, pink falls by 3 dB, brown by 6, blue rises by 3, violet by 6."),
      .number(
        "snr_db", \.snrDB, in: .closed(-100, 100), unit: .decibels, "Power of the signal over that of the noise."),
    ],
    details: """
      Both powers are means over the whole signal, so that the ratio is met exactly. Silence gets no noise. Coloured noise \
      is flat below 20 Hz, where nobody hears it, and has no constant part. At most 2²⁷ samples of coloured noise.
      """,
    formula: "y + g · n, with mean(y²) / mean((g·n)²) = 10^(snr_db / 10)",
    example: [.init("color", "pink"), .init("snr_db", 10)])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  public func apply(to signal: Signal, drawing draws: inout Draws) throws -> Signal {
    let noise = try coloredNoise(
      count: signal.samples.count, exponent: config.color.exponent, sampleRate: signal.sampleRate,
      drawing: &draws.random)
    return Signal(samples: mixed(signal.samples, with: noise, snr: config.snrDB), sampleRate: signal.sampleRate)
  }
}
