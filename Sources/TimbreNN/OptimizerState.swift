import RealModule
import TimbreMachine

/// An optimiser's memory of former steps, and its step.
final class OptimizerState {
  private let optimizer: Optimizer
  private let arena = Arena()
  private let first: Floats
  private let second: Floats
  private var steps = 0
  /// Weights of one task.
  private static let block = 16_384

  init(_ optimizer: Optimizer, count: Int) {
    self.optimizer = optimizer
    first = arena.floats(count)
    if case .sgd = optimizer { second = arena.floats(0) } else { second = arena.floats(count) }
  }

  func step(_ weights: Floats, _ gradient: Floats, learningRate: Double, workers: Workers) {
    steps += 1
    let blocks = (weights.count + Self.block - 1) / Self.block
    workers.run(blocks) { block, _ in
      let range = block * Self.block..<Swift.min(weights.count, (block + 1) * Self.block)
      switch optimizer {
      case .adam(let config):
        adam(
          range, weights, gradient, learningRate, config.beta1, config.beta2, config.epsilon, pull: config.weightDecay,
          shrink: 0)
      case .adamW(let config):
        adam(
          range, weights, gradient, learningRate, config.beta1, config.beta2, config.epsilon, pull: 0,
          shrink: learningRate * config.weightDecay)
      case .sgd(let config): descend(range, weights, gradient, learningRate, config)
      }
    }
  }

  private func adam(
    _ range: Range<Int>, _ weights: Floats, _ gradient: Floats, _ rate: Double, _ beta1: Double, _ beta2: Double,
    _ epsilon: Double, pull: Double, shrink: Double
  ) {
    let stepSize = Float(rate / (1 - Double.pow(beta1, steps)))
    let correction = Float(1 / (1 - Double.pow(beta2, steps)).squareRoot())
    let (keep1, keep2, new1, new2) = (Float(beta1), Float(beta2), Float(1 - beta1), Float(1 - beta2))
    let (small, pull, kept) = (Float(epsilon), Float(pull), Float(1 - shrink))
    for index in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
      let lanes = Swift.min(8, range.upperBound - index)
      let weight = weights.load8(index, lanes: lanes) * kept
      let slope = gradient.load8(index, lanes: lanes) + weight * pull
      let mean = first.load8(index, lanes: lanes) * keep1 + slope * new1
      let square = second.load8(index, lanes: lanes) * keep2 + slope * slope * new2
      first.store8(index, mean, lanes: lanes)
      second.store8(index, square, lanes: lanes)
      weights.store8(
        index, weight - mean * stepSize / (square.squareRoot() * correction + small), lanes: lanes)
    }
  }

  private func descend(
    _ range: Range<Int>, _ weights: Floats, _ gradient: Floats, _ rate: Double, _ config: Optimizer.SGD
  ) {
    let (rate, pull, momentum) = (Float(rate), Float(config.weightDecay), Float(config.momentum))
    for index in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
      let lanes = Swift.min(8, range.upperBound - index)
      let weight = weights.load8(index, lanes: lanes)
      let slope = gradient.load8(index, lanes: lanes) + weight * pull
      let speed = first.load8(index, lanes: lanes) * momentum + slope
      first.store8(index, speed, lanes: lanes)
      weights.store8(index, weight - (config.nesterov ? slope + speed * momentum : speed) * rate, lanes: lanes)
    }
  }
}
