import TimbreCore
import TimbreDSP

/// The frequency below which most of each frame's spectrum lies.
public struct SpectralRolloff: FeatureExtractor {
  public struct Config: PluginConfig, SpectralConfig {
    public var stft = STFTParameters()
    public var rollPercent = 0.85
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.spectral_rolloff", summary: "Frequency below which a given share of each frame's spectrum lies.",
    reference: "librosa.feature.spectral_rolloff",
    parameters: [
      .number(
        "roll_percent", \.rollPercent, in: NumberRange(0, 1, excludesLower: true, excludesUpper: true),
        "The share, as a number within 0…1.")
    ] + Parameter.stft,
    details: """
      One value a frame, in Hz: the frequency of the lowest bin at which the sum of the magnitudes so far reaches that share of the \
      frame's. Near 1 it follows the highest frequency, near 0 the lowest. A silent frame has 0.
      """,
    formula: "rolloff = min fₖ with |X₀| + … + |Xₖ| ≥ roll_percent · Σ |Xⱼ|", example: [.init("roll_percent", 0.95)])

  private let config: Config

  public init(_ config: Config) throws {
    try config.stft.validate()
    self.config = config
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    FeatureAxes(
      bins: ["spectral_rolloff"], valueUnit: .hertz, hop: config.stft.hop(sampleRate: sampleRate),
      start: config.stft.start(sampleRate: sampleRate))
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let rate = analysis.signal.sampleRate
    let width = Double(rate) / Double(config.stft.nFFT)
    let bins = try analysis.preciseMagnitudes(config.stft).rolloffs(share: Float(config.rollPercent))
    return try finiteMatrix(axes(sampleRate: rate), bins.map { Float(Double($0) * width) })
  }
}
