/// The randomness an augmenter is handed, and the record of what it drew from it.
public struct Draws: Sendable {
  /// Something drawn: a number mostly, the name of a file or of a choice sometimes.
  public typealias Drawn = (name: String, value: JSONValue)

  public var random: RandomSource
  /// What was drawn, for `clips.csv`.
  public private(set) var record: [Drawn] = []
  /// Stands before the names on record, to tell the steps of a chain apart.
  public var prefix = ""

  public init(_ random: RandomSource) { self.random = random }

  /// A number in [lower, upper) that goes on record under `name`.
  public mutating func uniform(_ lower: Double, _ upper: Double, as name: String) -> Double {
    let value = random.uniform(lower, upper)
    note(.number(value), as: name)
    return value
  }

  /// A number in 0 ..< count that goes on record under `name`.
  public mutating func index(below count: Int, as name: String) -> Int {
    let value = random.index(below: count)
    note(.int(value), as: name)
    return value
  }

  /// Puts something on record that follows from what was drawn.
  public mutating func note(_ value: JSONValue, as name: String) { record.append((prefix + name, value)) }
}

/// A plugin that makes an altered copy of a signal.
public protocol Augmenter: Plugin {
  /// All randomness comes from `draws`, which is seeded from the workflow's seed, the clip and the view.
  func apply(to signal: Signal, drawing draws: inout Draws) throws -> Signal
}

extension Augmenter {
  /// The altered copy, once both it and the signal are seen to be usable.
  /// - Throws: Besides what `apply` throws: `.emptyAudio`, or `.notFinite` for NaN and infinity.
  public func checkedApply(to signal: Signal, drawing draws: inout Draws) throws -> Signal {
    try signal.requireUsable()
    let result = try apply(to: signal, drawing: &draws)
    let id = Self.spec.description.id
    guard !result.samples.isEmpty else { throw Diagnostic(.emptyAudio, "\(id) left no samples") }
    if let index = result.firstNonFinite {
      throw Diagnostic(
        .notFinite, "\(id) made sample \(index) NaN or infinite",
        help: "scale the audio to within ±1, or use less extreme parameters")
    }
    return result
  }
}

/// A plugin that makes an altered copy of a feature, such as one with masks. A view names the node that it changes by `"of"`.
public protocol FeatureAugmenter: Plugin {
  /// The axes and the number of frames stay as they are.
  func apply(to feature: FeatureMatrix, drawing draws: inout Draws) throws -> FeatureMatrix
}
