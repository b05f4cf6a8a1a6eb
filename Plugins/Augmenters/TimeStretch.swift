import TimbreCore
import TimbreDSP

/// Changes the speed of a signal and keeps its pitch.
public struct TimeStretch: Augmenter {
  public struct Config: PluginConfig {
    public var rate = 1.0
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.time_stretch", summary: "Faster or slower at the same pitch, by a phase vocoder.",
    reference: "librosa.effects.time_stretch",
    parameters: [
      .number("rate", \.rate, in: .positive, "Speed: above 1 is faster and shorter, below 1 slower and longer.")
    ],
    details: "The result has round(n / rate) samples. The transform is librosa's: n_fft 2048, hop 512, Hann window.")

  private let config: Config

  public init(_ config: Config) { self.config = config }

  public func apply(to signal: Signal, drawing draws: inout Draws) throws -> Signal {
    Signal(samples: try timeStretched(signal.samples, rate: config.rate), sampleRate: signal.sampleRate)
  }
}
