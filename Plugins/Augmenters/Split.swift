import TimbreCore
import TimbreDSP

/// Cuts all silence out.
public struct Split: Augmenter {
  public struct Config: PluginConfig, SilenceConfig {
    public var silence = SilenceDetector()
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.split", summary: "The stretches that are not silent, one after the other.",
    reference: "librosa.effects.split",
    parameters: Parameter.silence,
    details:
      "librosa returns where the stretches lie; here they are joined into one signal. Signals are mono, so that `aggregate`, which "
      + "joins channels, has no place here. Where nothing would be left, an error says so.",
    formula: "20 · log₁₀(RMS / ref) > −top_db",
    example: [.init("top_db", 30)])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  public func apply(to signal: Signal, drawing draws: inout Draws) throws -> Signal {
    let ranges = try config.silence.audibleRanges(of: signal.samples)
    let samples = ranges.flatMap { signal.samples[$0] }
    if samples.isEmpty { throw config.silence.nothingLeft }
    return Signal(samples: samples, sampleRate: signal.sampleRate)
  }
}
