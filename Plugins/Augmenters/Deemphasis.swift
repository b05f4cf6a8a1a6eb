import TimbreCore

/// Undoes a pre-emphasis.
public struct Deemphasis: Augmenter {
  public struct Config: PluginConfig {
    public var coef = 0.97
    public var zi: Double?
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.deemphasis", summary: "High frequencies lowered, as the inverse of a pre-emphasis.",
    reference: "librosa.effects.deemphasis",
    parameters: [
      .number("coef", \.coef, in: .closed(0, 2), "Share of the result's sample before that is added."),
      .number(
        "zi", \.zi, in: .closed(-1e6, 1e6),
        "What is added to the first sample; null undoes a pre-emphasis with its own default."),
    ],
    details:
      "As long as the signal. Above 1 sums grow without bound, and what leaves single precision is refused. Of one sample, which "
      + "librosa refuses, x[1] counts as x[0].",
    formula: "y[n] = x[n] + coef · y[n − 1]", example: [.init("coef", 0.97)])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  public func apply(to signal: Signal, drawing draws: inout Draws) throws -> Signal {
    let x = signal.samples
    guard let first = x.first else { return signal }
    let coef = Float(config.coef)
    var result = x
    var last = first + Float(config.zi ?? 0)
    result[0] = last
    unsafe result.withUnsafeMutableBufferPointer { result in
      for index in 1..<max(1, x.count) {
        unsafe last = result[index] + coef * last
        unsafe result[index] = last
      }
    }
    if config.zi == nil {
      // What the sample before the first would have been adds to all that follow; librosa takes it off afterwards.
      let second = x.count > 1 ? x[1] : first
      var share = Double((Float(2 - config.coef) * first - second) / Float(3 - config.coef))
      for index in result.indices {
        result[index] = Float(Double(result[index]) - share)
        share *= config.coef
        if abs(share) < 1e-60 { break }
      }
    }
    let deemphasised = Signal(samples: result, sampleRate: signal.sampleRate)
    guard deemphasised.firstNonFinite == nil else {
      throw Diagnostic(
        .notFinite, "sums with coef = \(short(config.coef)) leave the range of single precision",
        help: "lower coef to 1")
    }
    return deemphasised
  }
}
