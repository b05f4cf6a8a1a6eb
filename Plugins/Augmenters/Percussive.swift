import TimbreCore
import TimbreDSP

/// Keeps of a signal what strikes: clicks, drums, plosives.
public struct Percussive: Augmenter {
  public struct Config: PluginConfig, SeparationConfig {
    public var separation = HarmonicPercussive()
    public var transform = TransformSettings()
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.percussive", summary: "What strikes and spreads over frequencies, such as clicks, without what lasts.",
    reference: "librosa.effects.percussive", parameters: Parameter.separation,
    details: separationDetails,
    formula: "X · P^p / (P^p + (margin · H)^p),  H, P = medians of |X| along time and along frequency",
    example: [.init("margin", 2)])

  private let config: Config
  private let stft: STFTParameters

  /// - Throws: A diagnostic when the window does not fit the transform.
  public init(_ config: Config) throws {
    self.config = config
    stft = try config.transform.stft()
  }

  public func apply(to signal: Signal, drawing draws: inout Draws) throws -> Signal {
    let samples = try config.separation.separate(.percussive, from: signal.samples, stft: stft)
    return Signal(samples: samples, sampleRate: signal.sampleRate)
  }
}
