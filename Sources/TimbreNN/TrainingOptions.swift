import TimbreCore

/// How a network is trained; the fields of every neural classifier's settings.
public struct TrainingOptions: Sendable, Hashable {
  public var optimizer = Optimizer.adam(.init())
  public var schedule = Schedule.constant
  public var earlyStopping: EarlyStopping?
  public var classWeight = ClassWeight.none
  public var epochs = 50, batchSize = 64
  public var shuffle = true

  public init() {}
}

/// Ends training once the validation loss has stopped falling.
public struct EarlyStopping: RecordValue, Hashable {
  public enum Monitor: String, ParameterValue, CaseIterable {
    case valLoss = "val_loss"
    case valAccuracy = "val_accuracy"
  }

  public var patience = 10
  public var minDelta = 0.0
  public var restoreBest = true
  public var monitor = Monitor.valLoss

  public init() {}

  public static let parameters: [Parameter<EarlyStopping>] = [
    .int("patience", \.patience, in: 1...1_000_000, unit: .epochs, "Epochs without improvement to wait for."),
    .number("min_delta", \.minDelta, in: .nonNegative, "A smaller change is no improvement."),
    .bool("restore_best", \.restoreBest, "Whether the weights of the best epoch are kept rather than the last."),
    .choice("monitor", \.monitor, "The number that has to improve."),
  ]
}

/// The settings of a classifier that trains a network.
public protocol NetworkConfig: PluginConfig {
  var training: TrainingOptions { get set }
}

extension Parameter where Config: NetworkConfig {
  /// The parameters of training, which every classifier with a network has.
  public static var training: [Parameter] {
    [
      .value("optimizer", \.training.optimizer, "How a step changes the weights."),
      .value("schedule", \.training.schedule, "How the learning rate changes from epoch to epoch."),
      .value(
        "early_stopping", \.training.earlyStopping, "When to end training before the last epoch; null never does."),
      .value(
        "class_weight", \.training.classWeight, "How much each class counts: null, \"balanced\", or a weight by label."),
      .int("epochs", \.training.epochs, in: 1...1_000_000, unit: .epochs, "Times that training sees every row."),
      .int("batch_size", \.training.batchSize, in: 1...65_536, "Rows of one step."),
      .bool("shuffle", \.training.shuffle, "Whether every epoch takes the rows in another order."),
    ]
  }
}
