import RealModule
import TimbreCore

/// How well predictions agree with the truth. Definitions are scikit-learn's, with `zero_division` 0.
public struct Metrics: Sendable, Hashable {
  /// Names of the classes, in the order of their indices.
  public let classes: [String]
  public let rowCount: Int
  public let scores: Scores
  public let perClass: [ClassScore]
  public let confusion: ConfusionMatrix
  /// Mean of −log p(truth) in nats, p clipped at the resolution of single precision; nil without probabilities.
  public let logLoss: Double?
  /// nil when none were asked for or there are no rows.
  public let intervals: ScoreIntervals?

  /// Metrics of rows × classes probabilities.
  ///
  /// - Parameters:
  ///   - truth: The class index of each row.
  ///   - clusters: The clip or the speaker of each row, for the intervals.
  ///   - resamples: Of the bootstrap; 0 for no intervals.
  public init(
    truth: [Int], probabilities: Matrix, classes: [String], clusters: [String]? = nil, resamples: Int = 1000,
    seed: UInt64 = 0
  ) {
    precondition(probabilities.columns == classes.count, "one column a class")
    self.init(
      truth: truth, predicted: Self.predictions(of: probabilities), classes: classes,
      logLoss: Self.logLoss(truth: truth, probabilities: probabilities), clusters: clusters, resamples: resamples,
      seed: seed)
  }

  /// Metrics of predicted class indices.
  public init(
    truth: [Int], predicted: [Int], classes: [String], clusters: [String]? = nil, resamples: Int = 1000,
    seed: UInt64 = 0
  ) {
    self.init(
      truth: truth, predicted: predicted, classes: classes, logLoss: nil, clusters: clusters, resamples: resamples,
      seed: seed)
  }

  private init(
    truth: [Int], predicted: [Int], classes: [String], logLoss: Double?, clusters: [String]?, resamples: Int,
    seed: UInt64
  ) {
    self.classes = classes
    rowCount = truth.count
    let confusion = ConfusionMatrix(truth: truth, predicted: predicted, classCount: classes.count)
    self.confusion = confusion
    scores = Scores(confusion)
    perClass = classes.indices.map {
      ClassScore(
        hits: confusion[truth: $0, predicted: $0], support: confusion.support($0),
        predictions: confusion.predictions($0))
    }
    self.logLoss = logLoss
    intervals =
      resamples > 0 && !truth.isEmpty
      ? ScoreIntervals(
        truth: truth, predicted: predicted, classCount: classes.count, clusters: clusters, resamples: resamples,
        seed: seed)
      : nil
  }

  /// The most probable class of each row; of equals the one with the lowest index.
  public static func predictions(of probabilities: Matrix) -> [Int] {
    let columns = probabilities.columns
    return (0..<probabilities.rows).map { row in
      var best = 0
      for column in 1..<max(columns, 1) where probabilities[row, column] > probabilities[row, best] { best = column }
      return best
    }
  }

  private static func logLoss(truth: [Int], probabilities: Matrix) -> Double {
    let resolution = Double(Float.ulpOfOne)
    let total = truth.indices.reduce(0.0) { sum, row in
      let probability = Double(probabilities[row, truth[row]])
      return sum - Double.log(min(max(probability, resolution), 1 - resolution))
    }
    return truth.isEmpty ? 0 : total / Double(truth.count)
  }
}

extension Metrics {
  /// Everything under names in snake case: the scores, `per_class`, `confusion_matrix` (rows are the truth), `intervals`.
  public var json: JSONValue {
    .object([
      .init("rows", .int(rowCount)),
      .init("accuracy", .number(scores.accuracy)),
      .init("uar", .number(scores.uar)),
      .init("macro_f1", .number(scores.macroF1)),
      .init("weighted_f1", .number(scores.weightedF1)),
      .init("macro_precision", .number(scores.macroPrecision)),
      .init("macro_recall", .number(scores.macroRecall)),
      .init("log_loss", logLoss.map { .number($0) } ?? .null),
      .init("intervals", intervals?.json ?? .null),
      .init("classes", classes.json),
      .init("per_class", .object(zip(classes, perClass).map { .init($0, $1.json) })),
      .init(
        "confusion_matrix",
        .array(
          classes.indices.map { truth in
            .array(classes.indices.map { .int(confusion[truth: truth, predicted: $0]) })
          })),
    ])
  }
}

extension ClassScore {
  public var json: JSONValue {
    ["precision": .number(precision), "recall": .number(recall), "f1": .number(f1), "support": .int(support)]
  }
}

extension ScoreIntervals {
  public var json: JSONValue {
    [
      "level": 0.95, "resamples": .int(resamples), "clusters": .int(clusters), "accuracy": accuracy.json,
      "uar": uar.json,
      "macro_f1": macroF1.json, "weighted_f1": weightedF1.json,
    ]
  }
}

extension Interval {
  /// [lower, upper]
  public var json: JSONValue { [.number(lower), .number(upper)] }
}
