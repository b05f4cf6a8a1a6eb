import TimbreCore
import TimbreDSP

/// How noise-like each frame is.
public struct SpectralFlatness: FeatureExtractor {
  public struct Config: PluginConfig, SpectralConfig {
    public var stft = STFTParameters()
    public var amin = 1e-10
    public var power = 2.0
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.spectral_flatness", summary: "How noise-like each frame is: 1 for a flat spectrum, near 0 for tones.",
    reference: "librosa.feature.spectral_flatness",
    parameters: [
      .number("amin", \.amin, in: .closed(1e-37, 1e30), "Least value that counts, after raising to `power`."),
      .number("power", \.power, in: .positive, "Exponent of the magnitudes."),
    ] + Parameter.stft,
    details: """
      One value a frame, within 0…1: the geometric mean of the spectrum over its arithmetic mean. Silence has 1. With an `amin` \
      so small that it lies under the rounding of the transform (1e-16 of the loudest bin) the value is that of rounding, in \
      librosa as here.
      """,
    formula: """
      flatness = exp(mean(log Sₖ)) / mean(Sₖ)
      Sₖ = max(amin, |Xₖ|^power)
      """,
    example: [.init("power", 1)])

  private let config: Config

  public init(_ config: Config) throws {
    try config.stft.validate()
    self.config = config
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    FeatureAxes(
      bins: ["spectral_flatness"], hop: config.stft.hop(sampleRate: sampleRate),
      start: config.stft.start(sampleRate: sampleRate))
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let values = try analysis.preciseMagnitudes(config.stft)
      .flatness(power: config.power, amin: Float(config.amin))
    return try finiteMatrix(axes(sampleRate: analysis.signal.sampleRate), values)
  }
}
