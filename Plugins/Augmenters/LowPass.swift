import TimbreCore
import TimbreDSP

/// Removes high frequencies.
public struct LowPass: Augmenter {
  public struct Config: PluginConfig {
    public var cutoffFreq = 4000.0
    public var rolloff = 12
    public var zeroPhase = false
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.low_pass", summary: "Without what lies above a frequency.",
    reference: "audiomentations.LowPassFilter; " + ButterworthFilter.reference,
    parameters: [
      .number("cutoff_freq", \.cutoffFreq, in: .closed(1, 1_000_000), unit: .hertz, "Edge of the band that stays."),
      .int("rolloff", \.rolloff, in: 6...96, unit: ButterworthFilter.steepness, "Steepness, a multiple of 6."),
      .bool("zero_phase", \.zeroPhase, "Whether to filter forwards and backwards, which delays nothing."),
    ],
    details: ButterworthFilter.details, formula: "|H(f)|² = 1 / (1 + (f / cutoff_freq)^(2 · rolloff / 6))",
    example: [.init("cutoff_freq", 2000)])

  private let config: Config
  private let filter: ButterworthFilter

  /// - Throws: A diagnostic for a rolloff between two orders.
  public init(_ config: Config) throws {
    self.config = config
    filter = try ButterworthFilter(rolloff: config.rolloff, zeroPhase: config.zeroPhase)
  }

  public func apply(to signal: Signal, drawing draws: inout Draws) -> Signal {
    filter.apply(.lowPass(ButterworthFilter.edge(config.cutoffFreq, signal.sampleRate)), to: signal)
  }
}
