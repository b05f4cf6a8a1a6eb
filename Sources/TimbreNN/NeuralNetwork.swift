import TimbreCore

/// A network of layers that classifies rows: what the neural classifiers are made of.
///
/// A vector is a sequence of its numbers with one channel; the bins of a sequence's frames are its channels. A dense layer to the classes
/// and softmax are added after the last layer.
///
/// A sequence that ends early gives what it would give alone, without the frames that fill it up: windows lie as they would along its
/// own length, beyond its end every layer's output is zero, and pools and batch normalisation pass that over.
public struct NeuralNetwork: Sendable {
  public let layers: [Layer]
  public let options: TrainingOptions

  public init(_ layers: [Layer], _ options: TrainingOptions) {
    self.layers = layers
    self.options = options
  }

  /// - Throws: A `Diagnostic` that names the layer whose input does not suit it.
  public func parts(of rows: RowShape, classes: Int) throws -> [ModelPart] {
    try NetworkPlan(layers, rows, classes: classes).parts
  }

  public func train(_ task: TrainingTask) throws -> TrainedNetwork {
    try task.check()
    try NetworkPlan.check(task.train.rows, suit: layers)
    if let validation = task.validation { try NetworkPlan.check(validation.rows, suit: layers) }
    let validation = task.validation.flatMap { $0.labels.isEmpty ? nil : $0 }
    if options.earlyStopping != nil, validation == nil {
      throw Diagnostic(
        .training, "early_stopping needs validation rows, and there are none",
        help: "hold out a part of the training rows for validation, or set \"early_stopping\": null")
    }
    let batchSize = Swift.min(options.batchSize, task.train.labels.count)
    let trainer = try Trainer(
      layers: layers, shape: task.train.rows.shape,
      classWeights: options.classWeight.weights(of: task.train.labels, classes: task.classes),
      optimizer: options.optimizer,
      batchSize: batchSize, seed: task.seed, jobs: task.jobs)
    var loop = TrainingLoop(
      options: options, task: task, validation: validation, trainer: trainer, batchSize: batchSize)
    try loop.run()
    return TrainedNetwork(
      history: loop.history, tensors: trainer.tensors, layers: layers, shape: task.train.rows.shape,
      classes: task.classes.count)
  }

  /// - Throws: A `.badModel` diagnostic naming the first tensor that is missing, left over, or of another shape.
  public func restore(_ tensors: [Tensor], for rows: RowShape, classes: Int) throws -> TrainedNetwork {
    let plan = try NetworkPlan(layers, rows, classes: classes)
    let checked = try Weights.checked(tensors, plan)
    if Panels.needsOpenBLAS { OpenBLAS.preload() }
    return TrainedNetwork(history: [], tensors: checked, layers: layers, shape: rows, classes: classes)
  }
}

extension NeuralNetwork {
  /// The parts of a network of vectors.
  public func parts(columns: Int, classes: Int) throws -> [ModelPart] {
    try parts(of: .vector(columns: columns), classes: classes)
  }

  /// A network of vectors.
  public func restore(_ tensors: [Tensor], columns: Int, classes: Int) throws -> TrainedNetwork {
    try restore(tensors, for: .vector(columns: columns), classes: classes)
  }
}

extension NetworkPlan {
  /// - Throws: A `Diagnostic` where a sequence is too short for one of the layers.
  static func check(_ rows: Rows, suit layers: [Layer]) throws {
    guard case .sequence(_, let bins) = rows.shape, let least = rows.lengths.min(),
      let row = rows.lengths.firstIndex(of: least)
    else { return }
    do {
      _ = try NetworkPlan(layers, .sequence(frames: least, bins: bins), classes: 2)
    } catch var diagnostic as Diagnostic {
      diagnostic.message = "row \(row) has \(least) frames: \(diagnostic.message)"
      throw diagnostic
    }
  }
}

/// The epochs of one training.
private struct TrainingLoop {
  let options: TrainingOptions
  let task: TrainingTask
  let validation: LabelledRows?
  let trainer: Trainer
  let batchSize: Int
  private(set) var history: [TrainingRecord] = []

  init(options: TrainingOptions, task: TrainingTask, validation: LabelledRows?, trainer: Trainer, batchSize: Int) {
    self.options = options
    self.task = task
    self.validation = validation
    self.trainer = trainer
    self.batchSize = batchSize
  }

  mutating func run() throws {
    let predictor = try validation.map { _ in try trainer.predictor() }
    var schedule = ScheduleState(options.schedule, start: options.optimizer.learningRate, epochs: options.epochs)
    var best: (score: Double, tensors: [Tensor])?
    var waited = 0
    for epoch in 1...Swift.max(1, options.epochs) {
      trainer.learningRate = schedule.rate
      let (loss, accuracy) = try train(epoch)
      var entries = [TrainingRecord.Entry("loss", loss), .init("accuracy", accuracy)]
      var watched = loss
      var score: Double?
      if let validation, let predictor {
        predictor.refresh()
        let result = predictor.evaluate(validation)
        try checkFinite(result.loss, epoch, "validation loss")
        entries += [.init("val_loss", result.loss), .init("val_accuracy", result.accuracy)]
        watched = result.loss
        score = options.earlyStopping?.monitor == .valAccuracy ? -result.accuracy : result.loss
      }
      entries.append(.init("learning_rate", schedule.rate))
      let record = TrainingRecord(epoch: epoch, epochs: options.epochs, entries: entries)
      history.append(record)
      task.onEpoch(record)
      schedule.finish(epoch: epoch, loss: watched)
      if let stopping = options.earlyStopping, let score {
        if best.map({ score < $0.score - stopping.minDelta }) ?? true {
          best = (score, stopping.restoreBest ? trainer.tensors : [])
          waited = 0
        } else {
          waited += 1
          if waited >= stopping.patience { break }
        }
      }
    }
    if let best, !best.tensors.isEmpty { trainer.restore(best.tensors) }
  }

  private func train(_ epoch: Int) throws -> (loss: Double, accuracy: Double) {
    let count = task.train.labels.count
    var order = Array(0..<count)
    if options.shuffle {
      var random = RandomSource(seed: task.seed, "shuffle", String(epoch))
      order = random.permutation(count)
    }
    var loss = 0.0
    var hits = 0
    for start in stride(from: 0, to: count, by: batchSize) {
      if task.isCancelled() { throw Diagnostic(.cancelled, "training was cancelled in epoch \(epoch)") }
      let result = trainer.step(task.train, order[start..<Swift.min(count, start + batchSize)])
      loss += result.loss
      hits += result.hits
      try checkFinite(loss, epoch, "loss")
    }
    return (loss / Double(count), Double(hits) / Double(count))
  }

  private func checkFinite(_ loss: Double, _ epoch: Int, _ what: String) throws {
    guard !loss.isFinite else { return }
    throw Diagnostic(
      .training, "the \(what) is no longer finite in epoch \(epoch)",
      help: "lower the learning rate, or scale the inputs (\"scale\": \"standard\")")
  }
}
