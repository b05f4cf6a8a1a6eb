import RealModule
import TimbreCore

/// Makes a signal louder or softer.
public struct Gain: Augmenter {
  public struct Config: PluginConfig {
    public var gainDB = 0.0
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.gain", summary: "Louder or softer by a number of decibels.", reference: "audiomentations.Gain",
    parameters: [
      .number("gain_db", \.gainDB, in: .closed(-120, 120), unit: .decibels, "Gain; negative is softer.")
    ],
    details: "Nothing is clipped: samples may leave ±1.", formula: "y · 10^(gain_db / 20)",
    example: [.init("gain_db", -6)])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  public func apply(to signal: Signal, drawing draws: inout Draws) -> Signal {
    let factor = Double.pow(10, config.gainDB / 20)
    return Signal(samples: signal.samples.map { Float(Double($0) * factor) }, sampleRate: signal.sampleRate)
  }
}
