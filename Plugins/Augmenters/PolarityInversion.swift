import TimbreCore

/// Turns a signal upside down.
public struct PolarityInversion: Augmenter {
  public struct Config: PluginConfig {
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.polarity_inversion",
    summary: "Every sample with the other sign, as a loudspeaker wired the wrong way round.",
    reference: "audiomentations.PolarityInversion",
    details: "Nothing changes to the ear, nor in features made of magnitudes.", formula: "−y")

  public init(_ config: Config) {}

  public func apply(to signal: Signal, drawing draws: inout Draws) -> Signal {
    Signal(samples: signal.samples.map { -$0 }, sampleRate: signal.sampleRate)
  }
}
