import Foundation
import Testing
import TimbreCore
import TimbreEvaluation

@Suite struct MetricsTests {
  private func names(_ count: Int) -> [String] { (0..<count).map { "class \($0)" } }

  @Test func agreesWithScikitLearn() throws {
    for item in try Golden.load().scores {
      let probabilities = Matrix(rows: item.truth.count, columns: item.classes, values: item.probabilities)
      let metrics = Metrics(
        truth: item.truth, probabilities: probabilities, classes: names(item.classes), resamples: 0)
      let ours = [
        metrics.scores.accuracy, metrics.scores.uar, metrics.scores.macroF1, metrics.scores.weightedF1,
        metrics.scores.macroPrecision, metrics.scores.macroRecall,
      ]
      let theirs = [
        item.accuracy, item.uar, item.macro_f1, item.weighted_f1, item.macro_precision, item.macro_recall,
      ]
      // Both compute ratios of whole numbers in double precision.
      for (ours, theirs) in zip(ours, theirs) { #expect(abs(ours - theirs) < 1e-12) }
      for (index, score) in metrics.perClass.enumerated() {
        #expect(abs(score.precision - item.precision[index]) < 1e-12)
        #expect(abs(score.recall - item.recall[index]) < 1e-12)
        #expect(abs(score.f1 - item.f1[index]) < 1e-12)
        #expect(score.support == item.support[index])
      }
      #expect(metrics.confusion.counts == item.confusion)
      // scikit-learn takes the logarithms in single precision.
      #expect(abs((metrics.logLoss ?? .nan) - item.log_loss) < 2e-6 * max(1, item.log_loss))
    }
  }

  @Test func tiesGoToTheLowestIndex() {
    let probabilities = Matrix(rows: 3, columns: 3, values: [0.4, 0.4, 0.2, 0.2, 0.4, 0.4, 0.3, 0.3, 0.4])
    #expect(Metrics.predictions(of: probabilities) == [0, 1, 2])
  }

  @Test func noRowGivesZeros() {
    let metrics = Metrics(truth: [], probabilities: Matrix(rows: 0, columns: 2), classes: names(2))
    #expect(metrics.scores.accuracy == 0 && metrics.scores.uar == 0 && metrics.scores.macroF1 == 0)
    #expect(metrics.intervals == nil)
  }

  @Test func theIntervalOfAccuracyIsTheBinomialOne() throws {
    // 70 of 100 rows right: resampled accuracy is binomial, standard deviation √(0.7 · 0.3 / 100) = 0.0458.
    let truth = [Int](repeating: 0, count: 100)
    let predicted = (0..<100).map { $0 < 70 ? 0 : 1 }
    let intervals = ScoreIntervals(truth: truth, predicted: predicted, classCount: 2, resamples: 20_000, seed: 1)
    #expect(intervals.clusters == 100)
    #expect(abs(intervals.accuracy.lower - 0.61) <= 0.011)
    #expect(abs(intervals.accuracy.upper - 0.79) <= 0.011)
  }

  /// As SciPy gives them: 100 · norm.cdf(−√(n / (n − 1)) · t.ppf(0.975, n − 1)).
  @Test(
    arguments: [
      (2, 0), (4, 0.011_903_073_916), (8, 0.573_752_051_703), (9, 0.722_481_918_315), (24, 1.729_396_730_891),
      (1_001, 2.480_450_117_521),
    ])
  func fewClustersTakeWiderPercentiles(_ clusters: Int, _ tail: Double) {
    #expect(abs(BootstrapLevel.tail(clusters: clusters) - tail) < 1e-9)
  }

  /// Eight speakers drawn again and again, some easier than others: the intervals hold the mean of all speakers nearly as often as they say.
  @Test func intervalsOfEightSpeakersHoldTheTruth() {
    var random = RandomSource(seed: 11)
    func share() -> Double { 1 / (1 + exp(-0.4 - 0.8 * random.normal())) }
    let truth = (0..<200_000).reduce(0.0) { sum, _ in sum + share() } / 200_000
    let speakers = (0..<128).map { "s\($0 / 16)" }
    let labels = [Int](repeating: 0, count: 128)
    let held = (0..<1_000).count { number in
      let shares = (0..<8).map { _ in share() }
      let predicted = (0..<128).map { random.uniform() < shares[$0 / 16] ? 0 : 1 }
      let interval = ScoreIntervals(
        truth: labels, predicted: predicted, classCount: 2, clusters: speakers, resamples: 400, seed: UInt64(number)
      ).accuracy
      return (interval.lower...interval.upper).contains(truth)
    }
    #expect(held > 915 && held < 980, "\(held)")
  }

  @Test func rowsOfOneClipAreOnePieceOfEvidence() {
    // 25 clips with four equal rows each carry as much as 25 rows: the interval is twice as wide as that of 100 rows.
    let predicted = (0..<100).map { $0 < 72 ? 0 : 1 }
    let truth = [Int](repeating: 0, count: 100)
    let clips = (0..<100).map { "clip \($0 / 4)" }
    func width(_ clusters: [String]?) -> Double {
      let interval = ScoreIntervals(
        truth: truth, predicted: predicted, classCount: 2, clusters: clusters, resamples: 20_000, seed: 1
      ).accuracy
      return interval.upper - interval.lower
    }
    #expect(abs(width(clips) / width(nil) - 2) < 0.2)
  }

  @Test func intervalsDependOnTheSeedAlone() {
    var random = RandomSource(seed: 3)
    let truth = (0..<200).map { _ in random.index(below: 4) }
    let predicted = (0..<200).map { _ in random.index(below: 4) }
    func intervals(_ seed: UInt64) -> ScoreIntervals {
      ScoreIntervals(truth: truth, predicted: predicted, classCount: 4, seed: seed)
    }
    #expect(intervals(1) == intervals(1))
    #expect(intervals(1) != intervals(2))
  }

  @Test func perfectPredictionsHaveNoSpread() {
    let truth = (0..<60).map { $0 % 3 }
    let intervals = ScoreIntervals(truth: truth, predicted: truth, classCount: 3, seed: 1)
    for interval in [intervals.accuracy, intervals.uar, intervals.macroF1, intervals.weightedF1] {
      #expect(interval == Interval(lower: 1, upper: 1))
    }
  }

  @Test func theJSONHasEveryNumber() throws {
    let metrics = Metrics(truth: [0, 0, 1], predicted: [0, 1, 1], classes: ["calm", "sad"], resamples: 10, seed: 1)
    let json = metrics.json
    #expect(json["rows"] == 3)
    #expect(json["accuracy"]?.doubleValue == 2.0 / 3)
    #expect(json["uar"] == 0.75)
    #expect(json["per_class"]?["calm"]?["support"] == 2)
    #expect(json["per_class"]?["sad"]?["precision"] == 0.5)
    #expect(json["confusion_matrix"] == [[1, 1], [0, 1]])
    #expect(json["intervals"]?["accuracy"]?.arrayValue?.count == 2)
    #expect(json["intervals"]?["resamples"] == 10)
    #expect(json["log_loss"] == .null)
  }
}
