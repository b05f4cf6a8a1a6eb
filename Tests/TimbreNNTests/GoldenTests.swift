import Foundation
import Testing
import TimbreCore
import TimbreNN

/// Small networks that together hold every layer, activation, optimiser and schedule, against PyTorch in double precision. Sequences go
/// through PyTorch one by one, each as long as it is.
///
/// Single precision over four steps, with Adam's quotient of two small numbers in between, stays within 1e-4 of each tensor's
/// largest number.
@Suite struct GoldenTests {
  struct Golden: Decodable {
    var losses: [Double]
    var rates: [Double]
    var gradients: [String: [Double]]
    var weights: [[String: [Double]]]
    var probabilities: [Double]
  }

  struct Case: Sendable {
    var name: String
    var shape: RowShape
    var layers: [JSONValue]
    var weights: [Float]
    var optimizer: JSONValue
    var schedule: JSONValue
  }

  static let cases = [
    Case(
      name: "tiles", shape: .vector(columns: 23),
      layers: [
        ["type": "conv1d", "filters": 8, "kernel_size": 3, "activation": "tanh"],
        ["type": "max_pool", "pool_size": 3, "strides": 2, "padding": "same"], ["type": "conv1d", "filters": 12],
        ["type": "avg_pool", "pool_size": 4, "strides": 3], ["type": "batch_norm", "momentum": 0.9, "epsilon": 0.001],
        "flatten",
        ["type": "dense", "units": 5, "activation": "elu"],
      ], weights: [1, 0.5, 2],
      optimizer: ["type": "adam", "learning_rate": 0.01, "beta_2": 0.99, "epsilon": 1e-6, "weight_decay": 0.02],
      schedule: ["type": "step", "every": 2, "factor": 0.5]),
    Case(
      name: "columns", shape: .vector(columns: 26),
      layers: [
        [
          "type": "conv1d", "filters": 4, "kernel_size": 4, "strides": 2, "padding": "valid",
          "activation": "leaky_relu",
        ],
        ["type": "activation", "activation": "sigmoid"], ["type": "dropout", "rate": 0.3],
        ["type": "conv1d", "filters": 6, "kernel_size": 3, "strides": 2, "activation": "elu"], "global_avg_pool",
        ["type": "dense", "units": 6, "activation": "tanh"], ["type": "dropout", "rate": 0.2],
      ], weights: [1, 1, 1],
      optimizer: ["type": "sgd", "learning_rate": 0.1, "momentum": 0.9, "nesterov": true, "weight_decay": 0.01],
      schedule: "constant"),
    Case(
      name: "valid", shape: .vector(columns: 19),
      layers: [
        ["type": "conv1d", "filters": 8, "kernel_size": 2, "padding": "valid", "activation": "linear"],
        ["type": "conv1d", "filters": 16, "kernel_size": 5, "padding": "valid", "activation": "leaky_relu"],
        ["type": "max_pool", "pool_size": 3, "strides": 2, "padding": "valid"], "flatten",
      ], weights: [0.3, 1, 3],
      optimizer: [
        "type": "adamw", "learning_rate": 0.02, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-5, "weight_decay": 0.1,
      ],
      schedule: ["type": "cosine", "minimum": 0.001]),
    Case(
      name: "taps", shape: .vector(columns: 17),
      layers: [
        ["type": "conv1d", "filters": 9, "kernel_size": 2, "activation": "tanh"],
        ["type": "conv1d", "filters": 5, "kernel_size": 5, "strides": 2],
        ["type": "avg_pool", "pool_size": 3, "strides": 2, "padding": "valid"], "flatten",
        ["type": "dense", "units": 6, "activation": "sigmoid"],
        ["type": "batch_norm", "momentum": 0.5, "epsilon": 0.01],
      ], weights: [1, 1, 1], optimizer: ["type": "sgd", "learning_rate": 0.2, "momentum": 0.5],
      schedule: ["type": "reduce_on_plateau", "patience": 1, "factor": 0.5, "min_delta": 10]),
    Case(
      name: "sequences, tiles", shape: .sequence(frames: frames, bins: 8),
      layers: [
        ["type": "conv1d", "filters": 8, "activation": "tanh"],
        ["type": "batch_norm", "momentum": 0.9, "epsilon": 0.001], ["type": "max_pool", "pool_size": 3],
        ["type": "dropout", "rate": 0.3],
        ["type": "conv1d", "filters": 12, "kernel_size": 3, "activation": "sigmoid"], "global_avg_pool",
        ["type": "dense", "units": 5, "activation": "elu"],
      ], weights: [1, 0.5, 2],
      optimizer: ["type": "adam", "learning_rate": 0.01, "beta_2": 0.99, "epsilon": 1e-6, "weight_decay": 0.02],
      schedule: ["type": "step", "every": 2, "factor": 0.5]),
    Case(
      name: "sequences, columns", shape: .sequence(frames: frames, bins: 5),
      layers: [
        ["type": "conv1d", "filters": 6, "kernel_size": 4, "strides": 2, "activation": "elu"],
        ["type": "activation", "activation": "sigmoid"], ["type": "avg_pool", "pool_size": 4, "strides": 3],
        ["type": "batch_norm", "momentum": 0.5, "epsilon": 0.01],
        ["type": "conv1d", "filters": 4, "kernel_size": 3, "strides": 2, "activation": "tanh"], "global_max_pool",
      ], weights: [1, 1, 1],
      optimizer: ["type": "sgd", "learning_rate": 0.1, "momentum": 0.9, "nesterov": true, "weight_decay": 0.01],
      schedule: "constant"),
    Case(
      name: "sequences, valid", shape: .sequence(frames: frames, bins: 4),
      layers: [
        ["type": "batch_norm", "momentum": 0.9, "epsilon": 0.001],
        ["type": "conv1d", "filters": 8, "kernel_size": 2, "padding": "valid", "activation": "linear"],
        ["type": "conv1d", "filters": 16, "kernel_size": 3, "padding": "valid", "activation": "leaky_relu"],
        ["type": "max_pool", "pool_size": 2, "padding": "valid"], "flatten",
        ["type": "dense", "units": 6, "activation": "tanh"],
      ], weights: [0.3, 1, 3],
      optimizer: [
        "type": "adamw", "learning_rate": 0.02, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-5, "weight_decay": 0.1,
      ],
      schedule: ["type": "cosine", "minimum": 0.001]),
  ]

  private static let frames = 17

  /// Rows by a formula; sequences of 5 to 17 frames.
  private static func rows(_ count: Int, _ shape: RowShape) -> Rows {
    var values = spread(count * shape.count, salt: 77).map { Float(4 * $0) }
    guard case .sequence(let frames, let bins) = shape else { return Rows(shape, values: values, rows: count) }
    let lengths = (0..<count).map { 5 + 7 * $0 % 13 }
    for (row, length) in lengths.enumerated() {
      for index in (row * frames + length) * bins..<(row + 1) * frames * bins { values[index] = 0 }
    }
    return Rows(shape, values: values, rows: count, lengths: lengths)
  }

  @Test(arguments: cases) func sameAsPyTorch(_ example: Case) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Goldens/nn.json")
    let golden = try #require(JSONDecoder().decode([String: Golden].self, from: Data(contentsOf: file))[example.name])
    let rows = 13
    let layers = try example.layers.map { try #require(Layer(json: $0), "\($0)") }
    let optimizer = try #require(Optimizer(json: example.optimizer))
    var schedule = ScheduleState(
      try #require(Schedule(json: example.schedule)), start: optimizer.learningRate, epochs: golden.losses.count)
    let data = LabelledRows(
      rows: Self.rows(rows, example.shape), labels: (0..<rows).map { (5 * $0 + $0 / 4) % 3 })

    let blank = try trainer(layers, example, optimizer)
    let trainer = try trainer(
      layers, example, optimizer, blank.tensors.enumerated().map { firstWeights($1, salt: $0 + 1) })
    for step in golden.losses.indices {
      trainer.learningRate = schedule.rate
      #expect(abs(schedule.rate - golden.rates[step]) < 1e-12)
      let loss = trainer.step(data, Array(0..<rows)[...]).loss / Double(rows)
      schedule.finish(epoch: step + 1, loss: loss)
      #expect(abs(loss - golden.losses[step]) < 1e-4 * golden.losses[step], "step \(step)")
      if step == 0 {
        #expect(trainer.gradients.count == golden.gradients.count)
        for gradient in trainer.gradients { compare(gradient, golden.gradients, "first gradient") }
      }
      #expect(trainer.tensors.count == golden.weights[step].count)
      for tensor in trainer.tensors { compare(tensor, golden.weights[step], "weights after step \(step)") }
    }
    let model = try NeuralNetwork(layers, TrainingOptions()).restore(
      trainer.tensors, for: example.shape, classes: 3)
    let probabilities = try model.probabilities(data.rows, jobs: 2)
    #expect(zip(probabilities.values, golden.probabilities).allSatisfy { abs(Double($0) - $1) < 1e-4 })
  }

  private func trainer(
    _ layers: [Layer], _ example: Case, _ optimizer: Optimizer, _ tensors: [Tensor]? = nil
  ) throws -> Trainer {
    try Trainer(
      layers: layers, shape: example.shape, classWeights: example.weights, optimizer: optimizer, batchSize: 13,
      seed: 11,
      jobs: 2, tensors: tensors)
  }

  private func compare(_ tensor: Tensor, _ golden: [String: [Double]], _ what: String) {
    guard let expected = golden[tensor.name], expected.count == tensor.values.count else {
      Issue.record("\(tensor.name) is not among the goldens")
      return
    }
    let largest = expected.reduce(0) { Swift.max($0, abs($1)) }
    let error = zip(tensor.values, expected).reduce(0) { Swift.max($0, abs(Double($1.0) - $1.1)) }
    #expect(error <= 1e-4 * largest, "\(what): \(tensor.name) is off by \(error) of \(largest)")
  }

  /// As `spread` of the script.
  private static func spread(_ count: Int, salt: Int) -> [Double] {
    (0..<count).map { Double(Float(Double(($0 * 7919 + salt * 104_729) % 10007) / 10007 - 0.5)) }
  }

  private func firstWeights(_ tensor: Tensor, salt: Int) -> Tensor {
    let (centre, scale): (Double, Double) =
      switch tensor.name.split(separator: "/").last {
      case "kernel": (0, 0.8)
      case "bias": (0, 0.2)
      case "gamma": (1, 0.4)
      case "beta": (0, 0.4)
      case "moving_variance": (1, 0)
      default: (0, 0)
      }
    var copy = tensor
    copy.values = Self.spread(tensor.values.count, salt: salt).map { Float(centre + scale * $0) }
    return copy
  }
}
