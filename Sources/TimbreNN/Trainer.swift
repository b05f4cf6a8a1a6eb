import TimbreCore
import TimbreMachine

/// A network being trained, one batch at a time.
///
/// Slices of a batch are worked by single-threaded matrix products and their results joined in the slices' order, so the bits of a
/// step do not depend on the number of threads.
package final class Trainer {
  private let network: Network
  private let weights: Weights
  private let optimizer: OptimizerState
  private let workers: Workers
  private let classWeights: [Float]
  private let seed: UInt64
  private var steps = 0
  package var learningRate: Double

  /// - Parameters:
  ///   - tensors: Weights to begin with instead of drawn ones.
  ///   - batchSize: Samples of the largest step.
  package init(
    layers: [Layer], shape: RowShape, classWeights: [Float], optimizer: Optimizer, batchSize: Int, seed: UInt64,
    jobs: Int,
    tensors: [Tensor]? = nil
  ) throws {
    let plan = try NetworkPlan(layers, shape, classes: classWeights.count)
    try plan.checkMemory(batchSize: batchSize)
    _ = try OpenBLAS.library()
    self.classWeights = classWeights
    self.seed = seed
    workers = Workers(jobs)
    weights = try tensors.map { Weights(plan, checked: try Weights.checked($0, plan)) } ?? Weights(plan, seed: seed)
    network = Network(plan, weights, capacity: batchSize, workers: workers, isTraining: true)
    self.optimizer = OptimizerState(optimizer, count: plan.trainedCount)
    learningRate = optimizer.learningRate
  }

  /// For vectors.
  package convenience init(
    layers: [Layer], columns: Int, classWeights: [Float], optimizer: Optimizer, batchSize: Int, seed: UInt64, jobs: Int,
    tensors: [Tensor]? = nil
  ) throws {
    try self.init(
      layers: layers, shape: .vector(columns: columns), classWeights: classWeights, optimizer: optimizer,
      batchSize: batchSize, seed: seed, jobs: jobs, tensors: tensors)
  }

  package var tensors: [Tensor] { weights.tensors }

  /// The loss's derivative by every trained tensor at the last step.
  package var gradients: [Tensor] {
    weights.plan.tensors.filter(\.isTrained).map { tensor in
      let values = network.gradient?.from(tensor.offset, tensor.count).array ?? []
      return Tensor(name: tensor.name, shape: tensor.shape, values: values)
    }
  }

  /// Learns from the rows of `data` that `indices` names.
  /// - Returns: The sum over the rows of loss times class weight, and how many rows were classified right before the step.
  package func step(_ data: LabelledRows, _ indices: ArraySlice<Int>) -> (loss: Double, hits: Int) {
    let result = differentiate(data, indices)
    steps += 1
    guard let gradient = network.gradient, result.loss.isFinite else { return result }
    optimizer.step(weights.trained, gradient, learningRate: learningRate, workers: workers)
    network.refresh()
    return result
  }

  /// A step without the change of the weights.
  package func differentiate(_ data: LabelledRows, _ indices: ArraySlice<Int>) -> (loss: Double, hits: Int) {
    for (sample, index) in indices.enumerated() {
      network.setInput(sample, data.rows.row(index), length: data.rows.length(of: index))
    }
    return network.learn(indices.map { data.labels[$0] }, weights: classWeights, seed: seed, step: steps)
  }

  /// Something that predicts with the weights as they are whenever it is asked.
  func predictor() throws -> Predictor { try Predictor(weights, jobs: workers.count) }

  func restore(_ tensors: [Tensor]) {
    for (plan, tensor) in zip(weights.plan.tensors, tensors) { weights[plan].copy(tensor.values) }
    network.refresh()
  }
}

extension NetworkPlan {
  /// - Throws: A diagnostic where a batch would need more memory than a computer is likely to have.
  func checkMemory(batchSize: Int) throws {
    let perSample = steps.reduce(0) { $0 + $1.output.count * 6 } * 4
    let bytes = Double(perSample) * Double(batchSize) + Double(trainedCount) * 32
    guard bytes < 0x1p36 else {
      throw Diagnostic(
        .invalidParameters, "training would need some \(Int(bytes / 0x1p30)) GiB of memory",
        help: "use a smaller batch_size, fewer filters, or pool earlier")
    }
  }
}
