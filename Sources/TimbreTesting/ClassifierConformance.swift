import TimbreCore

/// Trains a classifier on toy data: the same bits for any number of jobs, probabilities that sum to 1, a model that survives
/// its bundle, and diagnostics for tensors that do not fit. Of sequences a classifier makes as much, or says that it reads none.
///
/// - Parameter members: Settings that train quickly on 12 columns and 3 classes.
public func conformanceFailures<P: Classifier>(
  of plugin: P.Type, members: [JSONValue.Member] = []
) -> [ConformanceFailure] {
  let (columns, classes) = (12, 3)
  var log = FailureLog(P.spec.description.id)
  log.add(specFailures(of: plugin))
  guard let made = log.attempt("making it", { try P(P.spec.config(from: members)) }) else { return log.failures }
  let parts = log.attempt("parts") { try made.parts(columns: columns, classes: classes) } ?? []
  log.check(!parts.isEmpty, "parts", "the model has none")

  let train = toyRows(90, columns: columns, classes: classes, seed: 4)
  let test = toyRows(33, columns: columns, classes: classes, seed: 5)
  func model(jobs: Int, isCancelled: Bool = false) throws -> any TrainedModel {
    try made.train(
      TrainingTask(
        train: train, validation: test, classes: ["a", "b", "c"], seed: 6, jobs: jobs, isCancelled: { isCancelled }))
  }
  guard let first = log.attempt("training", { try model(jobs: 1) }),
    let expected = log.attempt("predicting", { try first.probabilities(test.rows, jobs: 1) })
  else { return log.failures }
  check(expected, rows: 33, classes: classes, "predicting", &log)
  log.check(
    expected.values.isIdentical(to: (try? first.probabilities(test.rows, jobs: 3))?.values ?? []), "predicting",
    "jobs change it")
  let alone = log.attempt("predicting one row") { try first.probabilities(test.rows.selecting([17]), jobs: 1) }
  log.check(
    alone.map { $0.values.isIdentical(to: Array(expected.row(17))) } ?? true, "predicting",
    "a row depends on its neighbours")
  let none = log.attempt("predicting no row") { try first.probabilities(Matrix(rows: 0, columns: columns), jobs: 1) }
  log.check(none.map { $0.rows == 0 } ?? true, "predicting no row", "there are rows")
  for jobs in [1, 2, 5] {
    let again = log.attempt("training with \(jobs) jobs") { try model(jobs: jobs) }
    log.check(again.map { $0.tensors == first.tensors } ?? true, "training with \(jobs) jobs", "gives other bits")
  }
  log.check(first.history.map(\.epoch) == Array(1..<first.history.count + 1), "history", "epochs do not count from 1")
  do {
    _ = try model(jobs: 1, isCancelled: true)
    log.add("cancelling", "training goes on")
  } catch {
    log.check((error as? Diagnostic)?.kind == .cancelled, "cancelling", "threw \(error)")
  }
  checkRestoring(made, first.tensors, columns: columns, classes: classes, rows: test.rows.matrix, expected, &log)
  checkSequences(plugin, members, &log)
  log.add(
    limitFailures(of: plugin, members: members) { made, situation, log in
      _ = log.attempt(situation, mayRefuse: true) { try made.parts(columns: columns, classes: classes) }
    })
  return log.failures
}

private func checkSequences<P: Classifier>(_ plugin: P.Type, _ members: [JSONValue.Member], _ log: inout FailureLog) {
  let shape = RowShape.sequence(frames: 12, bins: 3)
  let given = members.map(\.key)
  let defaults = P.sequenceDefaults.filter { !given.contains($0.key) }
  guard let made = log.attempt("making it for sequences", { try P(P.spec.config(from: members + defaults)) }) else {
    return
  }
  do {
    _ = try made.parts(of: shape, classes: 3)
  } catch let diagnostic as Diagnostic where diagnostic.kind == .badInput {
    return
  } catch {
    return log.add("sequences", "threw \(error) instead of bad_input")
  }
  var toy = toyRows(40, columns: shape.count, classes: 3, seed: 7)
  let lengths = (0..<40).map { 7 + $0 % 6 }
  var values = toy.rows.matrix.values
  for (row, length) in lengths.enumerated() {
    for index in row * shape.count + length * 3..<(row + 1) * shape.count { values[index] = 0 }
  }
  toy.rows = Rows(shape, values: values, rows: 40, lengths: lengths)
  let models = [1, 3].compactMap { jobs in
    log.attempt("training on sequences") {
      try made.train(TrainingTask(train: toy, validation: toy, classes: ["a", "b", "c"], seed: 6, jobs: jobs))
    }
  }
  guard models.count == 2, let expected = log.attempt("predicting", { try models[0].probabilities(toy.rows, jobs: 1) })
  else { return }
  check(expected, rows: 40, classes: 3, "predicting sequences", &log)
  log.check(models[0].tensors == models[1].tensors, "training on sequences", "jobs change it")
  let alone = log.attempt("predicting one sequence") { try models[0].probabilities(toy.rows.selecting([17]), jobs: 2) }
  log.check(
    alone.map { $0.values.isIdentical(to: Array(expected.row(17))) } ?? true, "predicting sequences",
    "a row depends on its neighbours")
  let restored = log.attempt("restoring") {
    try made.restore(models[0].tensors, for: shape, classes: 3).probabilities(toy.rows, jobs: 2)
  }
  log.check(
    restored.map { $0.values.isIdentical(to: expected.values) } ?? true, "restoring",
    "the model of sequences predicts otherwise")
}

private func check(_ matrix: Matrix, rows: Int, classes: Int, _ situation: String, _ log: inout FailureLog) {
  log.check(matrix.rows == rows && matrix.columns == classes, situation, "\(matrix.rows) × \(matrix.columns)")
  for row in 0..<matrix.rows {
    let values = matrix.row(row)
    let sum = values.reduce(0, +)
    if !values.allSatisfy({ $0 >= 0 && $0 <= 1 }) || abs(sum - 1) > 1e-5 {
      log.add(situation, "row \(row) is no distribution: \(Array(values))")
      return
    }
  }
}

private func checkRestoring<P: Classifier>(
  _ made: P, _ tensors: [Tensor], columns: Int, classes: Int, rows: Matrix, _ expected: Matrix, _ log: inout FailureLog
) {
  let names = tensors.map(\.name)
  log.check(Set(names).count == names.count, "tensors", "two have one name")
  for tensor in tensors {
    log.check(tensor.shape.reduce(1, *) == tensor.values.count, "tensors", "\(tensor.name) does not fill its shape")
    log.check(tensor.values.allSatisfy(\.isFinite), "tensors", "\(tensor.name) is not finite")
  }
  let restored = log.attempt("restoring") { try made.restore(tensors, columns: columns, classes: classes) }
  let again = restored.flatMap { model in log.attempt("restoring") { try model.probabilities(rows, jobs: 2) } }
  if let again { log.check(again.values.isIdentical(to: expected.values), "restoring", "the model predicts otherwise") }

  guard let last = tensors.last else { return log.add("tensors", "there are none") }
  let misshapen = Tensor(name: last.name, shape: last.shape + [2], values: last.values + last.values)
  let wrong: [(String, [Tensor])] = [
    ("a missing tensor", Array(tensors.dropLast())),
    ("a left-over tensor", tensors + [Tensor(name: "no.such.tensor", shape: [1], values: [0])]),
    ("a tensor of another shape", tensors.dropLast() + [misshapen]),
  ]
  for (situation, tensors) in wrong {
    do {
      _ = try made.restore(tensors, columns: columns, classes: classes)
      log.add(situation, "is accepted")
    } catch {
      log.check((error as? Diagnostic)?.kind == .badModel, situation, "threw \(error) instead of bad_model")
    }
  }
}

/// Three noisy clusters, one a class.
private func toyRows(_ count: Int, columns: Int, classes: Int, seed: UInt64) -> LabelledRows {
  var random = RandomSource(seed: seed, "toy")
  var rows = Matrix(rows: count, columns: columns)
  let labels = (0..<count).map { $0 % classes }
  for row in 0..<count {
    for column in 0..<columns {
      rows[row, column] = Float(random.normal() * 0.3 + (column % classes == labels[row] ? 1 : 0))
    }
  }
  return LabelledRows(rows: rows, labels: labels)
}
