import RealModule
import TimbreCore
import TimbreEvaluation
import TimbreReport

/// The scores of each fold, their mean and their standard deviation.
struct FoldScores: Sendable {
  struct Line: Sendable {
    var name: String
    var rows: Int
    var scores: Scores
    var history: [TrainingRecord]
  }

  let lines: [Line]

  init(_ folds: [(outcome: Outcome, history: [TrainingRecord])]) {
    lines = folds.map { outcome, history in
      Line(
        name: outcome.folds[0].name, rows: outcome.tested.count, scores: outcome.metrics.scores, history: history)
    }
  }

  /// The members that stand in `metrics.json` beside the pooled ones.
  var members: [JSONValue.Member] {
    let spreads = ShownScore.allCases.map { score in (score.key, Spread(lines.map { $0.scores[score] })) }
    return [
      .init(
        "folds",
        .array(
          lines.map { line in
            .object(
              [.init("name", .string(line.name)), .init("rows", .int(line.rows))]
                + ShownScore.allCases.map { .init($0.key, .number(line.scores[$0])) })
          })),
      .init("mean", .object(spreads.map { .init($0, .number($1.mean)) })),
      .init("std", .object(spreads.map { .init($0, .number($1.deviation)) })),
    ]
  }
}

extension Scores {
  subscript(score: ShownScore) -> Double {
    switch score {
    case .accuracy: accuracy
    case .uar: uar
    case .macroF1: macroF1
    case .weightedF1: weightedF1
    }
  }
}

extension ScoreIntervals {
  subscript(score: ShownScore) -> Interval {
    switch score {
    case .accuracy: accuracy
    case .uar: uar
    case .macroF1: macroF1
    case .weightedF1: weightedF1
    }
  }
}
