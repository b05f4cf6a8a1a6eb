import Synchronization
import Testing
import TimbreCore
import TimbreLearners
import TimbreMachine

/// What holds for every learner.
@Suite struct LearnerTests {
  @Test(arguments: AnyLearner.allCases, [2, 3, 5]) func tellsClustersApart(_ learner: AnyLearner, classes: Int) throws {
    let data = Samples.clusters(rows: 120, classes: classes)
    let model = try learner.trained(Samples.task(data, classes: classes))
    #expect(try accuracy(model, data) == 1)
    // A tree puts its threshold anywhere between what it saw.
    let others = Samples.clusters(rows: 100, classes: classes, seed: 2)
    #expect(try accuracy(model, others) >= (learner == .trees ? 0.97 : 1))
  }

  @Test(arguments: AnyLearner.allCases) func jobsAndRunsDoNotMatter(_ learner: AnyLearner) throws {
    let data = Samples.clusters(rows: 90, classes: 4, distance: 1)
    let models = try [1, 2, 3].map { try learner.trained(Samples.task(data, classes: 4, jobs: $0)) }
    let expected = try models[0].probabilities(data.rows, jobs: 1)
    for (model, jobs) in zip(models, 1...3) {
      #expect(model.tensors == models[0].tensors)
      #expect(try model.probabilities(data.rows, jobs: jobs) == expected)
    }
  }

  /// Several trainings in one process do not disturb each other, as folds that run side by side would.
  @Test(arguments: AnyLearner.allCases) func neighboursInTheProcessDoNotMatter(_ learner: AnyLearner) throws {
    let data = Samples.clusters(rows: 60, distance: 1)
    let alone = try learner.trained(Samples.task(data, jobs: 1)).tensors
    let together = try Workers(4).map(8) { index in
      try learner.trained(Samples.task(data, seed: index % 2 == 0 ? 5 : 6, jobs: 1)).tensors
    }
    for index in stride(from: 0, to: 8, by: 2) { #expect(together[index] == alone) }
  }

  @Test(arguments: AnyLearner.allCases) func comesBackFromItsTensors(_ learner: AnyLearner) throws {
    let data = Samples.clusters(rows: 60, distance: 1)
    let model = try learner.trained(Samples.task(data))
    let restored = try learner.restored(model.tensors, columns: 6, classes: 3)
    #expect(try restored.probabilities(data.rows, jobs: 3) == model.probabilities(data.rows, jobs: 1))
    #expect(restored.history.isEmpty)
    for index in model.tensors.indices {
      var tensors = model.tensors
      let removed = tensors.remove(at: index)
      let missing = complaint { _ = try learner.restored(tensors, columns: 6, classes: 3) }
      #expect(missing?.kind == .badModel && missing?.message.contains(removed.name) == true)
      tensors = model.tensors
      tensors[index].values[0] = .nan
      #expect(complaint { _ = try learner.restored(tensors, columns: 6, classes: 3) }?.kind == .badModel)
    }
    #expect(complaint { _ = try learner.restored(model.tensors, columns: 5, classes: 3) }?.kind == .badModel)
    #expect(complaint { _ = try learner.restored(model.tensors, columns: 6, classes: 2) }?.kind == .badModel)
    #expect(complaint { _ = try model.probabilities(Matrix(rows: 1, columns: 5), jobs: 1) }?.kind == .badModel)
  }

  /// What depends on the rows is counted where they are known, the same in a model that was restored.
  @Test func modelsSayHowMuchTheyKeep() throws {
    let data = Samples.clusters(rows: 60, distance: 1)
    func check<L: Learner>(_ learner: L, _ expected: ([Tensor]) -> Int?) throws {
      let model = try learner.train(Samples.task(data))
      let parts = try learner.restore(model.tensors, columns: 6, classes: 3).parts
      #expect(parts == model.parts)
      #expect(model.parts.map { $0.reduce(0) { $0 + $1.parameters } } == expected(model.tensors))
    }
    func tensor(_ tensors: [Tensor], _ name: String) -> Tensor? { tensors.first { $0.name == name } }
    try check(NeighbourLearner()) { _ in 60 * 6 }
    try check(BoostingLearner()) { tensor($0, "features")?.shape[0] }
    try check(SupportVectorLearner()) { tensor($0, "support_vectors").map { $0.shape[0] * 6 } }
    var linear = SupportVectorLearner()
    linear.kernel = .linear
    try check(linear) { _ in nil }
    #expect(linear.parts(columns: 6, classes: 3).reduce(0) { $0 + $1.parameters } == 3 * 7 + 6)
    try check(LinearLearner()) { _ in nil }
  }

  /// A fold may lack a class: the others keep their places.
  @Test(arguments: AnyLearner.allCases) func aClassWithoutRowsIsNeverPredicted(_ learner: AnyLearner) throws {
    let three = Samples.clusters(rows: 90)
    let data = LabelledRows(rows: three.rows, labels: three.labels.map { [0, 2, 4][$0] })
    let model = try learner.trained(Samples.task(data, Samples.clusters(rows: 30), classes: 5))
    #expect(try accuracy(model, data) == 1)
    let probabilities = try model.probabilities(data.rows, jobs: 1)
    for row in 0..<probabilities.rows {
      #expect(probabilities[row, 1] == 0 && probabilities[row, 3] == 0)
      #expect(abs(probabilities.row(row).reduce(0, +) - 1) < 1e-5)
    }
    let restored = try learner.restored(model.tensors, columns: 6, classes: 5)
    #expect(try restored.probabilities(data.rows, jobs: 1) == probabilities)
  }

  @Test(arguments: AnyLearner.allCases) func refusesWhatCannotBeLearnt(_ learner: AnyLearner) throws {
    let data = Samples.clusters(rows: 30)
    let one = LabelledRows(rows: data.rows, labels: [Int](repeating: 1, count: 30))
    let single = complaint { _ = try learner.trained(Samples.task(one)) }
    #expect(single?.kind == .training && single?.message.contains("\"class 1\"") == true)
    var broken = data
    broken.rows.changeUnits { $0[7, 2] = .nan }
    let unfinite = complaint { _ = try learner.trained(Samples.task(broken)) }
    #expect(unfinite?.kind == .notFinite && unfinite?.message.contains("row 7") == true)
    let empty = LabelledRows(rows: Matrix(rows: 0, columns: 6), labels: [])
    #expect(complaint { _ = try learner.trained(Samples.task(empty)) }?.kind == .training)
    let beyond = LabelledRows(rows: data.rows, labels: data.labels.map { $0 + 1 })
    #expect(complaint { _ = try learner.trained(Samples.task(beyond)) }?.kind == .training)
  }

  @Test(arguments: AnyLearner.allCases) func stopsWhenAsked(_ learner: AnyLearner) throws {
    var task = Samples.task(Samples.clusters(rows: 60))
    let asked = Atomic<Int>(0)
    task.isCancelled = { asked.add(1, ordering: .relaxed).newValue > 2 }
    // The nearest neighbours ask but once, and are done.
    if learner == .neighbours { task.isCancelled = { true } }
    #expect(complaint { _ = try learner.trained(task) }?.kind == .cancelled)
  }

  /// Two rows a class, rows that are all alike, a column of zeros, numbers near the ends of single precision.
  @Test(arguments: AnyLearner.allCases) func livesThroughOddRows(_ learner: AnyLearner) throws {
    func finite(_ values: [Float], columns: Int) throws {
      let rows = Matrix(rows: values.count / columns, columns: columns, values: values)
      let data = LabelledRows(rows: rows, labels: (0..<rows.rows).map { $0 % 2 })
      do {
        let model = try learner.trained(Samples.task(data, classes: 2))
        let probabilities = try model.probabilities(rows, jobs: 1)
        for row in 0..<rows.rows {
          let values = probabilities.row(row)
          #expect(values.allSatisfy { (0...1).contains($0) } && abs(values.reduce(0, +) - 1) < 1e-5, "\(values)")
        }
      } catch let diagnostic as Diagnostic { #expect(diagnostic.kind == .training) }
    }
    try finite([0, 1, 1, 0, 0, 1, 1, 0, 1, 1], columns: 2)
    try finite([Float](repeating: 3, count: 24), columns: 2)
    try finite([Float](repeating: 0, count: 24), columns: 2)
    try finite((0..<24).map { $0 % 2 == 0 ? 0 : Float($0) }, columns: 2)
    try finite((0..<24).map { Float($0 % 4 < 2 ? -3e38 : 3e38) * ($0 % 3 == 0 ? 1 : 0.5) }, columns: 2)
    try finite((0..<24).map { Float($0) * .leastNonzeroMagnitude }, columns: 2)
  }

  @Test func aMissingLibraryNamesItsPackage() throws {
    let diagnostic = complaint { _ = try SharedLibrary("libnothing.so.1", package: "libnothing1") }
    #expect(diagnostic?.kind.rawValue == "missing_library")
    #expect(diagnostic?.help == "install it: apt-get install libnothing1")
    let library = try SharedLibrary("libm.so.6", package: "libc6")
    #expect(
      complaint { _ = try library.function("no_such_function", as: (@convention(c) () -> Void).self) }?.message
        == "libm.so.6 has no no_such_function")
    #expect([libSVMVersion(), libLinearVersion(), xgBoostVersion()].allSatisfy { $0.contains(".") })
  }
}
