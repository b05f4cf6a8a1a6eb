import TimbreCore

/// What learns, with its settings: all that a classifier of this module has besides its declaration.
public protocol Learner: PluginConfig {
  associatedtype Model: TrainedModel

  func parts(columns: Int, classes: Int) throws -> [ModelPart]
  func train(_ task: TrainingTask) throws -> Model
  /// - Throws: A `.badModel` diagnostic naming the first tensor that is missing, left over, or of another shape.
  func restore(_ tensors: [Tensor], columns: Int, classes: Int) throws -> Model
}

/// A classifier whose settings are a learner.
public protocol LearnerClassifier: Classifier where Config: Learner {
  var learner: Config { get }
}

extension LearnerClassifier {
  public func parts(columns: Int, classes: Int) throws -> [ModelPart] {
    try check(columns, classes)
    return try learner.parts(columns: columns, classes: classes)
  }

  public func train(_ task: TrainingTask) throws -> any TrainedModel {
    try check(task.train.rows.columns, task.classes.count)
    return try learner.train(task)
  }

  public func restore(_ tensors: [Tensor], columns: Int, classes: Int) throws -> any TrainedModel {
    try check(columns, classes)
    return try learner.restore(tensors, columns: columns, classes: classes)
  }

  private func check(_ columns: Int, _ classes: Int) throws {
    guard columns > 0, classes > 1 else {
      throw Diagnostic(.invalidParameters, "a classifier needs at least one column and two classes")
    }
  }
}
