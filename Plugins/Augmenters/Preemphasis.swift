import TimbreCore

/// Raises high frequencies by a difference of neighbouring samples.
public struct Preemphasis: Augmenter {
  public struct Config: PluginConfig {
    public var coef = 0.97
    public var zi: Double?
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.preemphasis", summary: "High frequencies raised, by subtracting a share of the sample before.",
    reference: "librosa.effects.preemphasis",
    parameters: [
      .number("coef", \.coef, in: .closed(0, 1000), "Share of the sample before that is taken away."),
      .number(
        "zi", \.zi, in: .closed(-1e6, 1e6), "What is added to the first sample; null is 2 · y[0] − y[1]."),
    ],
    details: "As long as the signal. Of one sample, which librosa refuses, y[1] counts as y[0].",
    formula: "y[n] − coef · y[n − 1]", example: [.init("coef", 0.97)])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  public func apply(to signal: Signal, drawing draws: inout Draws) -> Signal {
    let y = signal.samples
    guard let first = y.first else { return signal }
    let coef = Float(config.coef)
    let start = first + (config.zi.map(Float.init) ?? 2 * first - (y.count > 1 ? y[1] : first))
    let result = unsafe [Float](unsafeUninitializedCapacity: y.count) { result, count in
      unsafe y.withUnsafeBufferPointer { y in
        unsafe result[0] = start
        for index in 1..<max(1, y.count) { unsafe result[index] = y[index] - coef * y[index - 1] }
      }
      count = y.count
    }
    return Signal(samples: result, sampleRate: signal.sampleRate)
  }
}
