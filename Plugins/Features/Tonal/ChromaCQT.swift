import TimbreCore
import TimbreDSP

/// Energy of each pitch class from the constant-Q transform.
public struct ChromaCQT: FeatureExtractor {
  public struct Config: PluginConfig, ConstantQChromaConfig {
    public var chroma = ConstantQChroma()
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.chroma_cqt", summary: "Energy of each pitch class, from the constant-Q transform.",
    reference: "librosa.feature.chroma_cqt",
    parameters: Parameter.constantQChroma + [
      .number(
        "threshold", \.chroma.fold.threshold, "Energies below it count as 0, before normalisation; null keeps all."),
      .value(
        "norm", \.chroma.fold.norm, "What each frame is divided by: \"inf\" (its maximum), \"-inf\", a p-norm, or null."
      ),
    ],
    details: """
      Pitch classes start at C. With twelve classes and `fmin` at a C, bins of the transform around a semitone are added up to its class. \
      Filters that reach beyond half the sample rate are refused: audio below 8.3 kHz needs fewer octaves.
      """,
    formula: "chroma[c, t] = Σₖ |CQT[k, t]| over bins k of pitch class c, divided by the norm of the frame",
    example: [.init("n_octaves", 6)])

  private let config: Config

  public init(_ config: Config) throws {
    try config.chroma.validate()
    self.config = config
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes { try config.chroma.axes(sampleRate: sampleRate) }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let axes = try axes(sampleRate: analysis.signal.sampleRate)
    return FeatureMatrix(axes: axes, values: try config.chroma.chroma(of: analysis).compact)
  }
}
