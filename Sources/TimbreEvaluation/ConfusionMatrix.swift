/// How often each class was taken for each other; rows are the truth, columns the prediction.
public struct ConfusionMatrix: Sendable, Hashable {
  public let classCount: Int
  /// Row-major.
  public internal(set) var counts: [Int]

  public init(truth: [Int], predicted: [Int], classCount: Int) {
    precondition(truth.count == predicted.count, "one prediction a row")
    self.classCount = classCount
    counts = [Int](repeating: 0, count: classCount * classCount)
    for (truth, predicted) in zip(truth, predicted) { counts[truth * classCount + predicted] += 1 }
  }

  public subscript(truth truth: Int, predicted predicted: Int) -> Int { counts[truth * classCount + predicted] }

  public func support(_ index: Int) -> Int { (0..<classCount).reduce(0) { $0 + self[truth: index, predicted: $1] } }
  public func predictions(_ index: Int) -> Int { (0..<classCount).reduce(0) { $0 + self[truth: $1, predicted: index] } }
}

/// The numbers that a confusion matrix comes down to. What would divide by zero is 0, as in scikit-learn.
public struct Scores: Sendable, Hashable {
  public var accuracy = 0.0
  /// Unweighted average recall (balanced accuracy): over the classes that occur in the truth.
  public var uar = 0.0
  /// Over the classes that occur in the truth or the prediction, as scikit-learn does without a list of labels.
  public var macroPrecision = 0.0
  public var macroRecall = 0.0
  public var macroF1 = 0.0
  /// Weighted by the support of each class.
  public var weightedF1 = 0.0

  public init(_ confusion: ConfusionMatrix) {
    let classes = confusion.classCount
    var total = 0
    var correct = 0
    var (inTruth, inEither) = (0, 0)
    for index in 0..<classes {
      let hits = confusion[truth: index, predicted: index]
      let support = confusion.support(index)
      let predictions = confusion.predictions(index)
      total += support
      correct += hits
      guard support + predictions > 0 else { continue }
      inEither += 1
      if support > 0 { inTruth += 1 }
      let score = ClassScore(hits: hits, support: support, predictions: predictions)
      macroPrecision += score.precision
      macroRecall += score.recall
      macroF1 += score.f1
      weightedF1 += score.f1 * Double(support)
    }
    guard total > 0 else { return }
    accuracy = Double(correct) / Double(total)
    uar = macroRecall / Double(max(inTruth, 1))
    macroPrecision /= Double(inEither)
    macroRecall /= Double(inEither)
    macroF1 /= Double(inEither)
    weightedF1 /= Double(total)
  }
}

/// Precision, recall and F1 of one class.
public struct ClassScore: Sendable, Hashable {
  public let precision: Double
  public let recall: Double
  public let f1: Double
  /// Rows of this class in the truth.
  public let support: Int
  /// Rows taken for this class.
  public let predictions: Int

  init(hits: Int, support: Int, predictions: Int) {
    self.support = support
    self.predictions = predictions
    precision = predictions == 0 ? 0 : Double(hits) / Double(predictions)
    recall = support == 0 ? 0 : Double(hits) / Double(support)
    f1 = support + predictions == 0 ? 0 : Double(2 * hits) / Double(support + predictions)
  }
}
