import TimbreCore
import TimbreDSP

/// Resonances of the vocal tract.
public struct Formants: FeatureExtractor {
  public struct Config: PluginConfig {
    public var parameters = FormantParameters()
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.formants", summary: "Frequencies and bandwidths of the formants of each frame.",
    reference: "Praat: Sound, To Formant (burg)…",
    parameters: [
      .number(
        "time_step", \.parameters.timeStep, in: .positive, unit: .seconds,
        "Time between frames; null is a quarter of window_length."),
      .number(
        "max_number_of_formants", \.parameters.maxNumberOfFormants, in: .closed(1, 50),
        "Half the number of poles; a half such as 5.5 is an odd number."),
      .number(
        "maximum_formant", \.parameters.maximumFormant, in: .closed(100, 100_000), unit: .hertz,
        "Where formants end; the sound is resampled to twice that. About 5500 for women, 5000 for men."),
      .number(
        "window_length", \.parameters.windowLength, in: .positive, unit: .seconds,
        "Half the length of the Gaussian window."),
      .number(
        "pre_emphasis_from", \.parameters.preEmphasisFrom, in: .nonNegative, unit: .hertz,
        "From where on high frequencies are raised, by 6 dB an octave."),
    ],
    details: """
      The recording is resampled to twice `maximum_formant` and pre-emphasised; each frame, under a Gaussian window, is predicted by \
      Burg's method; roots of the predictor between 50 Hz and 50 Hz below `maximum_formant` are formants, in order of frequency. \
      Bins are f1, f2, … and then the bandwidths b1, b2, …. Where a frame has fewer formants the last are 0, both frequency and \
      bandwidth, and all of them in silence. Frames lie in the middle of the recording, so that times may be up to half a step \
      later than the axes say; a recording shorter than the window is one frame.
      """,
    formula: """
      x(n) ≈ Σ aₖ · x(n − k); z a root of zᵐ − Σ aₖ · zᵐ⁻ᵏ
      frequency = rate / 2π · arg z
      bandwidth = −rate / π · ln |z|
      """,
    example: [.init("maximum_formant", 5000), .init("max_number_of_formants", 5)])

  private let config: Config

  public init(_ config: Config) throws {
    try config.parameters.validate()
    self.config = config
  }

  public func axes(sampleRate: Int) -> FeatureAxes {
    let numbers = 1...max(1, config.parameters.count)
    return FeatureAxes(
      bins: numbers.map { "f\($0)" } + numbers.map { "b\($0)" }, valueUnit: .hertz, hop: config.parameters.step,
      start: config.parameters.windowLength)
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    FeatureMatrix(
      axes: axes(sampleRate: analysis.signal.sampleRate), values: try analysis.formants(config.parameters))
  }
}
