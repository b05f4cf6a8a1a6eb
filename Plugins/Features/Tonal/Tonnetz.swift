import TimbreCore
import TimbreDSP

/// Where the pitch classes of a frame lie on circles of fifths and thirds.
public struct Tonnetz: FeatureExtractor {
  public struct Config: PluginConfig, ConstantQChromaConfig {
    public var chroma = ConstantQChroma()
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.tonnetz", summary: "Tonal centroids: the pitch classes of a frame on circles of fifths and thirds.",
    reference: "librosa.feature.tonnetz",
    parameters: Parameter.constantQChroma + [
      .number("threshold", \.chroma.fold.threshold, "Energies of pitch classes below it count as 0; null keeps all.")
    ],
    details: """
      Reads `feature.chroma_cqt`, whose parameters it takes; its norm would change nothing, since each frame is divided by its sum. \
      After Harte, Sandler and Gasser (2006). A silent frame lies at the centre, 0.
      """,
    formula: """
      x = r · Σ_c sin(φ·c) · share[c],  y = r · Σ_c cos(φ·c) · share[c],  share = chroma / ‖chroma‖₁,  c = 0 … 11
      fifths φ = 7π/6, r = 1; minor thirds φ = 3π/2, r = 1; major thirds φ = 2π/3, r = ½
      """,
    example: [.init("n_octaves", 6)])

  private let config: Config

  public init(_ config: Config) throws {
    try config.chroma.validate()
    self.config = config
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    var axes = try config.chroma.axes(sampleRate: sampleRate)
    axes.bins = ["fifth_x", "fifth_y", "minor_third_x", "minor_third_y", "major_third_x", "major_third_y"]
    return axes
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let axes = try axes(sampleRate: analysis.signal.sampleRate)
    return FeatureMatrix(axes: axes, values: try config.chroma.chroma(of: analysis).tonalCentroids().compact)
  }
}
