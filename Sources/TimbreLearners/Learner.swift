import TimbreCore

/// What learns from vectors, with its settings: all that a classifier of this module has besides its declaration.
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
  public func parts(of rows: RowShape, classes: Int) throws -> [ModelPart] {
    try learner.parts(columns: columns(of: rows, classes), classes: classes)
  }

  public func train(_ task: TrainingTask) throws -> any TrainedModel {
    _ = try columns(of: task.train.rows.shape, task.classes.count)
    return try learner.train(task)
  }

  public func restore(_ tensors: [Tensor], for rows: RowShape, classes: Int) throws -> any TrainedModel {
    try learner.restore(tensors, columns: columns(of: rows, classes), classes: classes)
  }

  private func columns(of rows: RowShape, _ classes: Int) throws -> Int {
    let columns = try rows.columns(of: Self.spec.id)
    guard columns > 0, classes > 1 else {
      throw Diagnostic(.invalidParameters, "a classifier needs at least one column and two classes")
    }
    return columns
  }
}
