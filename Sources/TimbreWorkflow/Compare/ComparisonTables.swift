import TimbreCore
import TimbreEvaluation
import TimbreReport

/// The comparison as text and CSV.
extension RunComparison {
  /// The header and one line a run, for people.
  public var table: (header: [String], rows: [[String]]) {
    var header = ["run"] + settings.map(\.path) + ShownScore.compared.map(\.name)
    header += ["Δ UAR to the first", "McNemar p", "permutation p", "ms/clip", "columns", "parameters"]
    let rows = runs.indices.map { index -> [String] in
      let run = runs[index]
      let values = ShownScore.compared.map { score -> String in
        guard let score = run.score(score.key) else { return "–" }
        let range = score.interval.map { " (\(Numbers.fixed($0.lowerBound, 3))–\(Numbers.fixed($0.upperBound, 3)))" }
        return Numbers.fixed(score.value, 3) + (range ?? "")
      }
      let tests = pair(0, index).map(Self.tests) ?? (index == 0 ? ["", "", ""] : ["no common test row", "", ""])
      return [run.name] + settings.map { SettingDifference.short($0.values[index]) } + values + tests + [
        run.cost.millisecondsPerClip.map { Numbers.fixed($0, 2) } ?? "–",
        run.cost.columns.map { columns in run.cost.frames.map { "\(columns) × \($0)" } ?? "\(columns)" } ?? "–",
        run.cost.parameters.map(String.init) ?? "",
      ]
    }
    return (header, rows)
  }

  /// The difference in UAR with its interval, and both p-values.
  private static func tests(_ pair: RunPair) -> [String] {
    let (difference, interval) = (pair.test.uarDifference, pair.test.uarInterval)
    return [
      "\(difference >= 0 ? "+" : "")\(Numbers.fixed(difference, 3)) "
        + "(\(Numbers.fixed(interval.lower, 3)) to \(Numbers.fixed(interval.upper, 3)))",
      p(pair.mcNemar), p(pair.permutation),
    ]
  }

  private static func p(_ value: Double) -> String { value < 0.001 ? "< 0.001" : Numbers.fixed(value, 3) }

  // MARK: Every pair

  /// So many pairs are all listed; of more, those that differ.
  static let fewPairs = 36
  /// More lines than anyone reads.
  static let mostPairs = 200

  /// What the tests of every pair came to: a sentence, and a line for each pair or for those that differ; nil where each run was only
  /// tested against the first.
  public var pairTable: (sentence: String, header: [String], rows: [[String]])? {
    guard tested == .all, !pairs.isEmpty else { return nil }
    let differing = pairs.filter(\.differs)
    var sentence =
      "Of \(Numbers.grouped(pairs.count)) \(pairs.count == 1 ? "pair" : "pairs"), \(Numbers.grouped(pairs.count(where: \.differsInUAR))) "
      + "differ in UAR and \(Numbers.grouped(pairs.count(where: \.differsInAccuracy))) in accuracy (p < \(RunPair.level))"
    var shown = pairs
    if pairs.count > Self.fewPairs {
      shown = differing
      sentence += differing.isEmpty ? "" : "; only those are listed"
      if differing.count > Self.mostPairs {
        sentence += ", and of them the \(Self.mostPairs) with the largest difference in UAR"
        shown.sort {
          ($1.test.uarDifference.magnitude, $0.first, $0.second) < (
            $0.test.uarDifference.magnitude, $1.first, $1.second
          )
        }
        shown = Array(shown.prefix(Self.mostPairs))
      }
    }
    return (
      sentence + ".", ["run", "beside", "Δ UAR", "McNemar p", "permutation p"],
      shown.map { [runs[$0.second].name, runs[$0.first].name] + Self.tests($0) }
    )
  }

  /// The table in columns, and what it comes to.
  public var text: String {
    let table = table
    var text = TextTable.text([table.header] + table.rows) + "\n" + correction + "\n"
    if let best { text += best.sentences.joined(separator: "\n") + "\n" }
    if let pairTable {
      text += "\n" + pairTable.sentence + "\n"
      if !pairTable.rows.isEmpty { text += TextTable.text([pairTable.header] + pairTable.rows) }
    }
    return text
  }

  // MARK: CSV

  private static let testColumns = [
    "uar_difference", "uar_difference_lower", "uar_difference_upper", "mcnemar_p", "mcnemar_p_corrected",
    "permutation_p", "permutation_p_corrected",
  ]

  private static func number(_ value: Double?) -> String { value.map { CSV.number($0) } ?? "" }

  private static func testFields(_ pair: RunPair?) -> [String] {
    [
      number(pair?.test.uarDifference), number(pair?.test.uarInterval.lower), number(pair?.test.uarInterval.upper),
      number(pair?.test.mcNemar), number(pair?.mcNemar), number(pair?.test.permutation), number(pair?.permutation),
    ]
  }

  /// One line a run with plain numbers.
  public var csv: (header: [String], rows: [[String]]) {
    var header = ["run", "path"] + settings.map(\.path)
    header += ShownScore.compared.flatMap { [$0.key, $0.key + "_lower", $0.key + "_upper"] }
    header += Self.testColumns + ["ms_per_clip", "training_seconds", "columns", "parameters", "frames"]
    let rows = runs.indices.map { index -> [String] in
      let run = runs[index]
      var fields = [run.name, run.path] + settings.map { $0.values[index]?.plain ?? "" }
      for score in ShownScore.compared {
        let score = run.score(score.key)
        fields += [score?.value, score?.interval?.lowerBound, score?.interval?.upperBound].map(Self.number)
      }
      fields += Self.testFields(pair(0, index))
      fields += [Self.number(run.cost.millisecondsPerClip), Self.number(run.cost.trainingSeconds)]
      fields += [run.cost.columns, run.cost.parameters, run.cost.frames].map { $0.map(String.init) ?? "" }
      return fields
    }
    return (header, rows)
  }

  /// One line a pair with plain numbers, and how many comparisons are corrected together.
  public var pairCSV: (header: [String], rows: [[String]]) {
    let header =
      ["run", "beside", "rows", "only_run_right", "only_beside_right", "accuracy_difference"] + Self.testColumns + [
        "comparisons"
      ]
    let rows = pairs.map { pair in
      [
        runs[pair.second].name, runs[pair.first].name, String(pair.test.rows), String(pair.test.onlySecond),
        String(pair.test.onlyFirst), Self.number(pair.test.accuracyDifference),
      ] + Self.testFields(pair) + [String(pairs.count)]
    }
    return (header, rows)
  }
}
