import TimbreCore
import TimbreDSP

/// Mel-frequency cepstral coefficients: the shape of the spectrum in a few numbers.
public struct MFCC: FeatureExtractor {
  public enum Norm: String, ParameterValue, Sendable, Hashable, CaseIterable { case ortho }

  public struct Config: PluginConfig, MelConfig {
    public var mel = MelParameters()
    public var nMFCC = 20
    public var dctType = 2
    public var norm: Norm? = .ortho
    public var lifter = 0.0
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.mfcc", summary: "Mel-frequency cepstral coefficients.", reference: "librosa.feature.mfcc",
    parameters: [
      .int("n_mfcc", \.nMFCC, in: 1...65_536, unit: .bins, "Number of coefficients, at most n_mels."),
      .int("dct_type", \.dctType, in: 1...3, "Type of the discrete cosine transform."),
      .value("norm", \.norm, "\"ortho\" for an orthonormal cosine transform, or null."),
      .number("lifter", \.lifter, in: .nonNegative, "Strength of cepstral liftering; 0 is none."),
      .value("mel_norm", \.mel.bank.norm, "Scale of the mel filters: \"slaney\", a p-norm, or null."),
    ] + Parameter.mel + Parameter.stft,
    details: """
      The cosine transform of the mel spectrogram in decibels, which are cut off 80 dB under the loudest value of the signal. \
      With `lifter` L > 0, coefficient i (from 0) is multiplied by 1 + L/2 · sin(π(i + 1)/L). librosa returns fewer than n_mfcc \
      rows when n_mels is smaller; here that is an error.
      """,
    formula: "C(k, t) = Σ_m dB(m, t) · cos(π k (m + ½) / n_mels),  dB = max(10 log₁₀ max(mel, 1e-10), max(dB) − 80)",
    example: [.init("n_mfcc", 13)])

  private let config: Config
  private let memo = AxesMemo()

  public init(_ config: Config) throws {
    try config.stft.validate()
    let bands = config.mel.bank.nMels
    guard config.nMFCC <= bands else {
      throw Diagnostic(
        .invalidParameters, "n_mfcc (\(config.nMFCC)) is more than n_mels (\(bands)) gives",
        help: "lower n_mfcc or raise n_mels")
    }
    guard config.dctType != 1 || bands > 1 else {
      throw Diagnostic(.invalidParameters, "dct_type 1 needs n_mels of at least 2", help: "use dct_type 2")
    }
    self.config = config
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    try memo.axes(sampleRate: sampleRate) {
      _ = try config.mel.bank.corners(sampleRate: sampleRate)
      return FeatureAxes(
        bins: (0..<config.nMFCC).map { "mfcc_\($0)" }, hop: config.stft.hop(sampleRate: sampleRate),
        start: config.stft.start(sampleRate: sampleRate))
    }
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let transform = CosineTransform(type: config.dctType, ortho: config.norm == .ortho)
    let levels = try analysis.melSpectrogram(config.mel).decibels()
    let cepstrum = transform.apply(to: levels, outputs: config.nMFCC, lifter: config.lifter)
    return FeatureMatrix(axes: try axes(sampleRate: analysis.signal.sampleRate), values: cepstrum.compact)
  }
}

extension MFCC: InvertibleFeature {
  /// Coefficients to levels to mel bands (`librosa.feature.inverse.mfcc_to_mel`), and those to sound.
  public func resynthesise(
    _ feature: FeatureMatrix, sampleRate: Int, options: ResynthesisOptions, random: inout RandomSource
  ) throws -> Signal {
    let transform = CosineTransform(type: config.dctType, ortho: config.norm == .ortho)
    let cepstrum = Spectrogram(try feature.checked(bins: config.nMFCC))
    let levels = try transform.undo(cepstrum, outputs: config.mel.bank.nMels, lifter: config.lifter)
    return try levels.powers().sound(fromMel: config.mel, sampleRate: sampleRate, options: options, random: &random)
  }
}
