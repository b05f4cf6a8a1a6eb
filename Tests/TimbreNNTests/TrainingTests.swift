import Foundation
import Synchronization
import Testing
import TimbreCore
import TimbreNN

@Suite struct TrainingTests {
  static let small: [Layer] = [
    .conv1D(.init(16)), .maxPool(.init(5, strides: 2)), .conv1D(.init(16, kernelSize: 3)), .batchNorm(.init()),
    .dropout(.init(rate: 0.2)), .flatten, .dense(.init(12)),
  ]
  static let classes = ["calm", "happy", "sad"]

  static func options(_ change: (inout TrainingOptions) -> Void = { _ in }) -> TrainingOptions {
    var options = TrainingOptions()
    options.epochs = 6
    options.batchSize = 24
    change(&options)
    return options
  }

  static func task(
    _ train: LabelledRows, _ validation: LabelledRows? = nil, jobs: Int = 2, seed: UInt64 = 1
  ) -> TrainingTask {
    TrainingTask(train: train, validation: validation, classes: classes, seed: seed, jobs: jobs)
  }

  @Test func learnsWhatCanBeLearnt() throws {
    let train = Samples.bumps(rows: 200, columns: 30, classes: 3)
    let test = Samples.bumps(rows: 90, columns: 30, classes: 3, seed: 6)
    let network = NeuralNetwork(Self.small, Self.options { $0.epochs = 15 })
    let model = try network.train(Self.task(train))
    #expect(model.history.count == 15)
    #expect(model.history[14]["loss"] ?? 9 < (model.history[0]["loss"] ?? 0) / 4)
    #expect(accuracy(try model.probabilities(test.rows, jobs: 2), test.labels) > 0.95)
  }

  @Test func threadsDoNotMatter() throws {
    let train = Samples.bumps(rows: 100, columns: 30, classes: 3)
    let network = NeuralNetwork(Self.small, Self.options { $0.epochs = 2 })
    let models = try [1, 2, 3].map { try network.train(Self.task(train, train, jobs: $0)) }
    #expect(models[0].tensors == models[1].tensors)
    #expect(models[0].tensors == models[2].tensors)
    #expect(models[0].history == models[1].history)
    #expect(models[0].tensors != (try network.train(Self.task(train, seed: 2)).tensors))
    let probabilities = try [1, 2, 3].map { try models[0].probabilities(train.rows, jobs: $0) }
    #expect(probabilities[0] == probabilities[1])
    #expect(probabilities[0] == probabilities[2])
  }

  @Test(arguments: [TrainingTests.small, Layer.notebook, [.flatten, .dense(.init(70)), .dense(.init(33))]])
  func neighboursDoNotMatter(layers: [Layer]) throws {
    let network = NeuralNetwork(layers, Self.options { $0.epochs = 1 })
    let data = Samples.random(rows: 100, columns: 162, classes: 3)
    let model = try network.train(Self.task(data))
    let all = try model.probabilities(data.rows, jobs: 2)
    for start in stride(from: 0, to: 98, by: 7) {
      let seven = try model.probabilities(data.rows.selecting(Array(start..<start + 7)), jobs: 2)
      for row in 0..<7 { #expect(seven.row(row).elementsEqual(all.row(start + row))) }
    }
    for row in 0..<100 {
      #expect(try model.probabilities(data.rows.selecting([row]), jobs: 1).values.elementsEqual(all.row(row)))
      #expect(abs(all.row(row).reduce(0, +) - 1) < 1e-6)
    }
  }

  @Test func restoredNetworkPredictsTheSame() throws {
    let train = Samples.bumps(rows: 60, columns: 30, classes: 3)
    let network = NeuralNetwork(Self.small, Self.options())
    let model = try network.train(Self.task(train))
    let restored = try network.restore(model.tensors, columns: 30, classes: 3)
    #expect(try restored.probabilities(train.rows, jobs: 2) == model.probabilities(train.rows, jobs: 2))
    #expect(restored.history.isEmpty)
  }

  @Test func earlyStoppingKeepsTheBestEpoch() throws {
    // Labels without a pattern: the validation loss soon rises.
    let train = Samples.random(rows: 60, columns: 30, classes: 3)
    let validation = Samples.random(rows: 40, columns: 30, classes: 3, seed: 9)
    let network = NeuralNetwork(
      Self.small,
      Self.options {
        $0.epochs = 60
        $0.earlyStopping = EarlyStopping()
        $0.earlyStopping?.patience = 4
      })
    let model = try network.train(Self.task(train, validation))
    let losses = model.history.compactMap { $0["val_loss"] }
    #expect(losses.count < 60)
    let best = try #require(losses.indices.min { losses[$0] < losses[$1] })
    #expect(best == losses.count - 5)
    let probabilities = try model.probabilities(validation.rows, jobs: 1)
    let loss =
      validation.labels.indices.reduce(0) { $0 - Foundation.log(Double(probabilities[$1, validation.labels[$1]])) } / 40
    #expect(abs(loss - losses[best]) < 1e-6)
  }

  @Test func earlyStoppingNeedsValidation() {
    let network = NeuralNetwork(Self.small, Self.options { $0.earlyStopping = EarlyStopping() })
    #expect(kind { try network.train(Self.task(Samples.bumps(rows: 20, columns: 30, classes: 3))) } == .training)
  }

  @Test func lossWithoutBoundsIsReported() {
    var descent = Optimizer.SGD()
    descent.learningRate = 1e30
    let network = NeuralNetwork(Self.small, Self.options { $0.optimizer = .sgd(descent) })
    do {
      _ = try network.train(Self.task(Samples.random(rows: 60, columns: 30, classes: 3)))
      Issue.record("training went on")
    } catch let diagnostic as Diagnostic {
      #expect(diagnostic.kind == .training)
      #expect(diagnostic.message.contains("epoch"))
      #expect(diagnostic.help?.contains("learning rate") == true)
    } catch { Issue.record(error) }
  }

  @Test func cancellationIsHeard() {
    let network = NeuralNetwork(Self.small, Self.options { $0.epochs = 1000 })
    var task = Self.task(Samples.bumps(rows: 20, columns: 30, classes: 3))
    let calls = Counter()
    task.isCancelled = { calls.next() > 3 }
    #expect(kind { try network.train(task) } == .cancelled)
    #expect(calls.next() == 5)
  }

  @Test func oddInputsTrain() throws {
    let one = LabelledRows(rows: Matrix(rows: 1, columns: 30, values: [Float](repeating: 1, count: 30)), labels: [2])
    let constant = LabelledRows(rows: Matrix(rows: 25, columns: 30), labels: [Int](repeating: 1, count: 25))
    for data in [one, constant] {
      let model = try NeuralNetwork(Self.small, Self.options { $0.classWeight = .balanced }).train(Self.task(data))
      let probabilities = try model.probabilities(data.rows, jobs: 2)
      #expect(!probabilities.values.contains { !$0.isFinite })
      #expect(model.history.count == 6)
    }
    let network = NeuralNetwork(Self.small, Self.options())
    #expect(
      kind { try network.train(Self.task(LabelledRows(rows: Matrix(rows: 0, columns: 30), labels: []))) } == .training)
    #expect(
      kind {
        try network.train(Self.task(LabelledRows(rows: Matrix(rows: 1, columns: 2, values: [0, .nan]), labels: [0])))
      }
        == .notFinite)
  }

  @Test func classWeights() throws {
    let rows = Matrix(rows: 4, columns: 9, values: (0..<36).map { Float($0 % 7) })
    let data = LabelledRows(rows: rows, labels: [0, 0, 0, 1])
    let layers: [Layer] = [.flatten]
    func loss(_ weight: ClassWeight) throws -> Double {
      let options = Self.options {
        $0.classWeight = weight
        $0.epochs = 1
      }
      return try NeuralNetwork(layers, options).train(Self.task(data)).history[0]["loss"] ?? .nan
    }
    // scikit-learn: rows / (classes that occur · rows of the class) = 4 / (2 · 3) and 4 / (2 · 1).
    let named = ClassWeight.weights([.init("calm", 4.0 / 6), .init("happy", 2)])
    #expect(abs(try loss(.balanced) - loss(named)) < 1e-6)
    #expect(abs(try loss(.balanced) - loss(.none)) > 1e-3)
    do {
      _ = try loss(.weights([.init("hapy", 2)]))
      Issue.record("an unknown label passed")
    } catch let diagnostic as Diagnostic {
      #expect(diagnostic.help == "did you mean \"happy\"?")
    }
  }
}

final class Counter: Sendable {
  private let count = Atomic<Int>(0)
  func next() -> Int { count.wrappingAdd(1, ordering: .relaxed).newValue }
}

func accuracy(_ probabilities: Matrix, _ labels: [Int]) -> Double {
  let right = labels.indices.count { row in
    (0..<probabilities.columns).allSatisfy { probabilities[row, labels[row]] >= probabilities[row, $0] }
  }
  return Double(right) / Double(labels.count)
}

func kind(_ work: () throws -> Any) -> Diagnostic.Kind? {
  do {
    _ = try work()
    return nil
  } catch { return (error as? Diagnostic)?.kind }
}
