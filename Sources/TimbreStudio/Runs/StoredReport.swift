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
      return Fold(
        name: fold["name"]?.stringValue ?? "", rows: fold["rows"]?.intValue ?? 0, accuracy: value("accuracy"),
        uar: value("uar"), macroF1: value("macro_f1"))
    }
    history = Self.history(folder)
  }

  private mutating func addScores(_ metrics: JSONValue, classes count: Int) {
    let chance = count > 0 ? [Baseline("chance", 1 / Double(count))] : []
    let majority = metrics["majority_accuracy"]?.doubleValue.map { [Baseline("majority class", $0)] } ?? []
    for (key, name, baselines, note) in [
      ("accuracy", "Accuracy", chance + majority, "share of test rows that are right"),
      ("uar", "UAR", chance, "unweighted average recall over classes"),
      ("macro_f1", "Macro F1", [], "mean F1 over classes"),
      ("weighted_f1", "Weighted F1", [], "F1 weighted by support"),
    ] {
      guard let value = metrics[key]?.doubleValue else { continue }
      let ends = metrics["intervals"]?[key]?.arrayValue?.compactMap(\.doubleValue) ?? []
      let interval = ends.count == 2 && ends[0] <= ends[1] ? ends[0]...ends[1] : nil
      self.metrics.append(Metric(name, value, interval: interval, baselines: baselines, note: note))
    }
  }

  private static func history(_ folder: String) -> [TrainingRecord] {
    guard let bytes = try? AtomicFile.read(folder + "/history.csv", atMost: 8 << 20),
      let table = try? CSVTable(String(decoding: bytes, as: UTF8.self), file: "history.csv", delimiter: ",")
    else { return [] }
    let names = table.header.map(\.text)
    return table.rows.map { row in
      let values = zip(names, row).compactMap { name, cell in
        name == "epoch" ? nil : Double(cell.text).map { TrainingRecord.Entry(name, $0) }
      }
      let epoch = names.firstIndex(of: "epoch").flatMap { row.indices.contains($0) ? Int(row[$0].text) : nil }
      return TrainingRecord(epoch: epoch ?? 0, epochs: table.rows.count, entries: values)
    }
  }
}
