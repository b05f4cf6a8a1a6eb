import Testing
import TimbreCore
import TimbreLearners

@Suite struct NeighbourTests {
  private func learner(_ change: (inout NeighbourLearner) -> Void) -> NeighbourLearner {
    var learner = NeighbourLearner()
    change(&learner)
    return learner
  }

  @Test(arguments: NeighbourMetric.allCases) func oneNeighbourRepeatsItsLabels(_ metric: NeighbourMetric) throws {
    let data = Samples.clusters(rows: 80, distance: 0)
    let model = try learner {
      $0.neighbours = 1
      $0.metric = metric
    }.train(Samples.task(data))
    #expect(try accuracy(model, data) == 1)
  }

  @Test func votesCount() throws {
    // At distances 1, 2, 4 and 8 from 0, of the classes 0, 1, 1, 2.
    let data = LabelledRows(rows: Matrix(rows: 4, columns: 1, values: [1, -2, 4, 8]), labels: [0, 1, 1, 2])
    func votes(_ weights: NeighbourWeights, at x: Float = 0) throws -> [Float] {
      let model = try learner {
        $0.neighbours = 3
        $0.weights = weights
      }.train(Samples.task(data))
      return try model.probabilities(Matrix(rows: 1, columns: 1, values: [x]), jobs: 1).values
    }
    #expect(try votes(.uniform) == [Float(1.0 / 3), Float(2.0 / 3), 0])
    #expect(try votes(.distance) == [Float(1 / 1.75), Float(0.75 / 1.75), 0])
    #expect(try votes(.distance, at: 8) == [0, 0, 1])
  }

  /// Rows at one distance: the earlier one is nearer.
  @Test func tiesGoToTheEarlier() throws {
    let data = LabelledRows(rows: Matrix(rows: 4, columns: 1, values: [5, -1, 1, 1]), labels: [0, 1, 2, 0])
    let model = try learner { $0.neighbours = 2 }.train(Samples.task(data))
    #expect(try model.probabilities(Matrix(rows: 1, columns: 1, values: [0]), jobs: 1).values == [0, 0.5, 0.5])
  }

  @Test func tooFewRowsAreNamed() throws {
    let data = Samples.clusters(rows: 4)
    let refused = complaint { _ = try NeighbourLearner().train(Samples.task(data)) }
    #expect(refused?.message == "n_neighbors is 5, but there are only 4 training rows")
    #expect(refused?.help == "use n_neighbors of at most 4")
    let model = try learner { $0.neighbours = 4 }.train(Samples.task(data))
    #expect(complaint { _ = try NeighbourLearner().restore(model.tensors, columns: 6, classes: 3) }?.kind == .badModel)
  }
}
