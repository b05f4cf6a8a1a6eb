import TimbreCore
import TimbreEvaluation
import TimbreReport

/// How a model did on its test rows, or how the models of all folds did on theirs.
struct Outcome: Sendable {
  let data: RunData
  /// The folds whose test rows these are.
  let folds: [RunData.Fold]
  /// Rows of `data` that were tested, in order.
  let tested: [Int]
  /// Tested rows × classes.
  let probabilities: Matrix
  let predicted: [Int]
  let metrics: Metrics
  /// Share of the test rows that the commonest class of the training rows gets right.
  let majority: Double
  /// Whether intervals are drawn over speakers rather than clips.
  let areClustersSpeakers: Bool
  private let scale: ScalerKind

  /// Fewer speakers than this say little about others: then intervals are drawn over clips, and are narrower than the truth.
  static let leastSpeakers = 8

  /// - Parameter probabilities: Of the test rows of `fold`, in their order.
  init(data: RunData, fold: RunData.Fold, probabilities: Matrix, plan: Plan) throws {
    if let bad = probabilities.values.firstIndex(where: { !$0.isFinite }) {
      let clip = data.clip(ofRow: fold.split.test[bad / max(1, probabilities.columns)])
      throw Diagnostic(
        .training, "the model's prediction is not finite", help: "lower the learning rate", subject: clip.id)
    }
    var counts = [Int](repeating: 0, count: data.classes.count)
    for row in fold.split.train { counts[data.truth[row]] += 1 }
    let commonest = counts.firstIndex(of: counts.max() ?? 0) ?? 0
    let hits = fold.split.test.count { data.truth[$0] == commonest }
    self.init(
      data: data, folds: [fold], tested: fold.split.test, probabilities: probabilities,
      majority: Double(hits) / Double(max(1, fold.split.test.count)), plan: plan)
  }

  /// All folds together: every row as the model said that had not seen it.
  init(pooling outcomes: [Outcome], data: RunData, plan: Plan) {
    let tested = outcomes.flatMap(\.tested)
    let order = tested.indices.sorted { tested[$0] < tested[$1] }
    let columns = data.classes.count
    let all = Matrix(rows: tested.count, columns: columns, values: outcomes.flatMap(\.probabilities.values))
    let hits = outcomes.reduce(0.0) { $0 + $1.majority * Double($1.tested.count) }
    self.init(
      data: data, folds: outcomes.flatMap(\.folds), tested: order.map { tested[$0] },
      probabilities: all.selecting(order), majority: hits / Double(max(1, tested.count)), plan: plan)
  }

  private init(
    data: RunData, folds: [RunData.Fold], tested: [Int], probabilities: Matrix, majority: Double, plan: Plan
  ) {
    self.data = data
    self.folds = folds
    self.tested = tested
    self.probabilities = probabilities
    self.majority = majority
    predicted = Metrics.predictions(of: probabilities)
    let items = tested.map { data.table.items[data.table.rows[$0].item] }
    let speakers = items.compactMap(\.speaker)
    areClustersSpeakers = speakers.count == items.count && Set(speakers).count >= Self.leastSpeakers
    metrics = Metrics(
      truth: tested.map { data.truth[$0] }, probabilities: probabilities, classes: data.classes,
      clusters: areClustersSpeakers ? speakers : items.map(\.clip), seed: plan.seed)
    scale = plan.scale
  }

  private var leaks: [LeakReport] { folds.map(\.leaks) }

  /// What the first line of the report says about how far the numbers can be trusted.
  var verdict: (text: String, level: RunReport.Verdict.Level) {
    if let leaking = folds.first(where: { $0.leaks.isLeak }), let sentence = leaking.leaks.sentence {
      let place = leaking.name.isEmpty ? "" : "in fold \(leaking.name), "
      return ("This evaluation leaks: \(place)\(sentence).", .leak)
    }
    let used = folds.flatMap { $0.split.train + $0.split.validation + $0.split.test }
    let unknown = Set(used.map { data.table.rows[$0].item }).count { data.table.items[$0].speaker == nil }
    if leaks.contains(where: \.isSpeakerDependent) {
      let count = Set(leaks.flatMap(\.test.speakers)).count
      let more = unknown > 0 ? " \(unknown) clips have no known speaker." : ""
      return ("Speaker-dependent: \(count) of the test speakers were also trained or validated on.\(more)", .caution)
    }
    if unknown > 0 { return ("Speakers are unknown for \(unknown) clips: some may be on both sides.", .caution) }
    if scale == .standardPerSpeaker {
      return ("Speaker-independent, but every test speaker was scaled by its own unlabelled clips.", .caution)
    }
    return ("Speaker-independent: no test speaker was trained on.", .sound)
  }

  /// The numbers that a bundle carries along.
  var brief: JSONValue {
    [
      "verdict": .string(verdict.text), "leak": .bool(leaks.contains(where: \.isLeak)),
      "accuracy": .number(metrics.scores.accuracy), "uar": .number(metrics.scores.uar),
      "macro_f1": .number(metrics.scores.macroF1), "test_rows": .int(tested.count),
    ]
  }

  var json: JSONValue {
    var head: [JSONValue.Member] = [
      .init("verdict", .string(verdict.text)), .init("leak", .bool(leaks.contains(where: \.isLeak))),
      .init("speaker_dependent", .bool(leaks.contains(where: \.isSpeakerDependent))),
      .init("majority_accuracy", .number(majority)), .init("failed_clips", .int(data.failures.count)),
      .init("passed_over_files", .int(data.rejected.count)),
      .init("near_identical_pairs", .int(data.near.pairs.count)),
      .init("scale", scale.json), .init("intervals_over", areClustersSpeakers ? "speakers" : "clips"),
    ]
    if folds.count == 1 {
      let split = folds[0].split
      head.append(
        .init(
          "sides",
          .object(
            [("train", split.train), ("validation", split.validation), ("test", split.test)].map { name, rows in
              .init(name, side(rows))
            })))
    }
    let report = leaks.first(where: \.isLeak) ?? leaks[0]
    return .object(head + (metrics.json.members ?? []) + [.init("leak_report", report.json)])
  }

  private func side(_ rows: [Int]) -> JSONValue {
    let clips = Set(rows.map { data.table.rows[$0].item })
    let speakers = Set(clips.compactMap { data.table.items[$0].speaker }).sorted()
    return ["rows": .int(rows.count), "clips": .int(clips.count), "speakers": speakers.json]
  }

  /// `predictions.csv`: one line a tested row.
  func write(to path: String) throws {
    let foldOfRow = Dictionary(
      folds.flatMap { fold in fold.split.test.map { ($0, fold.name) } }, uniquingKeysWith: { first, _ in first })
    let lines = tested.enumerated().map { index, row -> [String] in
      let truth = data.classes[data.truth[row]]
      let answer = data.classes[predicted[index]]
      let clip = data.clip(ofRow: row)
      return [String(row), clip.id, data.view(ofRow: row)] + (data.isFolded ? [foldOfRow[row] ?? ""] : [])
        + [clip.speaker ?? "", truth, answer, truth == answer ? "1" : "0"]
        + probabilities.row(index).map { CSV.number($0) }
    }
    let fold = data.isFolded ? ["fold"] : []
    try CSV.write(
      header: ["row", "id", "view"] + fold + ["speaker", "label", "predicted", "correct"]
        + data.classes.map { "p_" + $0 }, rows: lines, to: path)
  }
}
