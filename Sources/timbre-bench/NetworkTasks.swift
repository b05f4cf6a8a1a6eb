import TimbreCore
import TimbreNN
import TimbreReport

/// The default network of `classifier.conv1d`, 557,288 numbers, on rows of 162 and 8 classes.
extension Bench {
  private static let columns = 162
  private static let classes = 8

  /// One step of Adam a call, each on the next batch of 2,048 rows.
  static func training(jobs: Int, batch: Int) throws -> () throws -> [Float] {
    let batches = max(1, 2048 / batch)
    var random = RandomSource(seed: 7, "labels")
    let labels = (0..<batches * batch).map { _ in random.index(below: classes) }
    let data = LabelledRows(rows: rows(batches * batch), labels: labels)
    let trainer = try trainer(jobs: jobs, batch: batch)
    let order = Array(0..<labels.count)
    var step = 0
    return {
      let first = step % batches * batch
      step += 1
      return [Float(trainer.step(data, order[first..<first + batch]).loss)]
    }
  }

  /// The probabilities of so many rows a call.
  static func inference(jobs: Int, rows count: Int) throws -> () throws -> [Float] {
    let model = try restored(trainer(jobs: jobs, batch: 1).tensors)
    let rows = rows(count)
    return { try model.probabilities(rows, jobs: jobs).values }
  }

  /// Probabilities of a few rows; the rows and the weights are left in a folder, for another program to do the same.
  static func showInference(in folder: String) throws -> JSONValue {
    let tensors = try trainer(jobs: 1, batch: 1).tensors
    let rows = rows(24)
    try NPY.write(rows, to: folder + "/rows.npy")
    for (index, tensor) in tensors.enumerated() {
      try NPY.write(shape: tensor.shape, values: tensor.values, to: folder + "/tensor\(index).npy")
    }
    let values = try restored(tensors).probabilities(rows, jobs: 1).values
    return .object([
      .init("parameters", .int(tensors.reduce(0) { $0 + $1.values.count })),
      .init("values", .array(values.map { .number(Double($0)) })),
    ])
  }

  private static func trainer(jobs: Int, batch: Int) throws -> Trainer {
    try Trainer(
      layers: Layer.notebook, columns: columns, classWeights: [Float](repeating: 1, count: classes),
      optimizer: .adam(.init()), batchSize: batch, seed: 7, jobs: jobs)
  }

  private static func restored(_ tensors: [Tensor]) throws -> TrainedNetwork {
    try NeuralNetwork(Layer.notebook, TrainingOptions()).restore(tensors, columns: columns, classes: classes)
  }

  private static func rows(_ count: Int) -> Matrix {
    var random = RandomSource(seed: 7, "rows")
    return Matrix(rows: count, columns: columns, values: (0..<count * columns).map { _ in Float(random.normal()) })
  }
}
