import TimbreAudio
import TimbreCore

/// Resamples a signal and back: what a lower rate loses.
public struct Resample: Augmenter {
  public struct Config: PluginConfig {
    public var sampleRate = 8000
    public var resType = ResamplerType.soxrHQ
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.resample", summary: "Resampled to another rate and back: without what that rate cannot hold.",
    reference: "two runs of librosa.resample",
    parameters: [
      .int("sample_rate", \.sampleRate, in: 100...384_000, unit: .hertz, "Rate in between."),
      .choice("res_type", \.resType, "Resampler, of both ways."),
    ],
    details: """
      Rate and length stay; what lies above half of sample_rate is gone. A rate above the signal's changes next to nothing. \
      audiomentations' Resample leaves the signal at the new rate, which changes its speed for whatever takes it at the old one.
      """,
    formula: "y → resampled to sample_rate → resampled back, cut or filled to its length",
    example: [.init("sample_rate", 4000)])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  /// - Throws: A diagnostic for rates too far apart for the resampler.
  public func apply(to signal: Signal, drawing draws: inout Draws) throws -> Signal {
    let between = Double(config.sampleRate)
    return try Resampler.resample(
      signal.samples, from: Double(signal.sampleRate), to: between, type: config.resType
    ).resampled(from: between, like: signal, type: config.resType)
  }
}
