import TimbreCore
import TimbreDSP

/// The mean frequency of each frame: how bright it sounds.
public struct SpectralCentroid: FeatureExtractor {
  public struct Config: PluginConfig, SpectralConfig {
    public var stft = STFTParameters()
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.spectral_centroid", summary: "Mean frequency of each frame, weighted by the magnitudes.",
    reference: "librosa.feature.spectral_centroid", parameters: Parameter.stft,
    details: """
      One value a frame, in Hz: the centre of gravity of the magnitude spectrum, which rises with the brightness of a sound. A \
      silent frame has 0.
      """,
    formula: "centroid = Σ fₖ · |Xₖ| / Σ |Xₖ|", example: [.init("n_fft", 1024)])

  private let config: Config

  public init(_ config: Config) throws {
    try config.stft.validate()
    self.config = config
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    FeatureAxes(
      bins: ["spectral_centroid"], valueUnit: .hertz, hop: config.stft.hop(sampleRate: sampleRate),
      start: config.stft.start(sampleRate: sampleRate))
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let rate = analysis.signal.sampleRate
    let width = Double(rate) / Double(config.stft.nFFT)
    let centroids = try analysis.preciseMagnitudes(config.stft).centroids()
    return try finiteMatrix(axes(sampleRate: rate), centroids.map { Float($0 * width) })
  }
}
