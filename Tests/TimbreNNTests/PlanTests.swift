import Testing
import TimbreCore
import TimbreNN

@Suite struct PlanTests {
  private func parts(_ layers: [Layer], columns: Int = 20, classes: Int = 3) throws -> [ModelPart] {
    try NeuralNetwork(layers, TrainingOptions()).parts(columns: columns, classes: classes)
  }

  @Test func notebookNetworkHasTheNotebooksParameters() throws {
    let parts = try parts(Layer.notebook, columns: 162, classes: 8)
    #expect(parts.reduce(0) { $0 + $1.parameters } == 557_288)
    #expect(
      parts.filter { $0.name.hasPrefix("max_pool") }.map(\.shape) == [[81, 256], [41, 256], [21, 128], [11, 64]])
    #expect(parts.last == ModelPart(name: "output", shape: [8], parameters: 33 * 8))
  }

  @Test func keraslengths() throws {
    // Lengths that Keras's documentation gives: ⌈n / s⌉ for same, ⌈(n − k + 1) / s⌉ for valid.
    for length in 1...9 {
      for size in 1...5 {
        for step in 1...4 {
          let same = try parts([.maxPool(.init(size, strides: step)), .flatten], columns: length)[0]
          #expect(same.shape == [(length + step - 1) / step, 1])
          guard size <= length else { continue }
          let valid = try parts([.avgPool(.init(size, strides: step, padding: .valid)), .flatten], columns: length)[0]
          #expect(valid.shape == [(length - size + step) / step, 1])
        }
      }
    }
  }

  @Test(arguments: [
    ([Layer.conv1D(.init(4)), .maxPool(.init(30, strides: 2, padding: .valid)), .flatten], "layers.1", "max_pool"),
    ([.conv1D(.init(4, kernelSize: 21, padding: .valid)), .flatten], "layers.0", "conv1d"),
    ([.flatten, .conv1D(.init(4))], "layers.1", "conv1d"),
    ([.conv1D(.init(4)), .dense(.init(4))], "layers.1", "dense"),
    ([.globalAvgPool, .dense(.init(4)), .avgPool(.init(2, strides: 1))], "layers.2", "avg_pool"),
    ([.conv1D(.init(4))], "layers", "sequence"),
    ([.conv1D(.init(8192)), .flatten, .dense(.init(65_536))], "layers", "parameters"),
  ])
  func misfitsNameTheirLayer(layers: [Layer], subject: String, word: String) {
    do {
      _ = try parts(layers)
      Issue.record("no diagnostic")
    } catch let diagnostic as Diagnostic {
      #expect(diagnostic.kind == .invalidParameters)
      #expect(diagnostic.subject == subject)
      #expect(diagnostic.message.contains(word))
      #expect(diagnostic.help != nil)
    } catch { Issue.record(error) }
  }

  @Test func weightsOfAnotherNetworkAreNamed() throws {
    let network = NeuralNetwork([.conv1D(.init(4)), .batchNorm(.init()), .flatten], TrainingOptions())
    let data = Samples.random(rows: 4, columns: 20, classes: 3)
    var task = TrainingTask(train: data, classes: ["a", "b", "c"], seed: 1)
    task.jobs = 2
    let tensors = try network.train(task).tensors
    func complaint(_ tensors: [Tensor], columns: Int = 20) -> Diagnostic? {
      do {
        _ = try network.restore(tensors, columns: columns, classes: 3)
        return nil
      } catch { return error as? Diagnostic }
    }
    #expect(complaint(tensors) == nil)
    for index in tensors.indices {
      var less = tensors
      less.remove(at: index)
      #expect(complaint(less)?.kind == .badModel)
      #expect(complaint(less)?.message.contains(tensors[index].name) == true)
    }
    let extra = Tensor(name: "conv1d_2/kernel", shape: [1], values: [0])
    #expect(complaint(tensors + [extra])?.message.contains("conv1d_2/kernel") == true)
    #expect(complaint(tensors + [tensors[0]])?.kind == .badModel)
    #expect(complaint(tensors, columns: 21)?.message.contains("output/kernel") == true)
    var broken = tensors
    broken[0].values[3] = .nan
    #expect(complaint(broken)?.message.contains("conv1d_1/kernel") == true)
    broken = tensors
    broken[1].values.removeLast()
    #expect(complaint(broken)?.kind == .badModel)
  }

  @Test func rowsOfAnotherWidthAreRefused() throws {
    let network = NeuralNetwork([.flatten], TrainingOptions())
    let data = Samples.random(rows: 4, columns: 20, classes: 3)
    let model = try network.train(TrainingTask(train: data, classes: ["a", "b", "c"], seed: 1))
    #expect(kind { try model.probabilities(Matrix(rows: 1, columns: 19), jobs: 1) } == .badModel)
    #expect(
      kind {
        try model.probabilities(Matrix(rows: 1, columns: 20, values: [Float](repeating: .infinity, count: 20)), jobs: 1)
      }
        == .notFinite)
    #expect(try model.probabilities(Matrix(rows: 0, columns: 20), jobs: 2).rows == 0)
  }
}
