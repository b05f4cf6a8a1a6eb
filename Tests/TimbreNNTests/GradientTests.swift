import Testing
import TimbreCore
import TimbreNN

/// Derivatives against central differences of the loss.
///
/// The loss is summed in double precision from single-precision logits near 1, so it is good to some 1e-7; with a step of 1/128
/// the difference quotient errs by 1e-5 from rounding, and by the loss's third derivative times 1e-5. The tolerance is some ten
/// times the two. Pools are fed by kernels of one tap, so that a step changes no window's winner.
@Suite struct GradientTests {
  static let networks: [(String, Int, [Layer])] = [
    ("columns", 9, [.conv1D(.init(3, kernelSize: 3, activation: .tanh)), .flatten]),
    (
      "columns, valid, stride 2", 12,
      [
        .conv1D(.init(4, kernelSize: 2, activation: .elu)),
        .conv1D(.init(3, kernelSize: 4, strides: 2, padding: .valid, activation: .sigmoid)), .flatten,
      ]
    ),
    (
      "taps", 14,
      [
        .conv1D(.init(12, kernelSize: 1, activation: .tanh)),
        .conv1D(.init(5, kernelSize: 5, strides: 3, activation: .tanh)), .flatten,
      ]
    ),
    (
      "tiles of kernel 3", 13,
      [
        .conv1D(.init(8, kernelSize: 2, activation: .tanh)), .conv1D(.init(12, kernelSize: 3, activation: .tanh)),
        .globalAvgPool,
      ]
    ),
    (
      "tiles of kernel 5", 13,
      [
        .conv1D(.init(8, kernelSize: 2, activation: .tanh)), .conv1D(.init(8, kernelSize: 5, activation: .sigmoid)),
        .flatten,
      ]
    ),
    (
      "tiles of kernel 6, valid", 17,
      [
        .conv1D(.init(8, kernelSize: 4, activation: .tanh)),
        .conv1D(.init(8, kernelSize: 6, padding: .valid, activation: .linear)), .globalAvgPool,
      ]
    ),
    (
      "tiles of kernel 4", 11,
      [
        .conv1D(.init(8, kernelSize: 4, activation: .tanh)), .conv1D(.init(8, kernelSize: 4, activation: .elu)),
        .globalAvgPool,
      ]
    ),
    ("max_pool", 11, [.conv1D(.init(9, kernelSize: 1, activation: .tanh)), .maxPool(.init(3, strides: 2)), .flatten]),
    (
      "max_pool, valid", 11,
      [.conv1D(.init(4, kernelSize: 1, activation: .tanh)), .maxPool(.init(4, strides: 1, padding: .valid)), .flatten]
    ),
    ("avg_pool", 11, [.conv1D(.init(9, activation: .tanh)), .avgPool(.init(4, strides: 3)), .flatten]),
    (
      "batch_norm of a sequence", 6,
      [.conv1D(.init(3, kernelSize: 3, activation: .tanh)), .batchNorm(.init()), .flatten]
    ),
    (
      "batch_norm first and last", 6,
      [
        .batchNorm(.init()), .conv1D(.init(3, kernelSize: 3, activation: .tanh)), .flatten,
        .dense(.init(10, activation: .tanh)),
        .batchNorm(.init()),
      ]
    ),
    (
      "dropout", 9,
      [
        .conv1D(.init(4, kernelSize: 3, activation: .tanh)), .dropout(.init(rate: 0.4)), .flatten,
        .dense(.init(7, activation: .sigmoid)), .dropout(.init(rate: 0.2)),
      ]
    ),
    (
      "activation", 8,
      [
        .conv1D(.init(5, kernelSize: 3, activation: .linear)), .activation(.init(.elu)), .flatten,
        .dense(.init(6, activation: .linear)), .activation(.init(.tanh)),
      ]
    ),
  ]

  @Test(arguments: networks) func centralDifferences(name: String, columns: Int, layers: [Layer]) throws {
    let data = Samples.random(rows: 11, columns: columns, classes: 3)
    let weights: [Float] = [1, 0.5, 2]
    func trainer(_ tensors: [Tensor]? = nil) throws -> Trainer {
      try Trainer(
        layers: layers, columns: columns, classWeights: weights, optimizer: .adam(.init()), batchSize: 11, seed: 3,
        jobs: 2,
        tensors: tensors)
    }
    let order = Array(0..<11)
    let start = try trainer()
    _ = start.differentiate(data, order[...])
    let tensors = try trainer().tensors
    let step: Float = 1 / 128
    for gradient in start.gradients {
      let place = try #require(tensors.firstIndex { $0.name == gradient.name })
      let stride = Swift.max(1, gradient.values.count / 12)
      for index in Swift.stride(from: 0, to: gradient.values.count, by: stride) {
        func loss(_ change: Float) throws -> Double {
          var moved = tensors
          moved[place].values[index] += change
          return try trainer(moved).differentiate(data, order[...]).loss / 11
        }
        let slope = try (loss(step) - loss(-step)) / Double(2 * step)
        let error = abs(slope - Double(gradient.values[index]))
        #expect(
          error < 3e-4 * max(1, abs(slope)),
          "\(name): \(gradient.name)[\(index)] \(gradient.values[index]), not \(slope)")
      }
      #expect(
        gradient.values.contains { abs($0) > 1e-3 } || gradient.name.hasSuffix("bias"),
        "\(gradient.name) is all but zero")
    }
  }
}

enum Samples {
  /// Sequences of random lengths whose frames carry a bump that moves up or down through the bins; which way is the class.
  static func glides(rows: Int, frames: Int, bins: Int, least: Int = 4, seed: UInt64 = 5) -> LabelledRows {
    var random = RandomSource(seed: seed, "glides")
    var values = [Float](repeating: 0, count: rows * frames * bins)
    var (lengths, labels): ([Int], [Int]) = ([], [])
    for row in 0..<rows {
      let length = least + random.index(below: frames - least + 1)
      let label = random.index(below: 2)
      let start = random.index(below: bins)
      for frame in 0..<length {
        let place = ((label == 0 ? start + frame : start - frame) % bins + bins) % bins
        for bin in 0..<bins {
          values[(row * frames + frame) * bins + bin] = Float(0.3 * random.normal()) + (bin == place ? 2 : 0)
        }
      }
      lengths.append(length)
      labels.append(label)
    }
    return LabelledRows(
      rows: Rows(.sequence(frames: frames, bins: bins), values: values, rows: rows, lengths: lengths), labels: labels)
  }

  /// Normal rows of random classes.
  static func random(rows: Int, columns: Int, classes: Int, seed: UInt64 = 5) -> LabelledRows {
    var random = RandomSource(seed: seed, "samples")
    let values = (0..<rows * columns).map { _ in Float(random.normal()) }
    return LabelledRows(
      rows: Matrix(rows: rows, columns: columns, values: values),
      labels: (0..<rows).map { _ in random.index(below: classes) })
  }

  /// Rows that differ in where a bump stands, under some noise.
  static func bumps(rows: Int, columns: Int, classes: Int, seed: UInt64 = 5) -> LabelledRows {
    let data = random(rows: rows, columns: columns, classes: classes, seed: seed)
    var matrix = data.rows.matrix
    for row in 0..<rows {
      let centre = (data.labels[row] * 2 + 1) * columns / (2 * classes)
      for column in 0..<columns {
        matrix[row, column] = 0.3 * matrix[row, column] + (abs(column - centre) <= 2 ? 2 : 0)
      }
    }
    return LabelledRows(rows: matrix, labels: data.labels)
  }
}
