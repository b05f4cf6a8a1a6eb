import Foundation
import Testing
import TimbreCore
import TimbreNN

/// Speed of the default network, printed as JSON beside that of `Benchmarks/train_pytorch.py`: set TIMBRE_BENCHMARK=1.
@Suite(
  .serialized, .enabled(if: ProcessInfo.processInfo.environment["TIMBRE_BENCHMARK"] != nil, "set TIMBRE_BENCHMARK=1"))
struct SpeedTests {
  @Test func notebookNetwork() throws {
    let jobs = ProcessInfo.processInfo.environment["TIMBRE_JOBS"].flatMap(Int.init) ?? 2
    let batch = 64
    var random = RandomSource(seed: 7, "speed")
    let rows = Matrix(rows: batch, columns: 162, values: (0..<batch * 162).map { _ in Float(random.normal()) })
    let data = LabelledRows(rows: rows, labels: (0..<batch).map { _ in random.index(below: 8) })
    let trainer = try Trainer(
      layers: Layer.notebook, columns: 162, classWeights: [Float](repeating: 1, count: 8), optimizer: .adam(.init()),
      batchSize: batch, seed: 7, jobs: jobs)
    let order = Array(0..<batch)
    let training = samplesPerSecond(batch) { _ = trainer.step(data, order[...]) }
    let model = try NeuralNetwork(Layer.notebook, TrainingOptions()).restore(trainer.tensors, columns: 162, classes: 8)
    let many = Matrix(rows: 1024, columns: 162, values: (0..<1024 * 162).map { _ in Float(random.normal()) })
    let inference = samplesPerSecond(1024) { _ = try? model.probabilities(many, jobs: jobs) }
    print(
      "{\"what\": \"timbre\", \"threads\": \(jobs), \"training_samples_per_second\": \(training), \"inference_samples_per_second\": \(inference)}"
    )
    #expect(training > 0 && inference > 0)
  }

  /// Median of five.
  private func samplesPerSecond(_ batch: Int, _ step: () -> Void) -> Double {
    for _ in 0..<3 { step() }
    let rates = (0..<5).map { _ in
      let clock = ContinuousClock()
      let start = clock.now
      var steps = 0
      while clock.now - start < .seconds(1.5) {
        step()
        steps += 1
      }
      let taken = (clock.now - start) / Duration.seconds(1)
      return Double(steps * batch) / taken
    }
    return rates.sorted()[2].rounded()
  }
}
