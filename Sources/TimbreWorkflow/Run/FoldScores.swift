import RealModule
import TimbreCore
import TimbreEvaluation

/// The scores of each fold, their mean and their standard deviation.
struct FoldScores: Sendable {
  struct Line: Sendable {
    var name: String
    var rows: Int
    var scores: Scores
  }

  let lines: [Line]

  init(_ outcomes: [Outcome]) {
    lines = outcomes.map { Line(name: $0.folds[0].name, rows: $0.tested.count, scores: $0.metrics.scores) }
  }

  static let shown: [(name: String, value: @Sendable (Scores) -> Double)] = [
    ("accuracy", { $0.accuracy }), ("uar", { $0.uar }), ("macro_f1", { $0.macroF1 }),
    ("weighted_f1", { $0.weightedF1 }),
  ]

  func mean(_ value: (Scores) -> Double) -> Double {
    lines.reduce(0) { $0 + value($1.scores) } / Double(max(1, lines.count))
  }

  /// Of the folds as a sample: divided by their number less one.
  func deviation(_ value: (Scores) -> Double) -> Double {
    guard lines.count > 1 else { return 0 }
    let mean = mean(value)
    let squares = lines.reduce(0.0) { $0 + (value($1.scores) - mean) * (value($1.scores) - mean) }
    return (squares / Double(lines.count - 1)).squareRoot()
  }

  /// The members that stand in `metrics.json` beside the pooled ones.
  var members: [JSONValue.Member] {
    [
      .init(
        "folds",
        .array(
          lines.map { line in
            .object(
              [.init("name", .string(line.name)), .init("rows", .int(line.rows))]
                + Self.shown.map { .init($0.name, .number($0.value(line.scores))) })
          })),
      .init("mean", .object(Self.shown.map { .init($0.name, .number(mean($0.value))) })),
      .init("std", .object(Self.shown.map { .init($0.name, .number(deviation($0.value))) })),
    ]
  }
}
