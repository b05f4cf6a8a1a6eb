import TimbreCore
import TimbreDSP

/// Fundamental frequency and voicing of each frame, smoothed over time.
public struct PYin: FeatureExtractor {
  public struct Config: PluginConfig, YinConfig {
    public var tracking = PitchTracking()
    public var fillNA: Double? = 0
    public init() {}

    var yin: YinParameters {
      get { tracking.yin }
      set { tracking.yin = newValue }
    }
  }

  public static let spec = PluginSpec<Config>(
    "feature.pyin", summary: "Fundamental frequency and voicing by probabilistic YIN.", reference: "librosa.pyin",
    parameters: Parameter.yin + [
      .int("n_thresholds", \.tracking.nThresholds, in: 1...10_000, "Number of thresholds for minima."),
      .value(
        "beta_parameters", \.tracking.betaParameters, "The two shapes of the beta distribution of the thresholds."),
      .number(
        "boltzmann_parameter", \.tracking.boltzmannParameter, in: .positive,
        "How much shorter periods are preferred."),
      .number(
        "resolution", \.tracking.resolution, in: NumberRange(0.001, 1, excludesUpper: true), unit: .semitones,
        "Width of a pitch bin."),
      .number(
        "max_transition_rate", \.tracking.maxTransitionRate, in: .positive, unit: Unit("octaves/s"),
        "Fastest change of pitch."),
      .number(
        "switch_prob", \.tracking.switchProb, in: .closed(0, 1),
        "Probability that the next frame is voiced after an unvoiced one, or the reverse."),
      .number(
        "no_trough_prob", \.tracking.noTroughProb, in: .closed(0, 1),
        "Probability given to the global minimum by thresholds that no minimum is below."),
      .number("fill_na", \.fillNA, in: .closed(-1e9, 1e9), "What f0 is in unvoiced frames; null is the best guess."),
    ],
    details: """
      The bins are `f0` in Hz, `voiced_flag` (0 or 1) and `voiced_probability`. Candidates come from YIN's difference function \
      under a prior of thresholds, and Viterbi's algorithm follows them from bin to bin. librosa fills f0 of unvoiced frames with \
      NaN; a feature is finite, so that `fill_na` is 0 unless given. librosa has no default range; here it is C2 to C7, 65.4 to \
      2093 Hz. Its `win_length` has no effect since 0.11 and is left out. At most 32768 pitch bins.
      """,
    formula: """
      P(τ) = Σ over thresholds s of Beta(s) · Boltzmann(rank of τ among the minima of d′ below s)
      path = argmax Σ log P(candidate of frame) + log P(step between frames), voiced and unvoiced states for every pitch bin
      """,
    example: [.init("fmax", 500)])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    try config.tracking.validate(sampleRate: sampleRate)
    return FeatureAxes(
      bins: ["f0", "voiced_flag", "voiced_probability"], hop: Double(config.yin.hop) / Double(sampleRate),
      start: config.yin.start(sampleRate: sampleRate))
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let axes = try axes(sampleRate: analysis.signal.sampleRate)
    let track = try analysis.pitchTrack(config.tracking)
    var values: [Float] = []
    values.reserveCapacity(3 * track.frequencies.count)
    for frame in track.frequencies.indices {
      let isVoiced = track.isVoiced[frame]
      values.append(Float(isVoiced ? track.frequencies[frame] : config.fillNA ?? track.frequencies[frame]))
      values.append(isVoiced ? 1 : 0)
      values.append(Float(track.voicedProbabilities[frame]))
    }
    return FeatureMatrix(axes: axes, values: values)
  }
}
