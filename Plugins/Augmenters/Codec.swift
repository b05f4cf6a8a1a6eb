import TimbreAudio
import TimbreCore
import TimbreDSP

/// Sends a signal through a telephone line.
public struct Codec: Augmenter {
  public struct Config: PluginConfig {
    public var law = CompandingLaw.mulaw
    public var low = 300.0
    public var high = 3400.0
    public var sampleRate = 8000
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.codec", summary: "The sound of a telephone: a narrow band, a low rate and 8-bit samples.",
    reference: "ITU-T G.711",
    parameters: [
      .choice("law", \.law, "Code of the 8-bit samples: µ-law (North America, Japan) or A-law."),
      .number("low", \.low, in: .closed(1, 20_000), unit: .hertz, "Lower edge of the band."),
      .number("high", \.high, in: .closed(1, 20_000), unit: .hertz, "Upper edge of the band."),
      .int("sample_rate", \.sampleRate, in: 4000...48_000, unit: .hertz, "Rate on the line."),
    ],
    details: """
      Resampled to the line's rate (soxr_hq), band-limited by a Butterworth filter of order 4 forwards and backwards (6 dB down at \
      the edges, 48 dB an octave beyond), coded and decoded sample by sample, and resampled to the signal's rate and \
      length. Samples beyond ±1 are cut off. Through µ-law silence stays silence; A-law has no code for zero, and digital silence \
      becomes the constant 2⁻¹². The noise of either code lies about 37 dB below a loud signal.
      """,
    formula: """
      µ-law: F(x) = sign(x) · ln(1 + 255 |x|) / ln 256
      A-law: F(x) = sign(x) · A |x| / (1 + ln A) below 1/A, else sign(x) · (1 + ln(A |x|)) / (1 + ln A),  A = 87.6
      both in the 8-bit segments of ITU-T G.711
      """,
    example: [.init("law", "alaw")])

  private let config: Config

  /// - Throws: A diagnostic for a band that is empty or does not fit the rate.
  public init(_ config: Config) throws {
    func bad(_ message: String, _ help: String) -> Diagnostic { Diagnostic(.invalidParameters, message, help: help) }
    guard config.low < config.high else {
      throw bad("low (\(short(config.low)) Hz) is not below high (\(short(config.high)) Hz)", "swap them")
    }
    guard config.high < Double(config.sampleRate) / 2 else {
      throw bad(
        "high (\(short(config.high)) Hz) is not below half of sample_rate (\(config.sampleRate) Hz)",
        "lower high, or raise sample_rate")
    }
    self.config = config
  }

  public func apply(to signal: Signal, drawing draws: inout Draws) throws -> Signal {
    let line = Double(config.sampleRate)
    let sent = try Resampler.resample(signal.samples, from: Double(signal.sampleRate), to: line)
    let filter = SecondOrderSections.butterworth(
      order: 4, .bandPass(config.low, config.high), sampleRate: line)
    let law = config.law
    let received = filter.filteredBothWays(sent.map(Double.init)).map { law.decode(law.encode(Float($0))) }
    return try received.resampled(from: line, like: signal)
  }
}

extension [Float] {
  /// At the rate of `signal`, and as long: cut, or filled with zeros.
  func resampled(from rate: Double, like signal: Signal, type: ResamplerType = .soxrHQ) throws -> Signal {
    let samples = try Resampler.resample(self, from: rate, to: Double(signal.sampleRate), type: type)
    let missing = Swift.max(0, signal.samples.count - samples.count)
    return Signal(
      samples: samples.prefix(signal.samples.count) + [Float](repeating: 0, count: missing),
      sampleRate: signal.sampleRate)
  }
}
