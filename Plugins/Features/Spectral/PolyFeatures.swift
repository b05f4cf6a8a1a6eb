import TimbreCore
import TimbreDSP

/// A polynomial fitted to the spectrum of each frame.
public struct PolyFeatures: FeatureExtractor {
  public struct Config: PluginConfig, SpectralConfig {
    public var stft = STFTParameters()
    public var order = 1
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.poly_features", summary: "Coefficients of a polynomial fitted to each frame's spectrum.",
    reference: "librosa.feature.poly_features",
    parameters: [.int("order", \.order, in: 0...32, "Order of the polynomial: 0 a constant, 1 a line.")]
      + Parameter.stft,
    details: """
      order + 1 values a frame, from the highest power of the frequency in Hz to the constant: the least-squares fit to the magnitudes \
      that `numpy.polyfit` makes, which leaves out directions that double precision cannot tell apart (orders of about 18 and more). \
      Coefficients of high powers are tiny numbers; below 1e-38 single precision holds less of their digits, and in the end 0.
      """,
    formula: "|X(f)| ≈ cₙ fⁿ + … + c₁ f + c₀, with the least Σ (|Xₖ| − polynomial(fₖ))²", example: [.init("order", 2)])

  private let config: Config

  public init(_ config: Config) throws {
    try config.stft.validate()
    self.config = config
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    FeatureAxes(
      bins: (0...config.order).reversed().map { "degree_\($0)" }, hop: config.stft.hop(sampleRate: sampleRate),
      start: config.stft.start(sampleRate: sampleRate))
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let rate = analysis.signal.sampleRate
    let width = Double(rate) / Double(config.stft.nFFT)
    let values = try analysis.preciseMagnitudes(config.stft).polynomials(order: config.order, width: width)
    return try finiteMatrix(axes(sampleRate: rate), values)
  }
}
