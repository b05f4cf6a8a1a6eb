import RealModule
import TimbreCore
import TimbreMachine

/// Probabilities from a network's weights.
///
/// A row's result must not depend on its neighbours. OpenBLAS may sum a matrix product of another height in another order; with it, rows
/// always go through the network eight at a time, filled up with zeros.
final class Predictor {
  private let workers: Workers
  private let networks: [Network]
  private let weights: Weights

  init(_ weights: Weights, jobs: Int) throws {
    if Panels.needsOpenBLAS { _ = try OpenBLAS.library() }
    self.weights = weights
    workers = Workers(jobs)
    networks = (0..<workers.count).map { _ in
      Network(weights.plan, weights, capacity: Slice.size, workers: Workers(1), isTraining: false)
    }
  }

  /// To be called after the weights have changed.
  func refresh() { workers.run(networks.count) { index, _ in networks[index].refresh() } }

  func probabilities(_ rows: Rows) -> Matrix {
    let classes = weights.plan.classes
    let groups = Slice.count(for: rows.count)
    var result = Matrix(rows: rows.count, columns: classes)
    let arena = Arena()
    let collected = arena.floats(rows.count * classes)
    let blank = [Float](repeating: 0, count: rows.shape.count)
    workers.run(groups) { group, worker in
      let slice = Slice(group, of: rows.count)
      let network = networks[worker]
      let samples = Panels.needsOpenBLAS ? Slice.size : slice.count
      for sample in 0..<samples {
        let isThere = sample < slice.count
        network.setInput(
          sample, isThere ? rows.row(slice.first + sample) : blank[...],
          length: isThere ? rows.length(of: slice.first + sample) : 1)
      }
      var values = [Float](repeating: 0, count: Slice.size * classes)
      network.infer(samples, into: &values)
      collected.from(slice.first * classes, slice.count * classes).copy(values[..<(slice.count * classes)])
    }
    result.values = withExtendedLifetime(arena) { collected.array }
    return result
  }

  /// Mean cross-entropy, unweighted, and the share of rows classified right.
  func evaluate(_ data: LabelledRows) -> (loss: Double, accuracy: Double) {
    let probabilities = probabilities(data.rows)
    var loss = 0.0
    var hits = 0
    for (index, label) in data.labels.enumerated() {
      let row = probabilities.row(index)
      // A probability that rounds to zero would be an infinite loss; Keras clips in the same place.
      loss -= Double.log(Swift.max(Double(row[row.startIndex + label]), 1e-7))
      if let best = row.indices.max(by: { row[$0] < row[$1] }), best == row.startIndex + label { hits += 1 }
    }
    let count = Double(Swift.max(1, data.labels.count))
    return (loss / count, Double(hits) / count)
  }
}
