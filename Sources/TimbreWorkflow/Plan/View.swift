import TimbreCore

/// A named chain of augmenters.
public struct View: Sendable {
  public var name: String
  public private(set) var steps: [AugmentationStep]

  public init(name: String, steps: [AugmentationStep]) {
    self.name = name
    self.steps = steps
    // The second of two equal steps is "gain_2" on record.
    for (index, step) in steps.enumerated() {
      let before = steps[..<index].filter { $0.id == step.id }.count
      if before > 0 { self.steps[index].label? += "_\(before + 1)" }
    }
  }

  /// The generator of everything that this view of a clip draws.
  public func draws(seed: UInt64, clip: String) -> Draws { Draws(RandomSource(seed: seed, clip, name)) }

  /// The view of a signal. What changes features comes later, when they are there.
  public func apply(to signal: Signal, drawing draws: inout Draws) throws -> Signal {
    var signal = signal
    for step in steps where !step.isForFeatures {
      do {
        signal = try step.apply(to: signal, drawing: &draws)
      } catch let diagnostic as Diagnostic {
        throw diagnostic.about("view \(name)")
      }
    }
    return signal
  }

  /// A node's feature as the view changes it.
  func apply(to feature: FeatureMatrix, of node: String, drawing draws: inout Draws) throws -> FeatureMatrix {
    var feature = feature
    for step in steps where step.isForFeatures && step.nodes.contains(node) {
      // Several nodes of one step draw for themselves.
      var step = step
      if step.nodes.count > 1 { step.label? += ".\(node)" }
      feature = try step.apply(to: feature, drawing: &draws)
    }
    return feature
  }
}
