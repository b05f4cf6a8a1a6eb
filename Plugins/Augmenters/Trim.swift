import TimbreCore
import TimbreDSP

/// Cuts silence off both ends.
public struct Trim: Augmenter {
  public struct Config: PluginConfig, SilenceConfig {
    public var silence = SilenceDetector()
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.trim", summary: "Silence cut off both ends.", reference: "librosa.effects.trim",
    parameters: Parameter.silence,
    details:
      "Cuts lie on whole hops. Signals are mono, so that `aggregate`, which joins channels, has no place here. Where nothing would be "
      + "left, an error says so.",
    formula: "20 · log₁₀(RMS / ref) > −top_db",
    example: [.init("top_db", 30)])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  public func apply(to signal: Signal, drawing draws: inout Draws) throws -> Signal {
    guard let range = try config.silence.audibleRange(of: signal.samples), !range.isEmpty else {
      throw config.silence.nothingLeft
    }
    return Signal(samples: Array(signal.samples[range]), sampleRate: signal.sampleRate)
  }
}
