import TimbreCore

/// Cuts off the largest samples, as an overdriven recorder does.
public struct ClippingDistortion: Augmenter {
  public struct Config: PluginConfig {
    public var percentileThreshold = 20.0
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.clipping_distortion", summary: "The highest and lowest samples cut off, as by a level set too high.",
    reference: "audiomentations.ClippingDistortion",
    parameters: [
      .number(
        "percentile_threshold", \.percentileThreshold, in: .closed(0, 100), unit: Unit("%"),
        "Samples that are cut off, half of them at either side.")
    ],
    details: """
      The bounds are percentiles of the signal as numpy.percentile interpolates them. audiomentations rounds half of the \
      threshold down to a whole percentile; here it is taken as it is.
      """,
    formula: "min(max(y, P(t / 2)), P(100 − t / 2)), P being percentiles of y",
    example: [.init("percentile_threshold", 30)])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  public func apply(to signal: Signal, drawing draws: inout Draws) -> Signal {
    let sorted = signal.samples.sorted()
    let low = Self.percentile(config.percentileThreshold / 2, of: sorted)
    let high = Self.percentile(100 - config.percentileThreshold / 2, of: sorted)
    return Signal(samples: signal.samples.map { min(max($0, low), high) }, sampleRate: signal.sampleRate)
  }

  /// `np.percentile` of float32 numbers: between two of them, linear from the nearer one.
  private static func percentile(_ percent: Double, of sorted: [Float]) -> Float {
    guard let last = sorted.last else { return 0 }
    let place = percent / 100 * Double(sorted.count - 1)
    let below = Int(place)
    guard below + 1 < sorted.count else { return last }
    let share = place - Double(below)
    let gap = Double(sorted[below + 1] - sorted[below])
    return Float(share < 0.5 ? Double(sorted[below]) + gap * share : Double(sorted[below + 1]) - gap * (1 - share))
  }
}
