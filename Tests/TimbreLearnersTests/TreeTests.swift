import Testing
import TimbreCore

import TimbreLearners

@Suite struct TreeTests {
  static func learner(_ change: (inout BoostingLearner) -> Void = { _ in }) -> BoostingLearner {
    var learner = BoostingLearner()
    learner.rounds = 12
    change(&learner)
    return learner
  }

  /// Our walk through the trees gives XGBoost's own sums, bit for bit.
  @Test(arguments: [2, 3, 8], [1, 6, 12]) func sumsAreThoseOfTheLibrary(classes: Int, depth: Int) throws {
    let data = Samples.clusters(rows: 300, classes: classes, distance: 0.8)
    let other = Samples.clusters(rows: 500, classes: classes, distance: 0.8, seed: 9)
    let learner = Self.learner {
      $0.maxDepth = depth
      $0.subsample = 0.7
      $0.columnShare = 0.6
      $0.gamma = 0.01
    }
    func rows(_ data: LabelledRows) throws -> BoosterRows {
      let weights = data.labels.map { 1 + 0.25 * Float($0) }
      return try BoosterRows(data.rows.matrix, labels: data.labels, weights: weights, name: "train")
    }
    let booster = try Booster(rows(data), parameters: learner.parameters(classes: classes, seed: 4))
    for round in 0..<12 { try booster.update(round) }
    let tensors = try TreeModel.tensors(booster.trees(), present: Array(0..<classes), columns: 6)
    let model = try TreeModel(tensors, columns: 6, classes: classes)
    let expected = try booster.margins(rows(other))
    let found = (0..<500).flatMap { model.margins(other.rows.matrix.values.span.extracting($0 * 6..<$0 * 6 + 6)) }
    #expect(found.map(\.bitPattern) == expected.map(\.bitPattern))
    #expect(Set(found).count > 1)
  }

  @Test func learnsTheExclusiveOr() throws {
    let learner = Self.learner { $0.maxDepth = 2 }
    let model = try learner.train(Samples.task(Samples.exclusiveOr(rows: 200), classes: 2))
    #expect(try accuracy(model, Samples.exclusiveOr(rows: 100, seed: 2)) > 0.95)
    let stumps = Self.learner { $0.maxDepth = 1 }
    let weak = try stumps.train(Samples.task(Samples.exclusiveOr(rows: 200), classes: 2))
    #expect(try accuracy(weak, Samples.exclusiveOr(rows: 100, seed: 2)) < 0.8)
  }

  /// A tree asks which of two numbers is larger: a power of two as scale changes no answer.
  @Test func theScaleOfAColumnDoesNotMatter() throws {
    let data = Samples.clusters(rows: 120, distance: 1)
    var scaled = data
    scaled.rows.changeUnits { units in for row in 0..<120 { units[row, 2] *= 1024 } }
    let one = try Self.learner().train(Samples.task(data)).probabilities(data.rows, jobs: 1)
    let other = try Self.learner().train(Samples.task(scaled)).probabilities(scaled.rows, jobs: 1)
    #expect(zip(one.values, other.values).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func historyCountsRoundsAndFalls() throws {
    let data = Samples.clusters(rows: 120, distance: 1.5)
    let model = try Self.learner().train(Samples.task(data, Samples.clusters(rows: 60, distance: 1.5, seed: 2)))
    #expect(model.history.map(\.epoch) == Array(1...12))
    #expect(model.history[0].entries.map(\.name) == ["loss", "accuracy", "val_loss", "val_accuracy"])
    let losses = model.history.compactMap { $0["loss"] }
    #expect(zip(losses, losses.dropFirst()).allSatisfy(>))
    // The last round's accuracy is that of the model.
    #expect(abs((model.history.last?["accuracy"] ?? 0) - (try accuracy(model, data))) < 1e-5)
  }

  @Test func stopsEarlyAndKeepsTheBestRounds() throws {
    let data = Samples.clusters(rows: 90, distance: 0.5)
    let validation = Samples.clusters(rows: 90, distance: 0.5, seed: 2)
    let learner = Self.learner {
      $0.rounds = 200
      $0.earlyStoppingRounds = 5
    }
    let model = try learner.train(Samples.task(data, validation))
    let losses = model.history.compactMap { $0["val_loss"] }
    let best = losses.indices.min { losses[$0] < losses[$1] } ?? 0
    #expect(losses.count == best + 6 && losses.count < 200)
    #expect(model.tensors.first { $0.name == "tree_sizes" }?.shape == [3 * (best + 1)])
    let refused = complaint { _ = try learner.train(Samples.task(data)) }
    #expect(refused?.kind == .training && refused?.message.contains("early_stopping_rounds") == true)
  }

  @Test func seedsDrawRowsAndColumns() throws {
    let data = Samples.clusters(rows: 90, distance: 1)
    let drawing = Self.learner { $0.subsample = 0.5 }
    let models = try [1, 2, 1].map { try drawing.train(Samples.task(data, seed: $0)).tensors }
    #expect(models[0] != models[1] && models[0] == models[2])
    let certain = try [1, 2].map { try Self.learner().train(Samples.task(data, seed: $0)).tensors }
    #expect(certain[0] == certain[1])
  }

  @Test func whatTheLibraryRefusesIsSaid() throws {
    let data = Samples.clusters(rows: 30)
    let rows = try BoosterRows(
      data.rows.matrix, labels: data.labels, weights: [Float](repeating: 1, count: 30), name: "train")
    let refused = complaint {
      let booster = try Booster(rows, parameters: [("eta", "lots")])
      try booster.update(0)
    }
    #expect(refused?.kind == .training)
    #expect(refused?.message.hasPrefix("XGBoost: ") == true && refused?.message.contains("lots") == true)
    #expect(refused?.message.contains("\n") == false)
  }

  @Test func refusesWhatCannotBeHeld() throws {
    let data = Samples.clusters(rows: 5_000, columns: 60)
    let learner = Self.learner {
      $0.rounds = 100_000
      $0.maxDepth = 16
    }
    let refused = complaint { _ = try learner.train(Samples.task(data)) }
    #expect(refused?.kind == .training && refused?.message.contains("GiB") == true)
  }

  /// No edited file leads a prediction astray.
  @Test func damagedTreesAreNamed() throws {
    let tensors = try Self.learner().train(Samples.task(Samples.clusters(rows: 60, distance: 1))).tensors
    func broken(_ name: String, at place: Int, _ value: Float) -> [Tensor] {
      tensors.map { tensor in
        guard tensor.name == name else { return tensor }
        var copy = tensor
        copy.values[place] = value
        return copy
      }
    }
    for tensors in [
      broken("others", at: 0, 0), broken("others", at: 0, 1), broken("others", at: 0, 1e6),
      broken("features", at: 0, 6), broken("features", at: 0, -2), broken("features", at: 0, 0.5),
      broken("tree_sizes", at: 0, 1),
    ] {
      #expect(complaint { _ = try Self.learner().restore(tensors, columns: 6, classes: 3) }?.kind == .badModel)
    }
    let odd = complaint { _ = try TreeModel.tensors(["0:[f0<1] yes=1,no=2"], present: [0, 1], columns: 1) }
    #expect(odd?.kind == .training)
    #expect(complaint { _ = try TreeModel.tensors(["what?"], present: [0, 1], columns: 1) }?.kind == .training)
  }

  @Test func readsTheFormThatXGBoostPrints() throws {
    let text =
      "0:[f2<2.45000005] yes=1,no=2,missing=1\n\t1:leaf=0.5\n\t2:[f0<-1.5e-05] yes=3,no=4,missing=3\n\t\t3:leaf=-2\n\t\t4:leaf=3\n"
    let tensors = try TreeModel.tensors([text], present: [0, 1], columns: 3)
    let model = try TreeModel(tensors, columns: 3, classes: 2)
    #expect(model.margins([9, 9, 2.44].span) == [0.5])
    #expect(model.margins([9, 9, 2.45000005].span) == [3])
    #expect(model.margins([-1, 9, 3].span) == [-2])
  }
}
