/// The scores that pages, tables and listings show, in their order: each one's key in `metrics.json`, its names, and what it means.
public enum ShownScore: String, Sendable, CaseIterable {
  case accuracy, uar
  case macroF1 = "macro_f1"
  case weightedF1 = "weighted_f1"

  /// The one that runs are ranked by.
  public static let primary = uar
  /// Those of tables with a line a run.
  public static let compared = [accuracy, uar, macroF1]

  public var key: String { rawValue }

  /// In a table's head.
  public var name: String {
    switch self {
    case .accuracy: "accuracy"
    case .uar: "UAR"
    case .macroF1: "macro F1"
    case .weightedF1: "weighted F1"
    }
  }

  /// On its own.
  public var title: String { name.prefix(1).uppercased() + name.dropFirst() }

  /// In a few words.
  public var meaning: String {
    switch self {
    case .accuracy: "share of test rows that are right"
    case .uar: "unweighted average recall over classes"
    case .macroF1: "mean F1 over classes"
    case .weightedF1: "F1 weighted by support"
    }
  }
}

extension RunReport.Metric {
  /// - Parameters:
  ///   - classes: How many there are to guess from.
  ///   - majority: The accuracy of naming the commonest class of the training rows each time.
  public init(_ score: ShownScore, _ value: Double, interval: ClosedRange<Double>?, classes: Int, majority: Double?) {
    let chance = classes > 0 ? [RunReport.Baseline("chance", 1 / Double(classes))] : []
    let baselines: [RunReport.Baseline] =
      switch score {
      case .accuracy: chance + (majority.map { [.init("majority class", $0)] } ?? [])
      case .uar: chance
      case .macroF1, .weightedF1: []
      }
    self.init(score.title, value, interval: interval, baselines: baselines, note: score.meaning)
  }
}
