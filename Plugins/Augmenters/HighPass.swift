import TimbreCore
import TimbreDSP

/// Removes low frequencies.
public struct HighPass: Augmenter {
  public struct Config: PluginConfig {
    public var cutoffFreq = 200.0
    public var rolloff = 12
    public var zeroPhase = false
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.high_pass", summary: "Without what lies below a frequency.",
    reference: "audiomentations.HighPassFilter; " + ButterworthFilter.reference,
    parameters: [
      .number("cutoff_freq", \.cutoffFreq, in: .closed(1, 1_000_000), unit: .hertz, "Edge of the band that stays."),
      .int("rolloff", \.rolloff, in: 6...96, unit: ButterworthFilter.steepness, "Steepness, a multiple of 6."),
      .bool("zero_phase", \.zeroPhase, "Whether to filter forwards and backwards, which delays nothing."),
    ],
    details: ButterworthFilter.details, formula: "|H(f)|² = 1 / (1 + (cutoff_freq / f)^(2 · rolloff / 6))",
    example: [.init("cutoff_freq", 300)])

  private let config: Config
  private let filter: ButterworthFilter

  /// - Throws: A diagnostic for a rolloff between two orders.
  public init(_ config: Config) throws {
    self.config = config
    filter = try ButterworthFilter(rolloff: config.rolloff, zeroPhase: config.zeroPhase)
  }

  public func apply(to signal: Signal, drawing draws: inout Draws) -> Signal {
    filter.apply(.highPass(ButterworthFilter.edge(config.cutoffFreq, signal.sampleRate)), to: signal)
  }
}
