import TimbreCore
import TimbreDSP

/// How irregular the periods of a voice are.
public struct Jitter: FeatureExtractor {
  public struct Config: PluginConfig, PerturbationConfig {
    public var perturbation = PerturbationParameters()
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.jitter", summary: "How irregular the periods of a voice are, in five measures of the whole recording.",
    reference: "Praat: PointProcess, Get jitter (local)…",
    parameters: Parameter.pitch + Parameter.periods,
    details: """
      One frame for the whole recording. Pulses are found as by Praat's "To PointProcess (periodic, cc)…", which follows its pitch by \
      autocorrelation (Boersma 1993). `local`, `rap`, `ppq5` and `ddp` are shares of the mean period, `local_absolute` is in \
      seconds. A recording with too few periods for a measure, or none, gives 0, where Praat says undefined. An interval that is \
      no period, or that its neighbour is longer or shorter than by `maximum_period_factor`, is left out.
      """,
    formula: """
      local_absolute = mean |Tᵢ₊₁ − Tᵢ| of periods Tᵢ
      local = local_absolute / mean Tᵢ
      rap = mean |Tᵢ − (Tᵢ₋₁ + Tᵢ + Tᵢ₊₁) / 3| / mean Tᵢ; ppq5 the same over five periods
      ddp = 3 · rap
      """,
    example: [.init("pitch_floor", 75), .init("pitch_ceiling", 600)])

  private let config: Config

  public init(_ config: Config) throws {
    try config.perturbation.validate()
    self.config = config
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    try config.perturbation.pitch.validate(sampleRate: sampleRate)
    return FeatureAxes(bins: JitterMeasure.allCases.map { "jitter_\($0.rawValue)" }, hop: 1)
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let measures = try analysis.jitter(config.perturbation)
    return FeatureMatrix(
      axes: try axes(sampleRate: analysis.signal.sampleRate),
      values: JitterMeasure.allCases.map { Float(measures[$0] ?? 0) })
  }
}
