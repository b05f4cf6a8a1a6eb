import TimbreCore
import TimbreReport
import TimbreWorkflow

extension RunReport {
  /// What a run folder has left of its report: what a page shows of it with links that a file cannot have.
  ///
  /// - Parameters:
  ///   - metrics: Its `metrics.json`.
  ///   - workflow: Its `workflow.json`.
  init(folder: String, metrics: JSONValue, workflow: JSONValue?) {
    func truth(_ key: String) -> Bool { metrics[key]?.boolValue ?? false }
    let level: Verdict.Level = truth("leak") ? .leak : truth("speaker_dependent") ? .caution : .sound
    self.init(
      title: workflow?["title"]?.stringValue ?? "", verdict: .init(level, metrics["verdict"]?.stringValue ?? ""))
    description = workflow?["description"]?.stringValue ?? ""
    let labels = metrics["classes"].flatMap([String].init(json:)) ?? []
    addScores(metrics, classes: labels.count)
    let counts = metrics["confusion_matrix"]?.arrayValue?.map { $0.arrayValue?.compactMap(\.intValue) ?? [] } ?? []
    if !labels.isEmpty, counts.count == labels.count, counts.allSatisfy({ $0.count == labels.count }) {
      confusion = ConfusionMatrix(labels: labels, counts: counts)
    }
    classes = labels.compactMap { label in
      guard let score = metrics["per_class"]?[label] else { return nil }
      func value(_ key: String) -> Double { score[key]?.doubleValue ?? 0 }
      return ClassScore(
        label: label, precision: value("precision"), recall: value("recall"), f1: value("f1"),
        support: score["support"]?.intValue ?? 0)
    }
    folds = (metrics["folds"]?.arrayValue ?? []).map { fold in
      func value(_ key: String) -> Double { fold[key]?.doubleValue ?? 0 }
      let name = fold["name"]?.stringValue ?? ""
      return Fold(
        name: name, rows: fold["rows"]?.intValue ?? 0, accuracy: value("accuracy"), uar: value("uar"),
        macroF1: value("macro_f1"), history: TrainingHistory.read(RunFolder.path(ofFold: name, in: folder)))
    }
    history = TrainingHistory.read(folder)
  }

  private mutating func addScores(_ metrics: JSONValue, classes count: Int) {
    for score in ShownScore.allCases {
      guard let value = metrics[score.key]?.doubleValue else { continue }
      let ends = metrics["intervals"]?[score.key]?.arrayValue?.compactMap(\.doubleValue) ?? []
      let interval = ends.count == 2 && ends[0] <= ends[1] ? ends[0]...ends[1] : nil
      let majority = metrics["majority_accuracy"]?.doubleValue
      self.metrics.append(Metric(score, value, interval: interval, classes: count, majority: majority))
    }
  }
}
