import RealModule
import Testing
import TimbreCore

import TimbreLearners

@Suite struct LinearTests {
  private static func learner(_ loss: LinearLoss) -> LinearLearner {
    var learner = LinearLearner()
    learner.loss = loss
    learner.tolerance = 1e-10
    return learner
  }

  /// At the minimum the weights are C · Σ of what the rows pull: the derivative of the published problem is zero.
  @Test(arguments: [LinearLoss.squaredHinge, .logistic]) func weightsAreAtTheMinimum(_ loss: LinearLoss) throws {
    let data = Samples.clusters(rows: 80, classes: 2, distance: 1)
    var learner = Self.learner(loss)
    learner.c = 0.3
    let model = try learner.train(Samples.task(data, classes: 2))
    let weights = model.tensors[1].values.map { Double($0) } + [Double(model.tensors[2].values[0])]
    var gradient = weights
    for row in 0..<80 {
      let x = data.rows.row(row).map { Double($0) } + [1]
      let y = data.labels[row] == 1 ? 1.0 : -1
      let margin = y * zip(weights, x).reduce(0) { $0 + $1.0 * $1.1 }
      let slope = loss == .logistic ? -1 / (1 + Double.exp(margin)) : -2 * max(0, 1 - margin)
      for column in gradient.indices { gradient[column] += 0.3 * slope * y * x[column] }
    }
    #expect(gradient.allSatisfy { abs($0) < 2e-5 }, "\(gradient)")
  }

  @Test func withoutInterceptTheBorderPassesZero() throws {
    var learner = Self.learner(.logistic)
    learner.fitIntercept = false
    let model = try learner.train(Samples.task(Samples.clusters(rows: 60, classes: 2, distance: 2), classes: 2))
    #expect(try model.probabilities(Matrix(rows: 1, columns: 6), jobs: 1).values == [0.5, 0.5])
  }

  /// Probabilities as the page says: softmax of the values, or sigmoids divided by their sum.
  @Test(arguments: [2, 3]) func probabilitiesFollowFromTheValues(_ classes: Int) throws {
    let data = Samples.clusters(rows: 60, classes: classes, distance: 1)
    for loss in [LinearLoss.squaredHinge, .logistic] {
      let model = try Self.learner(loss).train(Samples.task(data, classes: classes))
      let found = try model.probabilities(data.rows, jobs: 1)
      for row in 0..<60 {
        let values = model.decisions(data.rows.matrix.values.span.extracting(row * 6..<row * 6 + 6))
        let powers = values.map { loss == .logistic ? 1 / (1 + Double.exp(-$0)) : Double.exp($0) }
        for label in 0..<classes {
          #expect(abs(Double(found[row, label]) - powers[label] / powers.reduce(0, +)) < 1e-6)
        }
      }
    }
  }
}
