/// Batch normalisation as Keras has it: biased variance over batch and positions, also in the running statistics. Positions beyond the
/// end of a sequence do not count.
final class Normalisation: Operation {
  private let config: Layer.BatchNorm
  private let gamma: Trainable
  private let beta: Trainable
  private let movingMean: Floats
  private let movingVariance: Floats
  private let channels: Int
  /// Per slice two rows: mean and sum of squared deviations forward, the two sums of the derivative backward.
  private let partial: Floats
  private let mean: Floats
  private let inverse: Floats
  private let sumGradient: Floats
  private let sumProduct: Floats
  /// Positions of the whole batch.
  private var positions = 0.0

  init(
    _ input: Values, _ output: Values, _ config: Layer.BatchNorm, gamma: Trainable, beta: Trainable, movingMean: Floats,
    movingVariance: Floats, capacity: Int, arena: Arena
  ) {
    self.config = config
    self.gamma = gamma
    self.beta = beta
    self.movingMean = movingMean
    self.movingVariance = movingVariance
    channels = input.shape.channels
    partial = arena.floats(Slice.count(for: capacity) * 2 * channels)
    mean = arena.floats(channels)
    inverse = arena.floats(channels)
    sumGradient = arena.floats(channels)
    sumProduct = arena.floats(channels)
    super.init(input, output)
  }

  override var needsWholeBatch: Bool { true }

  /// The numbers of a slice that are real: all in one stretch, or one stretch a sample.
  private func stretches(_ slice: Slice) -> [Range<Int>] {
    let size = input.shape.count
    guard let lengths = input.lengths else { return [0..<slice.count * size] }
    return (0..<slice.count).map { $0 * size..<$0 * size + lengths[slice.first + $0] * channels }
  }

  private func positions(_ slice: Slice) -> Double {
    Double(stretches(slice).reduce(0) { $0 + $1.count } / channels)
  }

  override func survey(_ slice: Slice) {
    let rows = input.rows(slice)
    let stretches = stretches(slice)
    let count = positions(slice)
    let place = slice.index * 2 * channels
    for channel in stride(from: 0, to: channels, by: 8) {
      let lanes = Swift.min(8, channels - channel)
      var sum = SIMD8<Double>.zero
      for stretch in stretches {
        for row in stride(from: stretch.lowerBound + channel, to: stretch.upperBound, by: channels) {
          sum += SIMD8<Double>(rows.load8(row, lanes: lanes))
        }
      }
      let mean = sum / count
      var squares = SIMD8<Double>.zero
      for stretch in stretches {
        for row in stride(from: stretch.lowerBound + channel, to: stretch.upperBound, by: channels) {
          let deviation = SIMD8<Double>(rows.load8(row, lanes: lanes)) - mean
          squares += deviation * deviation
        }
      }
      partial.store8(place + channel, Lanes8(mean), lanes: lanes)
      partial.store8(place + channels + channel, Lanes8(squares), lanes: lanes)
    }
  }

  /// Joins the slices' statistics (Chan, Golub and LeVeque, 1983).
  override func conclude(_ pass: Pass) {
    let counts = (0..<pass.slices).map { positions(Slice($0, of: pass.samples)) }
    positions = counts.reduce(0, +)
    for channel in 0..<channels {
      var count = 0.0
      var average = 0.0
      var squares = 0.0
      for index in 0..<pass.slices {
        let more = counts[index]
        let place = index * 2 * channels + channel
        let difference = Double(partial[place]) - average
        let total = count + more
        average += difference * more / total
        squares += Double(partial[place + channels]) + difference * difference * count * more / total
        count = total
      }
      let variance = squares / count
      mean[channel] = Float(average)
      inverse[channel] = Float(1 / (variance + config.epsilon).squareRoot())
      let kept = config.momentum
      movingMean[channel] = Float(Double(movingMean[channel]) * kept + average * (1 - kept))
      movingVariance[channel] = Float(Double(movingVariance[channel]) * kept + variance * (1 - kept))
    }
  }

  /// In inference the running statistics take the batch's place.
  override var refreshTasks: Int { output.gradient == nil ? 1 : 0 }
  override func refresh(_ task: Int) {
    mean.copy(movingMean)
    for channel in 0..<channels {
      inverse[channel] = Float(1 / (Double(movingVariance[channel]) + config.epsilon).squareRoot())
    }
  }

  override func forward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    let source = input.rows(slice)
    let target = output.rows(slice)
    for row in stride(from: 0, to: source.count, by: channels) {
      for channel in stride(from: 0, to: channels, by: 8) {
        let lanes = Swift.min(8, channels - channel)
        let normal =
          (source.load8(row + channel, lanes: lanes) - mean.load8(channel, lanes: lanes))
          * inverse.load8(channel, lanes: lanes)
        target.store8(
          row + channel, normal * gamma.values.load8(channel, lanes: lanes) + beta.values.load8(channel, lanes: lanes),
          lanes: lanes)
      }
    }
  }

  override func surveyBackward(_ slice: Slice) {
    guard let gradients = output.gradient else { return }
    let source = input.rows(slice)
    let gradient = gradients.from(slice.first * output.shape.count, source.count)
    let place = slice.index * 2 * channels
    let stretches = stretches(slice)
    for channel in stride(from: 0, to: channels, by: 8) {
      let lanes = Swift.min(8, channels - channel)
      let mean = mean.load8(channel, lanes: lanes)
      let inverse = inverse.load8(channel, lanes: lanes)
      var sum = SIMD8<Double>.zero
      var product = SIMD8<Double>.zero
      for stretch in stretches {
        for row in stride(from: stretch.lowerBound + channel, to: stretch.upperBound, by: channels) {
          let slope = gradient.load8(row, lanes: lanes)
          sum += SIMD8<Double>(slope)
          product += SIMD8<Double>(slope * (source.load8(row, lanes: lanes) - mean) * inverse)
        }
      }
      partial.store8(place + channel, Lanes8(sum), lanes: lanes)
      partial.store8(place + channels + channel, Lanes8(product), lanes: lanes)
    }
  }

  override func concludeBackward(_ pass: Pass) {
    for channel in 0..<channels {
      var sum = 0.0
      var product = 0.0
      for index in 0..<pass.slices {
        sum += Double(partial[index * 2 * channels + channel])
        product += Double(partial[index * 2 * channels + channels + channel])
      }
      sumGradient[channel] = Float(sum)
      sumProduct[channel] = Float(product)
    }
    gamma.gradient?.copy(sumProduct)
    beta.gradient?.copy(sumGradient)
  }

  override func backward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    guard let inputGradients = input.gradient, let gradients = output.gradient else { return }
    let source = input.rows(slice)
    let gradient = gradients.from(slice.first * output.shape.count, source.count)
    let target = inputGradients.from(slice.first * input.shape.count, source.count)
    let share = 1 / Float(positions)
    for row in stride(from: 0, to: source.count, by: channels) {
      for channel in stride(from: 0, to: channels, by: 8) {
        let lanes = Swift.min(8, channels - channel)
        let inverse = inverse.load8(channel, lanes: lanes)
        let normal = (source.load8(row + channel, lanes: lanes) - mean.load8(channel, lanes: lanes)) * inverse
        let centred =
          gradient.load8(row + channel, lanes: lanes) - sumGradient.load8(channel, lanes: lanes) * share
          - normal * sumProduct.load8(channel, lanes: lanes) * share
        target.store8(
          row + channel, centred * inverse * gamma.values.load8(channel, lanes: lanes), lanes: lanes)
      }
    }
  }
}
