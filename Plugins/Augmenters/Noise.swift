import TimbreCore

/// Adds white noise whose level follows the loudest sample.
public struct Noise: Augmenter {
  public struct Config: PluginConfig {
    public var amount = 0.035
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.noise", summary: "White noise of a random level, up to a share of the largest sample.",
    parameters: [
      .number("amount", \.amount, in: .nonNegative, "Largest standard deviation, as a share of the largest sample.")
    ],
    details:
      "The noise of the well-known notebook on emotions in RAVDESS; `augment.noise_snr` asks for a level in decibels.",
    formula: "y(n) + amount · u · max(y) · g(n),  one u of U(0, 1) for the signal, g(n) standard normal",
    example: [.init("amount", 0.1)])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  public func apply(to signal: Signal, drawing draws: inout Draws) -> Signal {
    let level = draws.uniform(0, 1, as: "level")
    let scale = config.amount * level * Double(signal.maximum)
    var result = signal
    draws.random.addNormals(scaledBy: scale, to: &result.samples)
    return result
  }
}
