import TimbreCore
import TimbreDSP

/// How far peaks stand out from valleys in bands an octave wide.
public struct SpectralContrast: FeatureExtractor {
  public struct Config: PluginConfig, SpectralConfig {
    public var stft = STFTParameters()
    public var fmin = 200.0
    public var nBands = 6
    public var quantile = 0.02
    public var linear = false
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.spectral_contrast", summary: "Difference between peaks and valleys in bands an octave wide.",
    reference: "librosa.feature.spectral_contrast",
    parameters: [
      .number(
        "fmin", \.fmin, in: .positive, unit: .hertz, "Upper end of the lowest band; the next ends an octave higher."),
      .int("n_bands", \.nBands, in: 1...64, unit: .bins, "Number of bands above the lowest."),
      .number(
        "quantile", \.quantile, in: NumberRange(0, 1, excludesLower: true, excludesUpper: true),
        "Share of a band's bins that count as its peak, and as its valley."),
      .bool("linear", \.linear, "Whether to subtract magnitudes rather than levels."),
    ] + Parameter.stft,
    details: """
      n_bands + 1 values a frame: high for clear tones, low for noise. As in librosa, levels are 10 · log₁₀ of mean magnitudes, not \
      of their squares, and end 80 dB under the loudest peak, and the loudest valley, of the signal. Every band has to hold a bin of \
      the transform; where one does not, librosa fails or returns NaN, and this is an error.
      """,
    formula: """
      contrast = 10 · log₁₀(peak) − 10 · log₁₀(valley), or peak − valley if linear
      peak, valley: mean of the `quantile` largest, smallest |Xₖ| of a band
      """,
    example: [.init("n_bands", 4)])

  private let config: Config

  public init(_ config: Config) throws {
    try config.stft.validate()
    self.config = config
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    let edges = try bands(sampleRate: sampleRate).edges.map { min($0, Double(sampleRate) / 2) }
    return FeatureAxes(
      bins: (0...config.nBands).map { "band_\($0)" },
      positions: (0...config.nBands).map { (edges[$0] + edges[$0 + 1]) / 2 }, positionUnit: .hertz,
      valueUnit: config.linear ? nil : .decibels, hop: config.stft.hop(sampleRate: sampleRate),
      start: config.stft.start(sampleRate: sampleRate))
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let rate = analysis.signal.sampleRate
    let values = try analysis.preciseMagnitudes(config.stft)
      .contrast(bands(sampleRate: rate), linear: config.linear)
    return try finiteMatrix(axes(sampleRate: rate), values)
  }

  private func bands(sampleRate: Int) throws -> ContrastBands {
    try ContrastBands(
      count: config.nBands, fmin: config.fmin, quantile: config.quantile, sampleRate: sampleRate,
      nFFT: config.stft.nFFT)
  }
}
