import TimbreCore
import TimbreDSP

/// Energy in bands that are evenly spaced in mels.
public struct MelSpectrogram: FeatureExtractor {
  public struct Config: PluginConfig, MelConfig {
    public var mel = MelParameters()
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.melspectrogram", summary: "Energy in bands that are evenly spaced on the mel scale.",
    reference: "librosa.feature.melspectrogram",
    parameters: Parameter.mel + [
      .value("norm", \.mel.bank.norm, "Scale of the filters: \"slaney\" (unit area), a p-norm, or null for peaks of 1.")
    ] + Parameter.stft,
    details: "Values are sums of |STFT| to the power of `power` under triangular filters, not in decibels.",
    formula: "M(m, t) = Σ_k H(m, k) · |X(k, t)|^power", example: [.init("n_mels", 64)])

  private let config: Config
  private let memo = AxesMemo()

  public init(_ config: Config) throws {
    try config.stft.validate()
    self.config = config
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    try memo.axes(sampleRate: sampleRate) {
      let centres = try config.mel.bank.corners(sampleRate: sampleRate).dropFirst().dropLast()
      return FeatureAxes(
        bins: centres.indices.map { "mel_\($0 - 1)" }, positions: Array(centres), positionUnit: .hertz,
        hop: config.stft.hop(sampleRate: sampleRate), start: config.stft.start(sampleRate: sampleRate))
    }
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    FeatureMatrix(
      axes: try axes(sampleRate: analysis.signal.sampleRate), values: try analysis.melSpectrogram(config.mel).compact)
  }
}

extension MelSpectrogram: InvertibleFeature {
  public func resynthesise(
    _ feature: FeatureMatrix, sampleRate: Int, options: ResynthesisOptions, random: inout RandomSource
  ) throws -> Signal {
    let bands = Spectrogram(try feature.checked(bins: config.mel.bank.nMels))
    return try bands.sound(fromMel: config.mel, sampleRate: sampleRate, options: options, random: &random)
  }
}
