import TimbreCore
import TimbreDSP

/// The ratio of what repeats to what does not, of each frame.
public struct HarmonicsToNoise: FeatureExtractor {
  public enum Method: String, ParameterValue, Sendable, Hashable, CaseIterable { case cc, ac }

  public struct Config: PluginConfig {
    public var method = Method.cc
    public var timeStep: Double? = 0.01
    public var minimumPitch = 75.0
    public var silenceThreshold = 0.1
    public var periodsPerWindow: Double?
    public var unvoicedValue = -200.0
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.harmonics_to_noise", summary: "Harmonics-to-noise ratio of each frame.",
    reference: "Praat: Sound, To Harmonicity (cc)… and (ac)…",
    parameters: [
      .choice("method", \.method, "cc for cross-correlation, ac for autocorrelation."),
      .number(
        "time_step", \.timeStep, in: .positive, unit: .seconds,
        "Time between frames; null is a quarter of periods_per_window / minimum_pitch."),
      .number(
        "minimum_pitch", \.minimumPitch, in: .closed(10, 10_000), unit: .hertz,
        "The lowest frequency that is looked for."),
      .number(
        "silence_threshold", \.silenceThreshold, in: .closed(0, 1),
        "Frames whose peak is below this share of the recording's peak count as having no period."),
      .number(
        "periods_per_window", \.periodsPerWindow, in: .closed(0.5, 100),
        "Length of the window in periods of the lowest frequency; null is 1 for cc and 4.5 for ac."),
      .number(
        "unvoiced_value", \.unvoicedValue, in: .closed(-1e6, 1e6), unit: .decibels,
        "What a frame without a period gets; Praat's is -200."),
    ],
    details: """
      The strongest correlation r of a frame with itself a period later is the share of its energy that repeats. Frames without a \
      period are −200 dB, as Praat has them; set `unvoiced_value` to 0 where their mean is taken. Frames lie in the middle of the \
      recording, so that times may be up to half a step later than the axes say. A recording shorter than a frame, which Praat \
      refuses, has one frame without a period.
      """,
    formula: """
      cc: r(τ) = Σ x(t)·x(t + τ) / √(Σ x(t)² · Σ x(t + τ)²)
      ac: r(τ) = r_xw(τ) / r_w(τ), autocorrelations of the windowed frame and of the window
      HNR = 10 · log₁₀(r / (1 − r)) at the highest r
      """,
    example: [.init("method", "ac"), .init("unvoiced_value", 0)])

  private let config: Config
  private let parameters: PeriodicityParameters

  public init(_ config: Config) {
    self.config = config
    var parameters = PeriodicityParameters()
    parameters.method = config.method == .cc ? .accurateCrossCorrelation : .accurateAutocorrelation
    parameters.timeStep = config.timeStep
    parameters.pitchFloor = config.minimumPitch
    parameters.pitchCeiling = .greatestFiniteMagnitude
    parameters.periodsPerWindow = config.periodsPerWindow ?? (config.method == .cc ? 1 : 4.5)
    parameters.silenceThreshold = config.silenceThreshold
    parameters.voicingThreshold = 0
    parameters.octaveCost = 0
    parameters.octaveJumpCost = 0
    parameters.voicedUnvoicedCost = 0
    self.parameters = parameters
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    try parameters.validate(sampleRate: sampleRate)
    return FeatureAxes(
      bins: ["hnr"], valueUnit: .decibels, hop: parameters.step, start: parameters.span / 2)
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    FeatureMatrix(
      axes: try axes(sampleRate: analysis.signal.sampleRate),
      values: try analysis.harmonicity(parameters, unvoiced: config.unvoicedValue))
  }
}
