import TimbreCore
import TimbreDSP

/// How irregular the amplitudes of a voice's periods are.
public struct Shimmer: FeatureExtractor {
  public struct Config: PluginConfig, PerturbationConfig {
    public var perturbation = PerturbationParameters()
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.shimmer",
    summary: "How irregular the amplitudes of a voice's periods are, in six measures of the whole recording.",
    reference: "Praat: PointProcess & Sound, Get shimmer (local)…",
    parameters: Parameter.pitch + Parameter.periods + [
      .number(
        "maximum_amplitude_factor", \.perturbation.maximumAmplitudeFactor, in: NumberRange(1, nil),
        "How much louder a period may be than its neighbour.")
    ],
    details: """
      One frame for the whole recording. Pulses are those of `jitter`; the amplitude of a period is the root-mean-square of the sound \
      around its pulse under a Hann window of a fifth of the period to each side. All measures are shares of the mean amplitude but \
      `local_db`, which is in decibels. A recording with too few periods for a measure, or none, gives 0, where Praat says undefined.
      """,
    formula: """
      local = mean |Aᵢ₊₁ − Aᵢ| / mean Aᵢ of amplitudes Aᵢ
      local_db = mean |20 · log₁₀(Aᵢ₊₁ / Aᵢ)|
      apq3 = mean |Aᵢ − (Aᵢ₋₁ + Aᵢ + Aᵢ₊₁) / 3| / mean Aᵢ; apq5 and apq11 the same over five and eleven
      dda = 3 · apq3
      """,
    example: [.init("pitch_floor", 75), .init("pitch_ceiling", 600)])

  private let config: Config

  public init(_ config: Config) throws {
    try config.perturbation.validate()
    self.config = config
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    try config.perturbation.pitch.validate(sampleRate: sampleRate)
    return FeatureAxes(bins: ShimmerMeasure.allCases.map { "shimmer_\($0.rawValue)" }, hop: 1)
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let measures = try analysis.shimmer(config.perturbation)
    return FeatureMatrix(
      axes: try axes(sampleRate: analysis.signal.sampleRate),
      values: ShimmerMeasure.allCases.map { Float(measures[$0] ?? 0) })
  }
}
