import TimbreCore
import TimbreMachine

/// What a linear classifier makes small, besides the squares of its weights.
public enum LinearLoss: Sendable, Hashable {
  /// max(0, 1 − y · value)²: a support vector machine.
  case squaredHinge
  /// ln(1 + e^(−y · value)): logistic regression.
  case logistic
}

/// Linear classifiers, one for each class against all others; for two classes a single one.
public struct LinearLearner: Learner {
  public var loss = LinearLoss.squaredHinge
  public var c = 1.0
  public var fitIntercept = true
  public var classWeight = ClassWeight.none
  public var tolerance = 1e-4

  public init() {}

  public func parts(columns: Int, classes: Int) -> [ModelPart] {
    let machines = LinearModel.machines(classes)
    return [ModelPart(name: "linear", shape: [machines], parameters: machines * (columns + 1))]
  }

  public func train(_ task: TrainingTask) throws -> LinearModel {
    let set = try TrainingSet(task, classWeight)
    try set.checkMemory(bytes: Double(set.rows.values.count + 2 * set.rows.rows) * 16)
    let library = try LibLinear.library()
    let rows = LibLinear.rows(set.rows, fitIntercept: fitIntercept)
    let (columns, count) = (set.rows.columns, LinearModel.machines(set.present.count))
    let machines = try Workers(task.jobs).map(count) { index in
      try task.checkCancelled()
      // Of two classes the second is the positive one, and either has its weight; against all others only the class has.
      let positive = count == 1 ? 1 : index
      return try library.weights(
        rows, count: columns + (fitIntercept ? 1 : 0), isPositive: set.labels.map { $0 == positive }, loss: loss,
        c: (c * set.weights[positive], count == 1 ? c * set.weights[0] : c), tolerance: tolerance)
    }
    let tensors = [
      Tensor(name: "present", shape: [set.present.count], indices: set.present),
      try Tensor(name: "weights", shape: [count, columns], rounding: machines.flatMap { $0.prefix(columns) }),
      try Tensor(name: "intercepts", shape: [count], rounding: machines.map { fitIntercept ? $0[columns] : 0 }),
    ]
    return try LinearModel(tensors, loss: loss, columns: columns, classes: task.classes.count)
  }

  public func restore(_ tensors: [Tensor], columns: Int, classes: Int) throws -> LinearModel {
    try LinearModel(tensors, loss: loss, columns: columns, classes: classes)
  }
}

/// Weights of the columns and an intercept for each class.
public struct LinearModel: TrainedModel, RowModel {
  public let history: [TrainingRecord] = []
  public let tensors: [Tensor]
  let columns: Int
  let classes: Int
  let present: [Int]
  private let loss: LinearLoss
  /// Machines × columns.
  private let weights: [Float]
  private let intercepts: [Float]

  static func machines(_ classes: Int) -> Int { classes == 2 ? 1 : classes }

  init(_ tensors: [Tensor], loss: LinearLoss, columns: Int, classes: Int) throws {
    self.tensors = tensors
    self.loss = loss
    self.columns = columns
    self.classes = classes
    var reader = TensorReader(tensors)
    present = try reader.takePresent(classes: classes)
    let count = Self.machines(present.count)
    weights = try reader.take("weights", shape: [count, columns]).values
    intercepts = try reader.take("intercepts", shape: [count]).values
    try reader.finish()
  }

  /// One a class that training saw; of two classes the first has the second's value with the other sign.
  package func decisions(_ row: Span<Float>) -> [Double] {
    let values = intercepts.indices.map { machine in
      Double(intercepts[machine]) + dot(row, weights.span.extracting(machine * columns..<(machine + 1) * columns))
    }
    return values.count == 1 ? [-values[0], values[0]] : values
  }

  /// Softmax of the decision values of support vector machines, which is a convention and no calibration; of logistic regression the
  /// sigmoids, divided by their sum.
  func probabilities(of row: Span<Float>) -> [Double] {
    let decisions = decisions(row)
    return softmax(loss == .logistic ? decisions.map(logSigmoid) : decisions)
  }
}
