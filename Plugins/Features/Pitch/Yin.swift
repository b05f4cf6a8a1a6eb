import TimbreCore
import TimbreDSP

/// Fundamental frequency of each frame: the shortest period at which the frame nearly repeats.
public struct Yin: FeatureExtractor {
  public struct Config: PluginConfig, YinConfig {
    public var yin = YinParameters()
    public var troughThreshold = 0.1
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.yin", summary: "Fundamental frequency by YIN: the shortest period at which a frame nearly repeats.",
    reference: "librosa.yin",
    parameters: Parameter.yin + [
      .number(
        "trough_threshold", \.troughThreshold, in: .positive,
        "A minimum of the difference function below this is a period.")
    ],
    details: """
      The first minimum of the normalised difference function below `trough_threshold` is the period, or else its global minimum; \
      a parabola refines it. Every frame gets a frequency, unvoiced and silent ones too (silence gives the highest); \
      `feature.pyin` tells them apart. librosa has no default range; here it is C2 to C7, 65.4 to 2093 Hz. librosa's \
      `win_length` has no effect since 0.11 and is left out.
      """,
    formula: """
      r(τ) = Σₜ xₜ · xₜ₊τ, d(τ) = 2 · (r(0) − r(τ)) − Σ xₜ² over t < τ
      d′(τ) = d(τ) / mean of d(1) … d(τ), f0 = sample rate / τ at the minimum
      """,
    example: [.init("fmax", 500)])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    _ = try config.yin.periods(sampleRate: sampleRate)
    return FeatureAxes(
      bins: ["f0"], valueUnit: .hertz, hop: Double(config.yin.hop) / Double(sampleRate),
      start: config.yin.start(sampleRate: sampleRate))
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let axes = try axes(sampleRate: analysis.signal.sampleRate)
    let troughs = try analysis.pitchTroughs(config.yin)
    let values = (0..<troughs.frames).map { frame in
      let trough = troughs.frame(frame).first { $0.height < config.troughThreshold } ?? troughs.lowest[frame]
      return Float(Double(analysis.signal.sampleRate) / trough.refinedPeriod)
    }
    return FeatureMatrix(axes: axes, values: values)
  }
}
