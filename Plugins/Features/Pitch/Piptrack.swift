import TimbreCore
import TimbreDSP

/// Frequencies of the peaks of each spectrum.
public struct Piptrack: FeatureExtractor {
  public enum Output: String, ParameterValue, Sendable, Hashable, CaseIterable { case pitches, magnitudes }

  public struct Config: PluginConfig, PeakConfig {
    public var output = Output.pitches
    public var peaks = PeakParameters()
    public var stft = STFTParameters()
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.piptrack", summary: "Frequencies of spectral peaks, refined by parabolas.", reference: "librosa.piptrack",
    parameters: [.choice("output", \.output, "Which of librosa's two matrices.")] + Parameter.peaks + Parameter.stft,
    details: """
      One bin for each of the transform. Where it is a local maximum above the threshold, its value is the frequency of the peak in \
      Hz (`pitches`) or its interpolated height (`magnitudes`); elsewhere 0. `hop_length` is 512 unless given, where librosa takes a \
      quarter of `win_length`. `ref` takes no function.
      """,
    formula: """
      a = x₊₁ + x₋₁ − 2 · x, b = (x₊₁ − x₋₁) / 2 of a bin k and its neighbours, shift = −b / a
      pitch = (k + shift) · sample rate / n_fft, magnitude = x + b · shift / 2
      """,
    example: [.init("fmin", 80)])

  private let config: Config

  public init(_ config: Config) throws {
    try config.stft.validate()
    self.config = config
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    .spectrum(config.stft, sampleRate: sampleRate, valueUnit: config.output == .pitches ? .hertz : nil)
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let rate = analysis.signal.sampleRate
    let spectrum = try analysis.preciseMagnitudes(config.stft)
    var values = [Float](repeating: 0, count: spectrum.frames * spectrum.bins)
    let isPitch = config.output == .pitches
    spectrum.forEachPeak(config.peaks, sampleRate: rate, nFFT: config.stft.nFFT) { frame, peak in
      values[frame * spectrum.bins + peak.bin] = isPitch ? peak.frequency : peak.magnitude
    }
    return try finiteMatrix(axes(sampleRate: rate), values)
  }
}
