import TimbreCore
import TimbreDSP

/// Power in decibels.
public struct PowerToDB: FeatureTransform {
  public struct Config: PluginConfig {
    public var ref = DecibelReference.number(1)
    public var amin = 1e-10
    public var topDB: Double? = 80
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.power_to_db", summary: "A power spectrogram, or any feature of powers, in decibels.",
    reference: "librosa.power_to_db",
    parameters: [
      .value(
        "ref", \.ref, "The value that is 0 dB: a number, or \"max\", \"mean\", \"median\" or \"min\" of all values."),
      .number("amin", \.amin, in: .closed(1.2e-38, 1e37), "Smaller values count as this one."),
      .number(
        "top_db", \.topDB, in: .nonNegative, unit: .decibels, "Range under the loudest value; null is unlimited."),
    ],
    details: "For amplitudes use `feature.amplitude_to_db`.",
    formula: """
      y = 10 · log₁₀(max(amin, x) / max(amin, |ref|)), at least max(y) − top_db
      """,
    example: [.init("of", "feature.melspectrogram"), .init("ref", "max")])

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
        input.values, ofAmplitudes: false, reference: config.ref, amin: config.amin, topDB: config.topDB))
  }
}
