import TimbreCore
import TimbreEvaluation
import TimbreReport

extension Runner {
  /// `report.html` from what the run found.
  func writeReport(
    data: RunData, result: TrainingStage.Result, shown: [RunReport.SampleClip], timings: Timings
  ) throws {
    let outcome = result.outcome
    let verdict = outcome.verdict
    var report = RunReport(title: plan.title, verdict: .init(verdict.level, verdict.text))
    report.description = plan.summary
    report.summary = summary(data, outcome)
    report.metrics = metrics(outcome)
    report.confusion = TimbreReport.ConfusionMatrix(
      labels: data.classes,
      counts: data.classes.indices.map { truth in
        data.classes.indices.map { outcome.metrics.confusion[truth: truth, predicted: $0] }
      })
    report.classes = zip(data.classes, outcome.metrics.perClass).map { label, score in
      .init(label: label, precision: score.precision, recall: score.recall, f1: score.f1, support: score.support)
    }
    report.history = result.history
    report.folds = (result.folds?.lines ?? []).map { line in
      .init(
        name: line.name, rows: line.rows, accuracy: line.scores.accuracy, uar: line.scores.uar,
        macroF1: line.scores.macroF1, history: line.history)
    }
    report.classifier = plan.resolved["classifier"]?["use"]?.stringValue ?? ""
    report.parts = result.parts
    if result.partsVary { report.modelNote = "the mean of \(data.folds.count) folds" }
    report.inputs = inputs(data)
    report.inputSummary = inputSummary(data)
    let sides =
      data.isFolded
      ? [("test, each in its fold", outcome.tested)]
      : [
        ("train", data.folds[0].split.train), ("validation", data.folds[0].split.validation), ("test", outcome.tested),
      ]
    report.split = sides.filter { !$0.1.isEmpty }.map { side($0, $1, data) }
    report.failed = data.failures.map { $0.reason.about($0.clip.id) }
    report.passedOver = data.rejected
    report.nearIdentical = data.near.pairs.map { pair in
      .init(
        first: data.clips[pair.first].id, second: data.clips[pair.second].id, distance: pair.distance,
        correlation: pair.likeness)
    }
    report.clips = shown
    let count = data.clips.count
    report.timings = [
      .init("features of all views, as the clock runs", seconds: timings.features, amount: count),
      .init("of which reading and resampling, summed over jobs", seconds: timings.parts.load, amount: count),
      .init("of which making views, summed over jobs", seconds: timings.parts.views, amount: count),
      .init("of which features, summed over jobs", seconds: timings.parts.features, amount: count),
      .init(
        "training", seconds: timings.training,
        amount: data.isFolded ? data.folds.count : result.history.count, counted: data.isFolded ? "folds" : "epochs"),
    ]
    report.provenance = provenance()
    report.workflow = plan.resolved.pretty
    report.command =
      conditions.environment["command"]?.arrayValue?.compactMap(\.stringValue).joined(separator: " ") ?? ""
    report.files = [
      .init("workflow.json", "the workflow with every default written out"),
      .init("clips.csv", "every row: clip, label, speaker, side, view, what was drawn"),
    ]
    report.files +=
      data.rows.shape.isSequence
      ? [
        .init(Rows.sequencesName, "the rows as numbers, before scaling: rows × bins × frames, NaN beyond their ends"),
        .init(Rows.lengthsName, "how many frames each row has, and had before cropping"),
        .init("features/columns.csv", "what their bins are"),
      ]
      : [
        .init(Rows.vectorsName, "the rows as numbers, before scaling"),
        .init("features/columns.csv", "what their columns are"),
      ]
    if !data.isFolded { report.files.append(.init("history.csv", "training, epoch by epoch")) }
    if !data.near.pairs.isEmpty { report.files.append(.init("near_identical.csv", "clips that are one recording")) }
    report.files += [.init("predictions.csv", "test rows with probabilities"), .init("metrics.json", "all metrics")]
    if !data.isFolded { report.files.append(.init("bundle/bundle.json", "the trained bundle, for timbre predict")) }
    report.files.append(.init("environment.json", "versions"))
    try report.write(to: folder.file("report.html"))
  }

  private func inputSummary(_ data: RunData) -> String {
    let scaling =
      "scaling: \(plan.scale.rawValue), "
      + (plan.scale == .standardPerSpeaker
        ? "each speaker by its own unlabelled clips, test speakers included."
        : data.rows.shape.isSequence ? "fitted on the frames of the training rows." : "fitted on the training rows.")
    guard case .sequence(let frames, let bins) = data.rows.shape, let sequence = plan.recipe.form.sequence else {
      return "A vector of \(data.columns.count) columns; \(scaling)"
    }
    let cropped = data.available.count { $0 > frames }
    let short = data.available.count { $0 < frames }
    let kept = ["start": "beginning", "center": "middle"][sequence.crop.rawValue] ?? "end"
    return "A sequence of up to \(frames) frames of \(bins) bins; \(scaling) Of \(data.rows.count) rows "
      + "\(cropped) had more frames, of which the \(kept) is kept, and \(short) have fewer: "
      + "what follows their ends takes part in nothing."
  }

  private func summary(_ data: RunData, _ outcome: Outcome) -> String {
    func clips(_ rows: [Int]) -> Int { Set(rows.map { data.table.rows[$0].item }).count }
    func many(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
    let split = data.folds[0].split
    var text =
      data.isFolded
      ? "\(data.folds.count) folds by \(plan.split.by.rawValue): "
        + "\(many(outcome.tested.count, "row")) of \(many(clips(outcome.tested), "clip")), each tested once on a model trained on other folds."
      : "Trained on \(many(split.train.count, "row")) of \(many(clips(split.train), "clip")), "
        + "tested on \(many(split.test.count, "row")) of \(many(clips(split.test), "clip")), split by \(plan.split.by.rawValue)."
    let views = Set(outcome.tested.map { data.view(ofRow: $0) })
    text +=
      views == ["original"]
      ? " Test rows are unaltered recordings." : " Test rows are the views \(views.sorted().joined(separator: ", "))."
    if !split.validation.isEmpty {
      let rows = data.isFolded ? "In each fold some rows" : many(split.validation.count, "row")
      text +=
        " \(rows) watched the training: no gradient came from them, but early stopping and schedules may depend on them."
    }
    text += " Intervals are drawn over \(outcome.areClustersSpeakers ? "speakers" : "clips")."
    let failed = data.failures.count
    text +=
      failed == 0
      ? " No clip failed."
      : " \(many(failed, "clip")) of \(data.clips.count) failed and \(failed == 1 ? "is" : "are") left out."
    return text
  }

  private func metrics(_ outcome: Outcome) -> [RunReport.Metric] {
    ShownScore.allCases.map { score in
      let interval = outcome.metrics.intervals?[score]
      return .init(
        score, outcome.metrics.scores[score],
        interval: interval.flatMap { $0.lower <= $0.upper ? $0.lower...$0.upper : nil },
        classes: outcome.data.classes.count, majority: outcome.majority)
    }
  }

  private func inputs(_ data: RunData) -> [RunReport.Input] {
    var inputs: [RunReport.Input] = []
    for column in data.columns {
      let statistic = column.statistic.isEmpty ? "every frame" : column.statistic
      if let last = inputs.last, last.name == column.node, last.statistic == statistic {
        inputs[inputs.count - 1].columns += 1
      } else {
        inputs.append(
          .init(
            name: column.node, plugin: column.plugin,
            statistic: statistic, columns: 1,
            unit: column.unit?.rawValue ?? ""))
      }
    }
    return inputs
  }

  private func side(_ name: String, _ rows: [Int], _ data: RunData) -> RunReport.Side {
    let items = Set(rows.map { data.table.rows[$0].item })
    var counts = [Int](repeating: 0, count: data.classes.count)
    for item in items {
      if let index = data.classes.firstIndex(of: data.table.items[item].label) { counts[index] += 1 }
    }
    return RunReport.Side(
      name: name, clips: items.count, rows: rows.count,
      speakers: Set(items.compactMap { data.table.items[$0].speaker }).sorted(),
      classes: zip(data.classes, counts).map { .init($0, $1) })
  }

  private func provenance() -> [RunReport.Fact] {
    var facts: [RunReport.Fact] = [.init("seed", String(plan.seed))]
    for member in conditions.environment.members ?? [] where member.key != "command" {
      if let inside = member.value.members {
        facts += inside.map { .init($0.key, $0.value.stringValue ?? $0.value.description) }
      } else {
        facts.append(.init(member.key, member.value.stringValue ?? member.value.description))
      }
    }
    for member in plan.resolved["plugins"]?.members ?? [] { facts.append(.init(member.key, "version \(member.value)")) }
    return facts
  }
}
