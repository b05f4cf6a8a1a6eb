/// The randomness an augmenter is handed, and the record of what it drew from it.
public struct Draws: Sendable {
  public var random: RandomSource
  /// What was drawn, for `clips.csv`.
  public private(set) var record: [(name: String, value: Double)] = []

  public init(_ random: RandomSource) { self.random = random }

  /// A number in [lower, upper) that goes on record under `name`.
  public mutating func uniform(_ lower: Double, _ upper: Double, as name: String) -> Double {
    let value = random.uniform(lower, upper)
    record.append((name, value))
    return value
  }
}

/// A plugin that makes an altered copy of a signal.
public protocol Augmenter: Plugin {
  /// All randomness comes from `draws`, which is seeded from the workflow's seed, the clip and the view.
  func apply(to signal: Signal, drawing draws: inout Draws) throws -> Signal
}
