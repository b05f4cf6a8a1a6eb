import TimbreCore
import TimbreDSP

/// Chroma energy normalised statistics.
public struct ChromaCENS: FeatureExtractor {
  public struct Config: PluginConfig, ConstantQChromaConfig {
    public var chroma: ConstantQChroma
    public var statistics = CENSParameters()
    public init() {
      chroma = ConstantQChroma()
      chroma.fold.norm = .none
    }
  }

  public static let spec = PluginSpec<Config>(
    "feature.chroma_cens",
    summary: "Chroma energy normalised statistics: quantised shares of the pitch classes, smoothed over frames.",
    reference: "librosa.feature.chroma_cens",
    parameters: Parameter.constantQChroma + [
      .value(
        "norm", \.statistics.norm, "What each frame is divided by: a p-norm, \"inf\" (its maximum), \"-inf\", or null."),
      .int(
        "win_len_smooth", \.statistics.winLenSmooth, in: 1...65_536, unit: .frames,
        "Length of the smoothing window; null does not smooth."),
      .value("smoothing_window", \.statistics.smoothingWindow, "Window that smooths over frames, by its SciPy name."),
    ],
    details: """
      A share of a frame's energy above 0.05, 0.1, 0.2 and 0.4 counts 0.25 each, so that dynamics and timbre matter little. \
      Meant for matching pieces of music.
      """,
    formula: """
      share = chroma / ‖chroma‖₁
      q = ¼·(share > 0.4) + ¼·(share > 0.2) + ¼·(share > 0.1) + ¼·(share > 0.05)
      CENS = window ∗ q, divided by the norm of the frame
      """,
    example: [.init("win_len_smooth", 11)])

  private let config: Config

  public init(_ config: Config) throws {
    try config.chroma.validate()
    _ = try config.statistics.weights()
    self.config = config
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes { try config.chroma.axes(sampleRate: sampleRate) }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let axes = try axes(sampleRate: analysis.signal.sampleRate)
    let energies = try config.chroma.chroma(of: analysis)
    return FeatureMatrix(axes: axes, values: try energies.chromaStatistics(config.statistics).compact)
  }
}
