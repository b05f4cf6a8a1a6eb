import TimbreCore
import TimbreDSP

/// Keeps a band of frequencies.
public struct BandPass: Augmenter {
  public struct Config: PluginConfig {
    public var centerFreq = 1000.0
    public var bandwidthFraction = 1.0
    public var rolloff = 12
    public var zeroPhase = false
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.band_pass", summary: "Without what lies below and above a band of frequencies.",
    reference: "audiomentations.BandPassFilter; " + ButterworthFilter.reference,
    parameters: [
      .number("center_freq", \.centerFreq, in: .closed(1, 1_000_000), unit: .hertz, "Middle of the band that stays."),
      .number(
        "bandwidth_fraction", \.bandwidthFraction, in: .closed(0.01, 1.99),
        "Width of the band, as a share of its middle."),
      .int("rolloff", \.rolloff, in: 6...96, unit: ButterworthFilter.steepness, "Steepness, a multiple of 6."),
      .bool("zero_phase", \.zeroPhase, "Whether to filter forwards and backwards, which delays nothing."),
    ],
    details: "The edges are center_freq · (1 ± bandwidth_fraction / 2). " + ButterworthFilter.details,
    formula: "the product of a low pass at the upper edge and a high pass at the lower one, in one design",
    example: [.init("center_freq", 1500), .init("bandwidth_fraction", .number(0.8))])

  private let config: Config
  private let filter: ButterworthFilter

  /// - Throws: A diagnostic for a rolloff between two orders.
  public init(_ config: Config) throws {
    self.config = config
    filter = try ButterworthFilter(rolloff: config.rolloff, zeroPhase: config.zeroPhase)
  }

  /// - Throws: A diagnostic where the whole band lies above half the sample rate.
  public func apply(to signal: Signal, drawing draws: inout Draws) throws -> Signal {
    let low = config.centerFreq * (1 - config.bandwidthFraction / 2)
    let high = ButterworthFilter.edge(config.centerFreq * (1 + config.bandwidthFraction / 2), signal.sampleRate)
    guard low < high else {
      throw Diagnostic(
        .outOfRange,
        "the band begins at \(short(low)) Hz, and audio at \(signal.sampleRate) Hz holds \(short(Double(signal.sampleRate) / 2)) Hz",
        help: "lower center_freq, or raise bandwidth_fraction")
    }
    return filter.apply(.bandPass(low, high), to: signal)
  }
}
