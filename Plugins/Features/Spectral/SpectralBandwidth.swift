import TimbreCore
import TimbreDSP

/// How far the spectrum of each frame spreads around its centroid.
public struct SpectralBandwidth: FeatureExtractor {
  public struct Config: PluginConfig, SpectralConfig {
    public var stft = STFTParameters()
    public var norm = true
    public var p = 2.0
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.spectral_bandwidth", summary: "Spread of each frame's spectrum around its centroid.",
    reference: "librosa.feature.spectral_bandwidth",
    parameters: [
      .bool("norm", \.norm, "Whether the magnitudes of a frame are divided by their sum."),
      .number("p", \.p, in: .closed(0.01, 32), "Exponent of the deviations: 2 is a standard deviation."),
    ] + Parameter.stft,
    details: """
      One value a frame, in Hz when `norm` is true. A silent frame has 0. librosa takes any positive `p`; here it lies within \
      0.01…32, beyond which librosa's own sums leave the range of numbers.
      """,
    formula: """
      bandwidth = (Σ wₖ · |fₖ − centroid|ᵖ)^(1/p)
      wₖ = |Xₖ| / Σ |Xₖ|, or |Xₖ| without norm
      """,
    example: [.init("p", 3)])

  private let config: Config

  public init(_ config: Config) throws {
    try config.stft.validate()
    self.config = config
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    FeatureAxes(
      bins: ["spectral_bandwidth"], valueUnit: config.norm ? .hertz : nil,
      hop: config.stft.hop(sampleRate: sampleRate), start: config.stft.start(sampleRate: sampleRate))
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let rate = analysis.signal.sampleRate
    let width = Double(rate) / Double(config.stft.nFFT)
    let bandwidths = try analysis.preciseMagnitudes(config.stft).bandwidths(norm: config.norm, p: config.p)
    return try finiteMatrix(axes(sampleRate: rate), bandwidths.map { Float($0 * width) })
  }
}
