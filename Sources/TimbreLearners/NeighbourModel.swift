import TimbreCore

/// How far one row is from another.
public enum NeighbourMetric: String, ParameterValue, CaseIterable {
  /// √Σ (xᵢ − yᵢ)².
  case euclidean
  /// Σ |xᵢ − yᵢ|.
  case manhattan
  /// 1 − the cosine of the angle between them; a row of zeros is at right angles to all.
  case cosine
}

/// How much the class of a neighbour counts.
public enum NeighbourWeights: String, ParameterValue, CaseIterable {
  case uniform
  /// 1 / distance; neighbours at distance 0 count alone.
  case distance
}

/// Classes by those of the nearest rows of training.
public struct NeighbourLearner: Learner {
  public var neighbours = 5
  public var weights = NeighbourWeights.uniform
  public var metric = NeighbourMetric.euclidean

  public init() {}

  public func parts(columns: Int, classes: Int) -> [ModelPart] {
    // It keeps the rows of training, however many.
    [ModelPart(name: "neighbours", shape: [classes], parameters: 0)]
  }

  public func train(_ task: TrainingTask) throws -> NeighbourModel {
    try task.checkCancelled()
    let set = try TrainingSet(task)
    guard neighbours <= set.rows.rows else {
      throw Diagnostic(
        .training, "n_neighbors is \(neighbours), but there are only \(set.rows.rows) training rows",
        help: "use n_neighbors of at most \(set.rows.rows)", subject: "n_neighbors")
    }
    let tensors = [
      Tensor(name: "rows", shape: [set.rows.rows, set.rows.columns], values: set.rows.values),
      Tensor(name: "labels", shape: [set.rows.rows], indices: set.labels.map { set.present[$0] }),
    ]
    return try restore(tensors, columns: set.rows.columns, classes: task.classes.count)
  }

  public func restore(_ tensors: [Tensor], columns: Int, classes: Int) throws -> NeighbourModel {
    try NeighbourModel(tensors, self, columns: columns, classes: classes)
  }
}

/// The rows of training with their classes.
public struct NeighbourModel: TrainedModel, RowModel {
  public let history: [TrainingRecord] = []
  public let tensors: [Tensor]
  let columns: Int
  let classes: Int
  let present: [Int]
  private let learner: NeighbourLearner
  private let rows: [Float]
  private let labels: [Int]
  /// √Σ xᵢ² of each row.
  private let lengths: [Double]

  /// The rows that are kept.
  public var parts: [ModelPart]? { [ModelPart(name: "neighbours", shape: [classes], parameters: rows.count)] }

  init(_ tensors: [Tensor], _ learner: NeighbourLearner, columns: Int, classes: Int) throws {
    self.tensors = tensors
    self.learner = learner
    self.columns = columns
    self.classes = classes
    present = Array(0..<classes)
    var reader = TensorReader(tensors)
    let rows = try reader.take("rows", shape: [nil, columns]).values
    self.rows = rows
    labels = try reader.takeIndices("labels", shape: [rows.count / columns], in: 0..<classes)
    try reader.finish()
    guard learner.neighbours <= labels.count else {
      throw Diagnostic(.badModel, "the model holds \(labels.count) rows, fewer than n_neighbors, \(learner.neighbours)")
    }
    var lengths: [Double] = []
    let all = rows.span
    for start in stride(from: 0, to: rows.count, by: columns) {
      let row = all.extracting(start..<start + columns)
      lengths.append(dot(row, row).squareRoot())
    }
    self.lengths = lengths
  }

  func probabilities(of row: Span<Float>) -> [Double] {
    let near = nearest(row)
    let weights: [Double]
    switch learner.weights {
    case .uniform: weights = [Double](repeating: 1, count: near.count)
    case .distance:
      weights =
        near.contains { $0.distance == 0 }
        ? near.map { $0.distance == 0 ? 1 : 0 } : near.map { near[0].distance / $0.distance }
    }
    var votes = [Double](repeating: 0, count: classes)
    for (neighbour, weight) in zip(near, weights) { votes[labels[neighbour.row]] += weight }
    let sum = votes.reduce(0, +)
    return votes.map { $0 / sum }
  }

  /// The nearest rows, nearest first; of those at one distance, the earliest.
  private func nearest(_ row: Span<Float>) -> [(distance: Double, row: Int)] {
    let all = rows.span
    let length = learner.metric == .cosine ? dot(row, row).squareRoot() : 0
    var near: [(distance: Double, row: Int)] = []
    near.reserveCapacity(learner.neighbours + 1)
    for index in labels.indices {
      let other = all.extracting(index * columns..<(index + 1) * columns)
      let distance: Double
      switch learner.metric {
      case .euclidean: distance = squaredDistance(row, other).squareRoot()
      case .manhattan: distance = cityBlockDistance(row, other)
      case .cosine:
        let lengths = length * lengths[index]
        distance = lengths > 0 ? min(max(1 - dot(row, other) / lengths, 0), 2) : 1
      }
      if near.count == learner.neighbours, let last = near.last, distance >= last.distance { continue }
      if near.count == learner.neighbours { near.removeLast() }
      // Behind those at the same distance, which came first.
      var (low, high) = (0, near.count)
      while low < high {
        let middle = (low + high) / 2
        if near[middle].distance <= distance { low = middle + 1 } else { high = middle }
      }
      near.insert((distance, index), at: low)
    }
    return near
  }
}
