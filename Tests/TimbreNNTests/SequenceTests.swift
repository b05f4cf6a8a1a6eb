import Testing
import TimbreCore
import TimbreNN

/// What masking promises: frames that fill a sequence up take part in nothing.
@Suite struct SequenceTests {
  static let networks: [(name: String, layers: [Layer])] = [
    ("default", Layer.frames),
    ("columns", [.conv1D(.init(6, kernelSize: 4, activation: .sigmoid)), .globalMaxPool]),
    (
      "strides",
      [
        .conv1D(.init(9, kernelSize: 3, strides: 2, activation: .sigmoid)), .avgPool(.init(3, strides: 2)),
        .conv1D(.init(8, kernelSize: 2, strides: 2, activation: .elu)), .globalAvgPool, .dense(.init(6)),
      ]
    ),
    (
      "tiles, valid",
      [
        .batchNorm(.init()), .conv1D(.init(8, kernelSize: 3, padding: .valid, activation: .tanh)),
        .maxPool(.init(5, strides: 2)), .conv1D(.init(12, kernelSize: 4, activation: .leakyReLU)), .dropout(.init()),
        .activation(.init(.sigmoid)), .globalAvgPool,
      ]
    ),
    ("pool alone", [.globalAvgPool]),
  ]

  /// The same sequences filled up further.
  private func padded(_ data: LabelledRows, to frames: Int) -> LabelledRows {
    guard case .sequence(let before, let bins) = data.rows.shape else { return data }
    var values: [Float] = []
    for row in 0..<data.rows.count {
      values += data.rows.row(row) + [Float](repeating: 0, count: (frames - before) * bins)
    }
    let rows = Rows(
      .sequence(frames: frames, bins: bins), values: values, rows: data.rows.count, lengths: data.rows.lengths)
    return LabelledRows(rows: rows, labels: data.labels)
  }

  private func trainer(_ data: LabelledRows, _ layers: [Layer], tensors: [Tensor]? = nil) throws -> Trainer {
    try Trainer(
      layers: layers, shape: data.rows.shape, classWeights: [1, 2], optimizer: .adam(.init()), batchSize: 30, seed: 8,
      jobs: 2, tensors: tensors)
  }

  @Test(arguments: networks.indices, [24, 25, 26, 31, 64])
  func morePaddingChangesNothing(_ network: Int, frames: Int) throws {
    let (name, layers) = Self.networks[network]
    let data = Samples.glides(rows: 30, frames: 23, bins: 8)
    let longer = padded(data, to: frames)
    let (short, long) = (try trainer(data, layers), try trainer(longer, layers))
    #expect(short.tensors == long.tensors)
    let order = Array(0..<30)
    let losses = (short.differentiate(data, order[...]), long.differentiate(longer, order[...]))
    #expect(abs(losses.0.loss - losses.1.loss) < 1e-4 * losses.0.loss, "\(name)")
    for (one, other) in zip(short.gradients, long.gradients) {
      let largest = one.values.reduce(0) { max($0, abs($1)) }
      let error = zip(one.values, other.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(error <= 2e-5 * max(largest, 0.01), "\(name): \(one.name) is off by \(error) of \(largest)")
    }
    let models = try (
      NeuralNetwork(layers, TrainingOptions()).restore(short.tensors, for: data.rows.shape, classes: 2),
      NeuralNetwork(layers, TrainingOptions()).restore(long.tensors, for: longer.rows.shape, classes: 2)
    )
    let answers = try (models.0.probabilities(data.rows, jobs: 1), models.1.probabilities(longer.rows, jobs: 2))
    #expect(zip(answers.0.values, answers.1.values).allSatisfy { abs($0 - $1) < 1e-5 }, "\(name)")
    #expect(Set(answers.0.values).count > 30, "\(name): rows are told apart")
  }

  /// As in `GradientTests`; the lengths of a batch differ.
  @Test(arguments: networks.indices) func centralDifferences(_ network: Int) throws {
    // Where a step can change a window's winner or a rectifier's side, there is no derivative to compare with.
    let smooth = Self.networks[network].layers.map { layer -> Layer in
      switch layer {
      case .conv1D(var config):
        if config.activation == .relu || config.activation == .leakyReLU { config.activation = .tanh }
        return .conv1D(config)
      case .dense(var config):
        config.activation = .tanh
        return .dense(config)
      case .maxPool(let config): return .avgPool(config)
      case .globalMaxPool: return .globalAvgPool
      default: return layer
      }
    }
    let data = Samples.glides(rows: 13, frames: 15, bins: 8)
    let order = Array(0..<13)
    let start = try trainer(data, smooth)
    let tensors = start.tensors
    _ = start.differentiate(data, order[...])
    let step: Float = 1 / 128
    for gradient in start.gradients {
      let place = try #require(tensors.firstIndex { $0.name == gradient.name })
      for index in stride(from: 0, to: gradient.values.count, by: max(1, gradient.values.count / 8)) {
        func loss(_ change: Float) throws -> Double {
          var moved = tensors
          moved[place].values[index] += change
          return try trainer(data, smooth, tensors: moved).differentiate(data, order[...]).loss / 13
        }
        let slope = try (loss(step) - loss(-step)) / Double(2 * step)
        #expect(
          abs(slope - Double(gradient.values[index])) < 4e-4 * max(1, abs(slope)),
          "\(Self.networks[network].name): \(gradient.name)[\(index)] \(gradient.values[index]), not \(slope)")
      }
    }
  }

  @Test func learnsWhatOnlyTheOrderTells() throws {
    // Pooled over time, both classes look the same.
    let (train, test) = (
      Samples.glides(rows: 160, frames: 20, bins: 8), Samples.glides(rows: 80, frames: 20, bins: 8, seed: 6)
    )
    var options = TrainingOptions()
    options.epochs = 15
    options.batchSize = 20
    let models = try [1, 3].map { jobs in
      try NeuralNetwork(Layer.frames, options).train(
        TrainingTask(train: train, validation: test, classes: ["up", "down"], seed: 2, jobs: jobs))
    }
    #expect(models[0].tensors == models[1].tensors)
    #expect(models[0].history == models[1].history)
    let answers = try models[0].probabilities(test.rows, jobs: 2)
    let hits = test.labels.indices.count { (answers[$0, 1] > 0.5) == (test.labels[$0] == 1) }
    #expect(hits > 72)
    // A row's answer depends on no other row, and on no job.
    let alone = try models[0].probabilities(test.rows.selecting([17]), jobs: 1)
    #expect(Array(alone.values) == Array(answers.row(17)))
  }

  @Test func sequencesTooShortForALayerAreNamed() throws {
    let layers: [Layer] = [.conv1D(.init(8, kernelSize: 6, padding: .valid)), .globalAvgPool]
    let network = NeuralNetwork(layers, TrainingOptions())
    let data = Samples.glides(rows: 12, frames: 12, bins: 8)
    let least = try #require(data.rows.lengths.firstIndex { $0 == data.rows.lengths.min() })
    let error = #expect(throws: Diagnostic.self) {
      try network.train(TrainingTask(train: data, classes: ["up", "down"], seed: 2))
    }
    #expect(error?.message.contains("row \(least) has") == true)
    #expect(error?.message.contains("kernel_size 6") == true)
    #expect(try network.parts(of: .sequence(frames: 6, bins: 8), classes: 2).map(\.shape) == [[1, 8], [8], [2]])
    #expect(throws: Diagnostic.self) { try network.parts(of: .sequence(frames: 5, bins: 8), classes: 2) }
  }

  @Test func vectorsAndOtherSequencesAreRefused() throws {
    let data = Samples.glides(rows: 12, frames: 12, bins: 8)
    let model = try NeuralNetwork([.globalAvgPool], TrainingOptions()).train(
      TrainingTask(train: data, classes: ["up", "down"], seed: 2))
    #expect(kind { try model.probabilities(Matrix(rows: 1, columns: 96), jobs: 1) } == .badModel)
    #expect(kind { try model.probabilities(padded(data, to: 13).rows, jobs: 1) } == .badModel)
    #expect(try model.probabilities(data.rows.selecting([]), jobs: 1).rows == 0)
  }
}
