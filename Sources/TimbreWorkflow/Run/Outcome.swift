import TimbreCore
import TimbreEvaluation
import TimbreReport

/// How the model did on the test rows.
struct Outcome: Sendable {
  let data: RunData
  /// Rows of `data` that were tested, in order.
  let tested: [Int]
  /// Tested rows × classes.
  let probabilities: Matrix
  let predicted: [Int]
  let metrics: Metrics
  /// Share of the test rows that the commonest class of the training rows gets right.
  let majority: Double

  init(data: RunData, plan: Plan, model: any TrainedModel, scaled: Matrix, jobs: Int) throws {
    self.data = data
    tested = data.split.test
    probabilities = try model.probabilities(scaled.selecting(tested), jobs: jobs)
    if let bad = probabilities.values.firstIndex(where: { !$0.isFinite }) {
      let clip = data.clip(ofRow: tested[bad / max(1, probabilities.columns)])
      throw Diagnostic(
        .training, "the model's prediction is not finite", help: "lower the learning rate", subject: clip.id)
    }
    predicted = Metrics.predictions(of: probabilities)
    let truth = tested.map { data.truth[$0] }
    metrics = Metrics(
      truth: truth, probabilities: probabilities, classes: data.classes,
      clusters: tested.map { data.clip(ofRow: $0).id },
      seed: plan.seed)
    var counts = [Int](repeating: 0, count: data.classes.count)
    for row in data.split.train { counts[data.truth[row]] += 1 }
    let commonest = counts.firstIndex(of: counts.max() ?? 0) ?? 0
    majority = Double(truth.count { $0 == commonest }) / Double(max(1, truth.count))
  }

  /// What the first line of the report says about how far the numbers can be trusted.
  var verdict: (text: String, level: RunReport.Verdict.Level) {
    if let sentence = data.leaks.sentence { return ("This evaluation leaks: \(sentence).", .leak) }
    let used = data.split.train + data.split.validation + tested
    let unknown = Set(used.map { data.table.rows[$0].item }).count { data.table.items[$0].speaker == nil }
    if data.leaks.isSpeakerDependent {
      let count = data.leaks.test.speakers.count
      let more = unknown > 0 ? " \(unknown) clips have no known speaker." : ""
      return ("Speaker-dependent: \(count) of the test speakers were also trained or validated on.\(more)", .caution)
    }
    if unknown > 0 { return ("Speakers are unknown for \(unknown) clips: some may be on both sides.", .caution) }
    return ("Speaker-independent: no test speaker was trained on.", .sound)
  }

  /// The numbers that a bundle carries along.
  var brief: JSONValue {
    [
      "verdict": .string(verdict.text), "leak": .bool(data.leaks.isLeak), "accuracy": .number(metrics.scores.accuracy),
      "uar": .number(metrics.scores.uar), "macro_f1": .number(metrics.scores.macroF1), "test_rows": .int(tested.count),
    ]
  }

  var json: JSONValue {
    let head: [JSONValue.Member] = [
      .init("verdict", .string(verdict.text)), .init("leak", .bool(data.leaks.isLeak)),
      .init("speaker_dependent", .bool(data.leaks.isSpeakerDependent)),
      .init("majority_accuracy", .number(majority)), .init("failed_clips", .int(data.failures.count)),
      .init("passed_over_files", .int(data.rejected.count)),
      .init(
        "sides",
        .object(
          [("train", data.split.train), ("validation", data.split.validation), ("test", data.split.test)].map {
            name, rows in
            .init(name, side(rows))
          })),
    ]
    return .object(head + (metrics.json.members ?? []) + [.init("leak_report", data.leaks.json)])
  }

  private func side(_ rows: [Int]) -> JSONValue {
    let clips = Set(rows.map { data.table.rows[$0].item })
    let speakers = Set(clips.compactMap { data.table.items[$0].speaker }).sorted()
    return ["rows": .int(rows.count), "clips": .int(clips.count), "speakers": speakers.json]
  }

  func write(to folder: RunFolder) throws {
    var lines: [[String]] = []
    for (index, row) in tested.enumerated() {
      let truth = data.classes[data.truth[row]]
      let answer = data.classes[predicted[index]]
      lines.append(
        [String(row), data.clip(ofRow: row).id, data.view(ofRow: row), truth, answer, truth == answer ? "1" : "0"]
          + probabilities.row(index).map { CSV.number($0) })
    }
    try CSV.write(
      header: ["row", "id", "view", "label", "predicted", "correct"] + data.classes.map { "p_" + $0 }, rows: lines,
      to: folder.file("predictions.csv"))
  }
}
