import TimbreCore
import TimbreLearners

/// Small problems with known answers.
enum Samples {
  /// Clusters of which each class has one, `distance` standard deviations from the next along every column.
  static func clusters(
    rows: Int, columns: Int = 6, classes: Int = 3, distance: Double = 10, seed: UInt64 = 1
  ) -> LabelledRows {
    var random = RandomSource(seed: seed, "clusters")
    let labels = (0..<rows).map { $0 % classes }
    let values = labels.flatMap { label in
      (0..<columns).map { Float(random.normal() + ($0 % classes == label ? distance : 0)) }
    }
    return LabelledRows(rows: Matrix(rows: rows, columns: columns, values: values), labels: labels)
  }

  /// Class 1 where the signs of the two columns differ: no line tells them apart.
  static func exclusiveOr(rows: Int, seed: UInt64 = 1) -> LabelledRows {
    var random = RandomSource(seed: seed, "xor")
    var values: [Float] = []
    var labels: [Int] = []
    for row in 0..<rows {
      let (x, y) = (row % 2 == 0 ? 1.0 : -1, row / 2 % 2 == 0 ? 1.0 : -1)
      values += [Float(x + random.normal() * 0.2), Float(y + random.normal() * 0.2)]
      labels.append(x == y ? 0 : 1)
    }
    return LabelledRows(rows: Matrix(rows: rows, columns: 2, values: values), labels: labels)
  }

  static func task(
    _ data: LabelledRows, _ validation: LabelledRows? = nil, classes: Int = 3, seed: UInt64 = 5, jobs: Int = 2
  ) -> TrainingTask {
    TrainingTask(
      train: data, validation: validation, classes: (0..<classes).map { "class \($0)" }, seed: seed, jobs: jobs)
  }
}

func accuracy(_ model: any TrainedModel, _ data: LabelledRows) throws -> Double {
  let probabilities = try model.probabilities(data.rows, jobs: 2)
  let hits = data.labels.indices.count { row in
    let values = Array(probabilities.row(row))
    return values.indices.max { values[$0] < values[$1] } == data.labels[row]
  }
  return Double(hits) / Double(data.labels.count)
}

/// The diagnostic that `work` throws.
func complaint(_ work: () throws -> Void) -> Diagnostic? {
  do {
    try work()
    return nil
  } catch { return error as? Diagnostic }
}

/// Every learner of the module, with settings that train quickly.
enum AnyLearner: String, CaseIterable {
  case linearSVM, logistic, machines, linearMachines, trees, neighbours

  func trained(_ task: TrainingTask) throws -> any TrainedModel {
    switch self {
    case .linearSVM: return try LinearLearner().train(task)
    case .logistic: return try Self.logisticLearner.train(task)
    case .machines: return try SupportVectorLearner().train(task)
    case .linearMachines: return try Self.linearMachinesLearner.train(task)
    case .trees: return try Self.treesLearner.train(task)
    case .neighbours: return try NeighbourLearner().train(task)
    }
  }

  func restored(_ tensors: [Tensor], columns: Int, classes: Int) throws -> any TrainedModel {
    switch self {
    case .linearSVM: return try LinearLearner().restore(tensors, columns: columns, classes: classes)
    case .logistic: return try Self.logisticLearner.restore(tensors, columns: columns, classes: classes)
    case .machines: return try SupportVectorLearner().restore(tensors, columns: columns, classes: classes)
    case .linearMachines:
      return try Self.linearMachinesLearner.restore(tensors, columns: columns, classes: classes)
    case .trees: return try Self.treesLearner.restore(tensors, columns: columns, classes: classes)
    case .neighbours: return try NeighbourLearner().restore(tensors, columns: columns, classes: classes)
    }
  }

  private static var logisticLearner: LinearLearner {
    var learner = LinearLearner()
    learner.loss = .logistic
    return learner
  }

  private static var linearMachinesLearner: SupportVectorLearner {
    var learner = SupportVectorLearner()
    learner.kernel = .linear
    return learner
  }

  private static var treesLearner: BoostingLearner {
    var learner = BoostingLearner()
    learner.rounds = 8
    learner.subsample = 0.8
    learner.columnShare = 0.7
    return learner
  }
}
