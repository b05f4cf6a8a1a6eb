import TimbreCore

/// Silences a stretch of a signal.
public struct TimeMask: Augmenter {
  /// Where the silence is.
  public enum Location: String, CaseIterable, Sendable, Hashable, ParameterValue {
    case random, start, end
  }

  public struct Config: PluginConfig {
    public var bandPart = 0.1
    public var fadeDuration = 0.005
    public var maskLocation = Location.random
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.time_mask", summary: "A stretch of the signal silenced.", reference: "audiomentations.TimeMask",
    parameters: [
      .number("band_part", \.bandPart, in: .closed(0, 1), "Length of the stretch, as a share of the signal."),
      .number(
        "fade_duration", \.fadeDuration, in: .closed(0, 10), unit: .seconds,
        "Length of the fades within the stretch, against clicks; at most half of it, 0 is none."),
      .choice("mask_location", \.maskLocation, "Anywhere with equal chances, at the beginning, or at the end."),
    ],
    details: """
      The stretch has ⌊band_part · n⌋ samples. `mask_start`, in samples, is drawn where the location is random. The fades \
      lie within the stretch and add up to 1 where they would cross; of fewer than two samples there is none.
      """,
    formula: "y[n] · 0 for mask_start ≤ n < mask_start + ⌊band_part · N⌋, but for the fades",
    example: [.init("band_part", .number(0.2))])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  public func apply(to signal: Signal, drawing draws: inout Draws) -> Signal {
    let count = signal.samples.count
    let length = Int(Double(count) * config.bandPart)
    let start =
      switch config.maskLocation {
      case .random: draws.index(below: count - length + 1, as: "mask_start")
      case .start: 0
      case .end: count - length
      }
    let rounded = (Double(signal.sampleRate) * config.fadeDuration).rounded(.toNearestOrEven)
    let fade = min(Int(rounded), length / 2)
    var result = signal
    for index in 0..<length {
      let fromEdge = min(index, length - 1 - index)
      let weight = fade >= 2 && fromEdge < fade ? fadeIn(fade - 1 - fromEdge, of: fade, keepsEnergy: false) : 0
      // Not by multiplication, which would leave a negative zero of a negative sample.
      result.samples[start + index] = weight == 0 ? 0 : Float(weight) * result.samples[start + index]
    }
    return result
  }
}
