import TimbreCore
import TimbreEvaluation
import TimbreReport

/// Runs side by side: what differs in their settings, how they did, and whether the difference to the first is real.
public struct RunComparison: Sendable {
  public let runs: [RunRecord]
  public let settings: [SettingDifference]
  /// Each run beside the first; the first has none, nor has one that shares no tested row with it.
  public let pairs: [Pair?]

  public struct Pair: Sendable {
    public var test: PairedComparison
    /// Corrected for as many comparisons as there are.
    public var mcNemar: Double
    public var permutation: Double
    /// Clips that only the first run gets right, and that only this one does.
    public var lost: [String]
    public var won: [String]
    /// Whether the interval is over speakers.
    public var isOverSpeakers: Bool
  }

  /// - Throws: A `.badRun` diagnostic for fewer than two runs.
  public init(_ runs: [RunRecord]) throws {
    guard runs.count > 1, let first = runs.first else {
      throw Diagnostic(.badRun, "a comparison needs at least two runs", help: "name more run folders, or an experiment")
    }
    var runs = runs
    // Folders of one name are told apart by where they are.
    let names = runs.map(\.name)
    for index in runs.indices where names.count(where: { $0 == names[index] }) > 1 {
      runs[index].name = runs[index].path
    }
    self.runs = runs
    settings = SettingDifference.between(runs.map(\.workflow))
    var pairs = runs.enumerated().map { $0 == 0 ? nil : Self.pair(first, $1) }
    let present = pairs.indices.filter { pairs[$0] != nil }
    let mcNemar = holmCorrected(present.map { pairs[$0]?.test.mcNemar ?? 1 })
    let permutation = holmCorrected(present.map { pairs[$0]?.test.permutation ?? 1 })
    for (place, index) in present.enumerated() {
      pairs[index]?.mcNemar = mcNemar[place]
      pairs[index]?.permutation = permutation[place]
    }
    self.pairs = pairs
  }

  private static func pair(_ first: RunRecord, _ second: RunRecord) -> Pair? {
    var places: [String: Int] = [:]
    func key(_ row: RunRecord.Prediction) -> String { row.clip + "\u{0}" + row.view }
    for (index, row) in first.predictions.enumerated() { places[key(row)] = index }
    let common = second.predictions.compactMap { row -> (RunRecord.Prediction, RunRecord.Prediction)? in
      guard let place = places[key(row)], first.predictions[place].label == row.label else { return nil }
      return (first.predictions[place], row)
    }
    guard !common.isEmpty else { return nil }
    let labels = Set(common.flatMap { [$0.0.label, $0.0.predicted, $0.1.predicted] }).sorted()
    let index = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
    func indices(_ value: ((RunRecord.Prediction, RunRecord.Prediction)) -> String) -> [Int] {
      common.map { index[value($0)] ?? 0 }
    }
    let speakers = common.map(\.0.speaker)
    let isOverSpeakers = !speakers.contains("") && Set(speakers).count >= Outcome.leastSpeakers
    let clips = common.map(\.0.clip)
    let test = PairedComparison(
      truth: indices { $0.0.label }, first: indices { $0.0.predicted }, second: indices { $0.1.predicted },
      classCount: labels.count, clips: clips, clusters: isOverSpeakers ? speakers : clips, seed: 0)
    func changed(_ isRight: (RunRecord.Prediction, RunRecord.Prediction) -> Bool) -> [String] {
      var seen: Set<String> = []
      return common.filter { isRight($0.0, $0.1) }.map(\.0.clip).filter { seen.insert($0).inserted }
    }
    return Pair(
      test: test, mcNemar: test.mcNemar, permutation: test.permutation,
      lost: changed { $0.predicted == $0.label && $1.predicted != $1.label },
      won: changed { $0.predicted != $0.label && $1.predicted == $1.label }, isOverSpeakers: isOverSpeakers)
  }

  // MARK: As text, CSV and JSON

  static let scores = [("accuracy", "accuracy"), ("UAR", "uar"), ("macro F1", "macro_f1")]

  /// The header and one line a run, for people.
  public var table: (header: [String], rows: [[String]]) {
    var header = ["run"] + settings.map(\.path) + Self.scores.map(\.0)
    header += ["Δ UAR to the first", "McNemar p", "permutation p", "ms/clip", "columns", "parameters"]
    let rows = runs.indices.map { index -> [String] in
      let run = runs[index]
      let values = Self.scores.map { _, key -> String in
        guard let score = run.score(key) else { return "–" }
        let range = score.interval.map { " (\(Numbers.fixed($0.lowerBound, 3))–\(Numbers.fixed($0.upperBound, 3)))" }
        return Numbers.fixed(score.value, 3) + (range ?? "")
      }
      let tests: [String]
      if let pair = pairs[index] {
        let interval = pair.test.uarInterval
        tests = [
          "\(pair.test.uarDifference >= 0 ? "+" : "")\(Numbers.fixed(pair.test.uarDifference, 3)) "
            + "(\(Numbers.fixed(interval.lower, 3))–\(Numbers.fixed(interval.upper, 3)))",
          Self.p(pair.mcNemar), Self.p(pair.permutation),
        ]
      } else {
        tests = index == 0 ? ["", "", ""] : ["no common test row", "", ""]
      }
      return [run.name] + settings.map { SettingDifference.short($0.values[index]) } + values + tests + [
        run.cost.millisecondsPerClip.map { Numbers.fixed($0, 2) } ?? "–",
        run.cost.columns.map { columns in run.cost.frames.map { "\(columns) × \($0)" } ?? "\(columns)" } ?? "–",
        run.cost.parameters.map(String.init) ?? "–",
      ]
    }
    return (header, rows)
  }

  static func p(_ value: Double) -> String { value < 0.001 ? "< 0.001" : Numbers.fixed(value, 3) }

  /// The table in columns.
  public var text: String {
    let table = table
    var text = TextTable.text([table.header] + table.rows)
    if runs.count > 2 { text += "\np-values are corrected for \(runs.count - 1) comparisons (Holm).\n" }
    return text
  }

  /// One line a run with plain numbers.
  public var csv: (header: [String], rows: [[String]]) {
    var header = ["run", "path"] + settings.map(\.path)
    header += Self.scores.flatMap { [$0.1, $0.1 + "_lower", $0.1 + "_upper"] }
    header += [
      "uar_difference", "uar_difference_lower", "uar_difference_upper", "mcnemar_p", "mcnemar_p_corrected",
      "permutation_p", "permutation_p_corrected", "ms_per_clip", "training_seconds", "columns", "parameters",
      "frames",
    ]
    func number(_ value: Double?) -> String { value.map { CSV.number($0) } ?? "" }
    let rows = runs.indices.map { index -> [String] in
      let (run, pair) = (runs[index], pairs[index])
      var fields = [run.name, run.path] + settings.map { $0.values[index]?.plain ?? "" }
      for (_, key) in Self.scores {
        let score = run.score(key)
        fields += [number(score?.value), number(score?.interval?.lowerBound), number(score?.interval?.upperBound)]
      }
      fields += [
        number(pair?.test.uarDifference), number(pair?.test.uarInterval.lower), number(pair?.test.uarInterval.upper),
        number(pair?.test.mcNemar), number(pair?.mcNemar), number(pair?.test.permutation), number(pair?.permutation),
        number(run.cost.millisecondsPerClip), number(run.cost.trainingSeconds),
        run.cost.columns.map(String.init) ?? "", run.cost.parameters.map(String.init) ?? "",
        run.cost.frames.map(String.init) ?? "",
      ]
      return fields
    }
    return (header, rows)
  }

  public var json: JSONValue {
    [
      "settings": .array(settings.map { ["path": .string($0.path), "values": .array($0.values.map { $0 ?? .null })] }),
      "runs": .array(
        runs.indices.map { index in
          let (run, pair) = (runs[index], pairs[index])
          return [
            "name": .string(run.name), "path": .string(run.path),
            "metrics": .object(
              (["verdict"] + Self.scores.map(\.1) + ["intervals", "intervals_over", "mean", "std"]).compactMap { key in
                run.metrics[key].map { .init(key, $0) }
              }),
            "cost": [
              "ms_per_clip": run.cost.millisecondsPerClip.json, "training_seconds": run.cost.trainingSeconds.json,
              "columns": run.cost.columns.json, "parameters": run.cost.parameters.json,
              "frames": run.cost.frames.json,
            ],
            "compared_to_first": pair.map(Self.json) ?? .null,
          ]
        }),
    ]
  }

  private static func json(_ pair: Pair) -> JSONValue {
    [
      "rows": .int(pair.test.rows), "only_first_right": .int(pair.test.onlyFirst),
      "only_this_right": .int(pair.test.onlySecond), "accuracy_difference": .number(pair.test.accuracyDifference),
      "uar_difference": .number(pair.test.uarDifference), "uar_interval": pair.test.uarInterval.json,
      "interval_over": pair.isOverSpeakers ? "speakers" : "clips", "mcnemar_p": .number(pair.test.mcNemar),
      "mcnemar_p_corrected": .number(pair.mcNemar), "permutation_p": .number(pair.test.permutation),
      "permutation_p_corrected": .number(pair.permutation), "won": pair.won.json, "lost": pair.lost.json,
    ]
  }
}
