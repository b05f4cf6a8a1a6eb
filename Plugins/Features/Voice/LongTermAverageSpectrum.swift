import TimbreCore
import TimbreDSP

/// The spectrum of the whole recording in bands.
public struct LongTermAverageSpectrum: FeatureExtractor {
  public struct Config: PluginConfig {
    public var bandwidth = 100.0
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.long_term_average_spectrum",
    summary: "Power spectral density of the whole recording in bands of equal width.",
    reference: "Praat: Sound, To Ltas…",
    parameters: [
      .number("bandwidth", \.bandwidth, in: .closed(0.1, 1_000_000), unit: .hertz, "Width of a band.")
    ],
    details: """
      One frame for the whole recording. Values are decibels above 2·10⁻⁵ per Hz, as if the samples were sound pressure in pascals; a \
      band without energy is −300. The last band may reach beyond half the sample rate and is the mean of what lies below. A \
      recording so short that its spectrum cannot tell the bands apart, which Praat refuses, is lengthened by silence.
      """,
    formula: """
      10 · log₁₀(mean over the band of 2 · |X(f)|² / duration / (2·10⁻⁵)²)
      """,
    example: [.init("bandwidth", 250)])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  public func axes(sampleRate: Int) -> FeatureAxes {
    let bands = 0..<longTermBands(bandwidth: config.bandwidth, rate: Double(sampleRate))
    return FeatureAxes(
      bins: bands.map { "ltas_\($0)" }, positions: bands.map { (Double($0) + 0.5) * config.bandwidth },
      positionUnit: .hertz, valueUnit: Unit("dB/Hz"), hop: 1)
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    FeatureMatrix(
      axes: axes(sampleRate: analysis.signal.sampleRate),
      values: try analysis.longTermSpectrum(bandwidth: config.bandwidth))
  }
}
