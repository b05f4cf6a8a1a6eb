import TimbreCore
import TimbreDSP

/// Cuts a signal into stretches and puts them together in another order.
public struct Remix: Augmenter {
  public enum Order: String, ParameterValue, Sendable, Hashable, CaseIterable { case reversed, shuffled }

  public struct Config: PluginConfig {
    public var interval = 0.5
    public var order = Order.shuffled
    public var alignZeros = true
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.remix", summary: "Stretches of equal length in another order.", reference: "librosa.effects.remix",
    parameters: [
      .number(
        "interval", \.interval, in: .closed(1e-3, 1e6), unit: .seconds,
        "Length of a stretch; the last may be shorter."),
      .choice("order", \.order, "From the last to the first, or drawn at random."),
      .bool(
        "align_zeros", \.alignZeros, "Whether cuts move to the nearest change of sign, which avoids clicks."),
    ],
    details:
      "librosa takes a list of stretches; here they follow one another, round(interval · rate) samples each. All samples are kept.",
    formula: "y = s_π(0), s_π(1), …,  s_i = stretch i, π = its order",
    example: [.init("interval", 0.25), .init("order", "reversed")])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  public func apply(to signal: Signal, drawing draws: inout Draws) -> Signal {
    let y = signal.samples
    let length = max(1, Int((config.interval * Double(signal.sampleRate)).rounded(.toNearestOrEven)))
    var cuts = Array(stride(from: 0, to: y.count, by: length)) + [y.count]
    if config.alignZeros {
      let zeros = zeroCrossings(of: y) + [y.count]
      cuts = cuts.map { nearest($0, in: zeros) }
    }
    let stretches = zip(cuts, cuts.dropFirst()).map { $0..<$1 }
    let order =
      switch config.order {
      case .reversed: Array(stretches.indices.reversed())
      case .shuffled: draws.random.permutation(stretches.count)
      }
    // The first hundred tell orders apart; a table needs no more.
    if config.order == .shuffled {
      draws.note(.string(order.prefix(100).map(String.init).joined(separator: " ")), as: "order")
    }
    var samples: [Float] = []
    samples.reserveCapacity(y.count)
    for index in order { samples += y[stretches[index]] }
    return Signal(samples: samples, sampleRate: signal.sampleRate)
  }

  /// Of two as near the later one. `places` rise, and the last is no less than `place`.
  private func nearest(_ place: Int, in places: [Int]) -> Int {
    var (low, high) = (0, places.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if places[middle] < place { low = middle + 1 } else { high = middle }
    }
    if low > 0, place - places[low - 1] < places[low] - place { return places[low - 1] }
    return places[low]
  }
}
