import TimbreCore

/// The numbers of a network: what the optimiser changes, and the running statistics of batch normalisation.
final class Weights {
  let plan: NetworkPlan
  let trained: Floats
  let running: Floats
  private let arena = Arena()

  private init(unset plan: NetworkPlan) {
    self.plan = plan
    trained = arena.floats(plan.trainedCount)
    running = arena.floats(plan.runningCount)
  }

  /// Glorot-uniform kernels, zero biases; each tensor draws from a generator of its own.
  convenience init(_ plan: NetworkPlan, seed: UInt64) {
    self.init(unset: plan)
    for tensor in plan.tensors {
      let values = self[tensor]
      switch tensor.start {
      case .zeros: values.fill(0)
      case .ones: values.fill(1)
      case .glorot(let inputs, let outputs):
        var random = RandomSource(seed: seed, "weights", tensor.name)
        let limit = (6 / Double(inputs + outputs)).squareRoot()
        for index in 0..<values.count { values[index] = Float(random.uniform(-limit, limit)) }
      }
    }
  }

  /// Copies tensors that `checked` has given back.
  convenience init(_ plan: NetworkPlan, checked tensors: [Tensor]) {
    self.init(unset: plan)
    for (expected, tensor) in zip(plan.tensors, tensors) { self[expected].copy(tensor.values) }
  }

  /// The tensors in the plan's order.
  /// - Throws: A `.badModel` diagnostic naming the first that is missing, left over, or of another shape.
  static func checked(_ tensors: [Tensor], _ plan: NetworkPlan) throws -> [Tensor] {
    var reader = TensorReader(tensors)
    let sorted = try plan.tensors.map { try reader.take($0.name, shape: $0.shape) }
    try reader.finish()
    return sorted
  }

  subscript(tensor: NetworkPlan.TensorPlan) -> Floats {
    (tensor.isTrained ? trained : running).from(tensor.offset, tensor.count)
  }

  var tensors: [Tensor] { plan.tensors.map { Tensor(name: $0.name, shape: $0.shape, values: self[$0].array) } }
}
