import RealModule
import TimbreCore

/// How the learning rate changes from epoch to epoch.
public enum Schedule: Sendable, Hashable {
  case constant
  case step(Step)
  case cosine(Cosine)
  case reduceOnPlateau(Plateau)

  struct Plain: PluginConfig { init() {} }

  public struct Step: PluginConfig, Hashable {
    public var every = 10
    public var factor = 0.5
    public init() {}
  }

  public struct Cosine: PluginConfig, Hashable {
    public var minimum = 0.0
    public init() {}
  }

  public struct Plateau: PluginConfig, Hashable {
    public var factor = 0.5
    public var patience = 5
    public var minDelta = 1e-4, minimum = 0.0
    public init() {}
  }
}

extension Schedule: VariantValue {
  public static let variants: [Variant<Schedule>] = [
    Variant("constant", "The same rate in every epoch.", [], wrap: { (_: Plain) in .constant }) {
      $0 == .constant ? Plain() : nil
    },
    Variant(
      "step", "The rate times `factor` after every so many epochs.",
      [
        .int("every", \.every, in: 1...1_000_000, unit: .epochs, "Epochs from one change to the next."),
        .number("factor", \.factor, in: NumberRange(0, 1, excludesLower: true), "What the rate is multiplied by."),
      ], wrap: Schedule.step
    ) { if case .step(let config) = $0 { config } else { nil } },
    Variant(
      "cosine", "Half a cosine from the rate to `minimum` over all epochs (Loshchilov and Hutter, 2017).",
      [.number("minimum", \.minimum, in: .nonNegative, "Where it ends.")], wrap: Schedule.cosine
    ) { if case .cosine(let config) = $0 { config } else { nil } },
    Variant(
      "reduce_on_plateau",
      "The rate times `factor` when the validation loss, or without validation rows the training loss, stops falling.",
      [
        .number("factor", \.factor, in: NumberRange(0, 1, excludesLower: true), "What the rate is multiplied by."),
        .int("patience", \.patience, in: 1...1_000_000, unit: .epochs, "Epochs without improvement to wait for."),
        .number("min_delta", \.minDelta, in: .nonNegative, "A smaller fall of the loss is no improvement."),
        .number("minimum", \.minimum, in: .nonNegative, "The rate never goes below this."),
      ], wrap: Schedule.reduceOnPlateau
    ) { if case .reduceOnPlateau(let config) = $0 { config } else { nil } },
  ]
}

/// A schedule under way.
package struct ScheduleState {
  private let schedule: Schedule
  private let start: Double
  private let epochs: Int
  private var best = Double.infinity
  private var waited = 0
  package private(set) var rate: Double

  package init(_ schedule: Schedule, start: Double, epochs: Int) {
    self.schedule = schedule
    self.start = start
    self.epochs = epochs
    rate = start
  }

  /// - Parameter epoch: That just ended, from 1.
  package mutating func finish(epoch: Int, loss: Double) {
    switch schedule {
    case .constant: break
    case .step(let config): rate = start * Double.pow(config.factor, epoch / config.every)
    case .cosine(let config):
      let share = Double.cos(Double.pi * Double(epoch) / Double(epochs))
      rate = config.minimum + (start - config.minimum) * (1 + share) / 2
    case .reduceOnPlateau(let config):
      if loss < best - config.minDelta {
        best = loss
        waited = 0
        return
      }
      waited += 1
      guard waited >= config.patience else { return }
      rate = Swift.min(rate, Swift.max(rate * config.factor, config.minimum))
      waited = 0
    }
  }
}
