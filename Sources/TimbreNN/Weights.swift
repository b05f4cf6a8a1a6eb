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
    let sorted = try plan.tensors.map { expected in
      guard let tensor = tensors.first(where: { $0.name == expected.name }) else {
        throw Diagnostic(
          .badModel, "the tensor \"\(expected.name)\" is missing", help: "the weights belong to another network")
      }
      guard tensor.shape == expected.shape, tensor.values.count == expected.count else {
        throw Diagnostic(
          .badModel,
          "the tensor \"\(expected.name)\" has shape \(tensor.shape) and \(tensor.values.count) values, not shape \(expected.shape)",
          help: "the weights belong to another network")
      }
      guard tensor.values.allSatisfy(\.isFinite) else {
        throw Diagnostic(.badModel, "the tensor \"\(expected.name)\" holds a number that is not finite")
      }
      return tensor
    }
    var seen: Set<String> = []
    for tensor in tensors
    where !seen.insert(tensor.name).inserted || !plan.tensors.contains(where: { $0.name == tensor.name }) {
      throw Diagnostic(
        .badModel, "the tensor \"\(tensor.name)\" has no place in this network",
        help: "the weights belong to another network")
    }
    return sorted
  }

  subscript(tensor: NetworkPlan.TensorPlan) -> Floats {
    (tensor.isTrained ? trained : running).from(tensor.offset, tensor.count)
  }

  var tensors: [Tensor] { plan.tensors.map { Tensor(name: $0.name, shape: $0.shape, values: self[$0].array) } }
}
