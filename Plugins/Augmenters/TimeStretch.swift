import TimbreCore
import TimbreDSP

/// Changes the speed of a signal and keeps its pitch.
public struct TimeStretch: Augmenter {
  public struct Config: PluginConfig, TransformConfig {
    public var rate = 1.0
    public var transform = TransformSettings()
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.time_stretch", summary: "Faster or slower at the same pitch, by a phase vocoder.",
    reference: "librosa.effects.time_stretch",
    parameters: [
      .number("rate", \.rate, in: .positive, "Speed: above 1 is faster and shorter, below 1 slower and longer.")
    ] + Parameter.transform,
    details:
      "The result has round(n / rate) samples. Where hop_length is null, the vocoder reckons with a quarter of n_fft, as librosa's does: "
      + "set hop_length along with win_length.",
    formula: "φ(t + 1) = φ(t) + ω·hop + wrap(∠X[⌊s⌋ + 1] − ∠X[⌊s⌋] − ω·hop),  s = t · rate",
    example: [.init("rate", 0.8)])

  private let config: Config
  private let stft: STFTParameters

  /// - Throws: A diagnostic when the window does not fit the transform.
  public init(_ config: Config) throws {
    self.config = config
    stft = try config.transform.stft()
  }

  public func apply(to signal: Signal, drawing draws: inout Draws) throws -> Signal {
    let samples = try timeStretched(
      signal.samples, rate: config.rate, stft: stft, vocoderHop: config.transform.vocoderHop)
    return Signal(samples: samples, sampleRate: signal.sampleRate)
  }
}
