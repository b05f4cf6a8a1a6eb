import Testing
import TimbreCore

import TimbreLearners

@Suite struct SupportVectorTests {
  @Test func exclusiveOrNeedsTheBell() throws {
    let (train, test) = (Samples.exclusiveOr(rows: 80), Samples.exclusiveOr(rows: 80, seed: 2))
    var learner = SupportVectorLearner()
    #expect(try accuracy(learner.train(Samples.task(train, classes: 2)), test) == 1)
    learner.kernel = .linear
    #expect(try accuracy(learner.train(Samples.task(train, classes: 2)), test) < 0.8)
  }

  /// Points of which those at −1 and 1 are support vectors: the widest margin between them is x = 0 with weight 1. Of 8,400 rows libsvm gets the
  /// rows, of few a table of kernel values.
  @Test(arguments: [1, 2_100]) func theMarginIsTheWidest(copies: Int) throws {
    var learner = SupportVectorLearner()
    learner.kernel = .linear
    learner.c = 1_000
    learner.tolerance = 1e-8
    let values = (0..<copies).flatMap { _ in [1, 3, -1, -4] as [Float] }
    let labels = (0..<copies).flatMap { _ in [0, 0, 1, 1] }
    let data = LabelledRows(rows: Matrix(rows: values.count, columns: 1, values: values), labels: labels)
    let model = try learner.train(Samples.task(data, classes: 2))
    for x in [-4, -1, 0, 0.5, 1, 3] as [Float] {
      #expect(abs(model.decisions([x].span)[0] - Double(x)) < 1e-5)
    }
  }

  /// Multiplying every number by a factor is undone by gamma "scale".
  @Test func theScaleOfAllNumbersDoesNotMatter() throws {
    let data = Samples.clusters(rows: 60, distance: 1.5)
    let scaled = LabelledRows(
      rows: Matrix(rows: 60, columns: 6, values: data.rows.matrix.values.map { $0 * 64 }), labels: data.labels)
    let learner = SupportVectorLearner()
    let one = try learner.train(Samples.task(data)).probabilities(data.rows, jobs: 1)
    let other = try learner.train(Samples.task(scaled)).probabilities(scaled.rows, jobs: 1)
    #expect(zip(one.values, other.values).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test func aHeavierClassWinsGround() throws {
    let data = Samples.clusters(rows: 90, classes: 2, distance: 0.7)
    func share(_ weight: ClassWeight) throws -> Int {
      var learner = SupportVectorLearner()
      learner.classWeight = weight
      let model = try learner.train(Samples.task(data, classes: 2))
      let values = data.rows.matrix.values
      return (0..<90).count { row in model.decisions(values.span.extracting(row * 6..<row * 6 + 6))[0] > 0 }
    }
    #expect(try share(.weights([.init("class 0", 10)])) > share(.none) + 5)
    #expect(try share(.weights([.init("class 1", 10)])) < share(.none) - 5)
    #expect(
      complaint { _ = try share(.weights([.init("class 3", 10)])) }?.kind == .unknownKey)
    // Without the rows of one class nothing is left to tell apart.
    #expect(complaint { _ = try share(.weights([.init("class 1", 0)])) }?.kind == .training)
  }

  /// Of clusters that overlap by a known amount, the probability is that of the normal distribution.
  @Test func probabilitiesAreCalibrated() throws {
    var random = RandomSource(seed: 3, "overlap")
    let labels = (0..<2_000).map { $0 % 2 }
    let values = labels.map { Float(random.normal() + ($0 == 0 ? 0.5 : -0.5)) }
    let data = LabelledRows(rows: Matrix(rows: 2_000, columns: 1, values: values), labels: labels)
    var learner = SupportVectorLearner()
    learner.kernel = .linear
    let model = try learner.train(Samples.task(data, classes: 2))
    let asked: [Float] = [-2, -1, -0.5, 0, 0.5, 1, 2]
    let probabilities = try model.probabilities(Matrix(rows: 7, columns: 1, values: asked), jobs: 1)
    for (row, x) in asked.enumerated() {
      // Bayes: 1 / (1 + e^−x) for two unit normals one apart.
      #expect(abs(Double(probabilities[row, 0]) - Sigmoid(a: -1, b: 0).probability(Double(x))) < 0.04, "\(x)")
    }
  }

  @Test func seedsDrawTheFoldsAlone() throws {
    let data = Samples.clusters(rows: 90, distance: 1)
    let learner = SupportVectorLearner()
    let models = try [1, 2].map { try learner.train(Samples.task(data, seed: $0)) }
    let differing = zip(models[0].tensors, models[1].tensors).filter { $0.0 != $0.1 }.map(\.0.name)
    #expect(differing == ["sigmoid_a", "sigmoid_b"])
  }

  @Test func pairsThatAgreeGiveTheirOwnProbabilities() {
    let expected = [0.05, 0.5, 0.15, 0.3]
    let pairs = Pairs.all(4).map { expected[$0.0] / (expected[$0.0] + expected[$0.1]) }
    #expect(zip(coupled(pairs, classes: 4), expected).allSatisfy { abs($0 - $1) < 1e-7 })
    #expect(coupled([0.8], classes: 2) == [0.8, 1 - 0.8])
    let certain = coupled([1 - 1e-7, 1 - 1e-7, 1 - 1e-7], classes: 3)
    #expect(certain[0] > 0.99 && abs(certain.reduce(0, +) - 1) < 1e-9)
  }

  @Test func damagedCountsAreNamed() throws {
    let learner = SupportVectorLearner()
    var tensors = try learner.train(Samples.task(Samples.clusters(rows: 30))).tensors
    for (name, value) in [
      ("support_counts", 1 as Float), ("support_counts", 0.5), ("support_counts", -1), ("present", 7),
    ] {
      var broken = tensors
      let index = try #require(broken.firstIndex(where: { $0.name == name }))
      broken[index].values[0] = value
      #expect(complaint { _ = try learner.restore(broken, columns: 6, classes: 3) }?.kind == .badModel)
    }
    tensors[0] = Tensor(name: "present", shape: [3], values: [1, 0, 2])
    #expect(complaint { _ = try learner.restore(tensors, columns: 6, classes: 3) }?.kind == .badModel)
  }
}
