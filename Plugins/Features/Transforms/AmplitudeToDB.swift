import TimbreCore
import TimbreDSP

/// Amplitudes in decibels.
public struct AmplitudeToDB: FeatureTransform {
  public struct Config: PluginConfig {
    public var ref = DecibelReference.number(1)
    public var amin = 1e-5
    public var topDB: Double? = 80
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.amplitude_to_db", summary: "An amplitude spectrogram, or any feature of amplitudes, in decibels.",
    reference: "librosa.amplitude_to_db",
    parameters: [
      .value(
        "ref", \.ref,
        "The magnitude that is 0 dB: a number, or \"max\", \"mean\", \"median\" or \"min\" of all magnitudes."),
      .number("amin", \.amin, in: .closed(1.1e-19, 1e18), "Smaller magnitudes count as this one."),
      .number(
        "top_db", \.topDB, in: .nonNegative, unit: .decibels, "Range under the loudest value; null is unlimited."),
    ],
    details: "For powers use `feature.power_to_db`.",
    formula: """
      y = 20 · log₁₀(max(amin, |x|) / max(amin, |ref|)), at least max(y) − top_db
      """,
    example: [.init("of", "feature.stft"), .init("ref", "max")])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  public func axes(of input: FeatureAxes) -> FeatureAxes {
    var axes = input
    axes.valueUnit = .decibels
    return axes
  }

  public func transform(_ input: FeatureMatrix) -> FeatureMatrix {
    FeatureMatrix(
      axes: axes(of: input.axes),
      values: decibels(
        input.values, ofAmplitudes: true, reference: config.ref, amin: config.amin, topDB: config.topDB))
  }
}
