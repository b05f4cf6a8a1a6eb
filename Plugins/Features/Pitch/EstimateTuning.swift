import TimbreCore
import TimbreDSP

/// How far a recording is tuned from A = 440 Hz.
public struct EstimateTuning: FeatureExtractor {
  public struct Config: PluginConfig, PeakConfig {
    public var resolution = 0.01
    public var binsPerOctave = 12
    public var peaks = PeakParameters()
    public var stft = STFTParameters()
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.estimate_tuning", summary: "How far a recording is tuned from A = 440 Hz.",
    reference: "librosa.estimate_tuning",
    parameters: [
      .number(
        "resolution", \.resolution, in: NumberRange(1e-5, 1, excludesUpper: true), unit: .bins,
        "Width of the histogram's bins, which is the step of the result."),
      .int("bins_per_octave", \.binsPerOctave, in: 1...10_000, unit: .bins, "Number of pitches in an octave."),
    ] + Parameter.peaks + Parameter.stft,
    details: """
      One number for the whole signal, in fractions of a bin of the octave, −0.5 ..< 0.5: one bin and one frame, whose hop is \
      declared as a second, as no frame follows. It is the fullest bin of a histogram of the peaks of `feature.piptrack` that are \
      not below their median; 0 without a peak. `hop_length` is 512 unless given, where librosa takes a quarter of `win_length`.
      """,
    formula: """
      r = bins_per_octave · log₂(f / 27.5 Hz) − the nearest integer, of each peak f
      tuning = lower edge of the fullest of ⌈1 / resolution⌉ histogram bins of r
      """,
    example: [.init("resolution", 0.01)])

  private let config: Config

  public init(_ config: Config) throws {
    try config.stft.validate()
    self.config = config
  }

  public func axes(sampleRate: Int) -> FeatureAxes { FeatureAxes(bins: ["tuning"], valueUnit: .bins, hop: 1) }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let rate = analysis.signal.sampleRate
    let tuning = estimateTuning(
      try analysis.preciseMagnitudes(config.stft), sampleRate: rate, binsPerOctave: config.binsPerOctave,
      nFFT: config.stft.nFFT, resolution: config.resolution, peaks: config.peaks)
    return FeatureMatrix(axes: axes(sampleRate: rate), values: [Float(tuning)])
  }
}
