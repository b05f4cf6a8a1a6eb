import TimbreCore
import TimbreEvaluation
import TimbreReport

/// Carries out a plan and leaves a run folder.
public struct Runner: Sendable {
  let plan: Plan
  let folder: RunFolder
  let jobs: Int
  let observer: any RunObserver
  /// What the run was made with: versions, machine, command line.
  let environment: JSONValue
  let isCancelled: @Sendable () -> Bool

  public init(
    plan: Plan, folder: RunFolder, jobs: Int, observer: any RunObserver = SilentObserver(),
    environment: JSONValue = [:],
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.plan = plan
    self.folder = folder
    self.jobs = max(1, jobs)
    self.observer = observer
    self.environment = environment
    self.isCancelled = isCancelled
  }

  /// - Returns: What is written into `metrics.json`.
  /// - Throws: The `Diagnostic` that stopped the run, after `run.json` tells of it.
  @discardableResult
  public func run() async throws -> JSONValue {
    try folder.mark(.running)
    do {
      let (metrics, timings) = try await carryOut()
      try folder.mark(.finished, about: [.init("seconds", timings.json)])
      return metrics
    } catch {
      let diagnostic = error as? Diagnostic ?? Diagnostic(.training, "\(error)")
      let state: RunFolder.State = diagnostic.kind == .cancelled ? .interrupted : .failed
      // The disk may be what failed; then the mark that the run is under way stays.
      try? folder.mark(state, about: [.init("error", .string(diagnostic.description))])
      throw diagnostic
    }
  }

  private func carryOut() async throws -> (JSONValue, Timings) {
    var timings = Timings()
    try folder.write(plan.resolved, to: "workflow.json")
    try folder.write(environment, to: "environment.json")
    guard let dataset = plan.dataset else { throw Diagnostic(.badDataset, "the workflow has no usable dataset") }
    let list = try dataset.clips()
    guard !list.clips.isEmpty else { throw Diagnostic(.badDataset, "the dataset has no clip") }
    if !list.rejected.isEmpty {
      let (count, first) = (list.rejected.count, list.rejected[0])
      observer.noted(
        "\(count) \(count == 1 ? "entry" : "entries") of the dataset passed over, listed in clips.csv; the first: \(first)"
      )
    }
    let labels = Set(list.clips.map(\.label))
    guard labels.count > 1 else {
      throw Diagnostic(
        .badDataset, "all clips have the label \"\(labels.first ?? "")\"",
        help: "a classifier needs at least two classes")
    }
    // What is wrong with the split shows before the audio is read.
    try plan.split.preview(list.clips.map { SplitItem($0) }, views: plan.views.map(\.name), workflowSeed: plan.seed)

    returnFreedMemory()
    let results = try await extract(list, timings: &timings)
    let data: RunData
    do {
      data = try RunData(plan: plan, list: list, results: results)
    } catch {
      try RunData.writeFailures(results.failures(of: list.clips), passedOver: list.rejected, to: folder)
      throw error
    }
    try data.write(to: folder)

    let (model, scaler, scaled) = try train(data, timings: &timings)
    try writeHistory(model.history)
    let outcome = try Outcome(data: data, plan: plan, model: model, scaled: scaled, jobs: jobs)
    try outcome.write(to: folder)
    try folder.write(outcome.json, to: "metrics.json")

    try folder.make("bundle")
    let provenance: JSONValue = [
      "timbre": .string(Timbre.version), "seed": .int(Int(plan.seed)), "split": plan.resolved["split"] ?? .null,
      "train_rows": .int(data.split.train.count), "metrics": outcome.brief,
    ]
    try Bundle.write(
      to: folder.file("bundle"), plan: plan, labels: data.classes, scaler: scaler, model: model, provenance: provenance)
    let shown = try showClips(data: data, outcome: outcome, list: list)
    try writeReport(data: data, outcome: outcome, model: model, shown: shown, timings: timings)
    return (outcome.json, timings)
  }

  private func extract(_ list: ClipList, timings: inout Timings) async throws -> ClipResults {
    let clock = ContinuousClock()
    let start = clock.now
    observer.began("features", unit: "clips")
    defer { observer.ended() }
    let stage = ClipStage(plan: plan, jobs: jobs, isCancelled: isCancelled)
    let results: ClipResults
    do {
      results = try await stage.process(list.clips) { observer.advanced(to: $0, of: list.clips.count, detail: nil) }
    } catch let failure as ClipStage.ClipFailure {
      let clip = list.clips[failure.clip]
      try RunData.writeFailures([(clip, failure.diagnostic)], passedOver: list.rejected, to: folder)
      var diagnostic = failure.diagnostic.about(clip.id)
      if diagnostic.subject != clip.id { diagnostic.message += " (clip \(clip.id))" }
      diagnostic.help = (diagnostic.help.map { $0 + "; " } ?? "") + "\"on_error\": \"skip\" goes on without such clips"
      throw diagnostic
    }
    timings.features = (clock.now - start).seconds
    timings.parts = results.seconds
    returnFreedMemory()
    for failure in results.failures(of: list.clips) {
      observer.noted("skipped \(failure.clip.id): \(failure.reason.message)")
    }
    return results
  }

  private func train(_ data: RunData, timings: inout Timings) throws -> (any TrainedModel, Scaler, scaled: Matrix) {
    let clock = ContinuousClock()
    let start = clock.now
    observer.began("training", unit: "epochs")
    defer { observer.ended() }
    let scaler = Scaler.fit(plan.scale, data.rows, rows: data.split.train)
    let scaled = scaler.applied(to: data.rows)
    func rows(_ indices: [Int]) -> LabelledRows {
      LabelledRows(rows: scaled.selecting(indices), labels: indices.map { data.truth[$0] })
    }
    let validation = data.split.validation.isEmpty ? nil : rows(data.split.validation)
    let observer = observer
    let task = TrainingTask(
      train: rows(data.split.train), validation: validation, classes: data.classes, seed: plan.seed, jobs: jobs,
      onEpoch: { record in
        let entries = record.entries.filter { $0.name != "learning_rate" }.map {
          "\($0.name) \(Numbers.fixed($0.value, 3))"
        }
        observer.advanced(to: record.epoch, of: record.epochs, detail: entries.joined(separator: ", "))
      }, isCancelled: isCancelled)
    let model = try plan.classifier.train(task)
    timings.training = (clock.now - start).seconds
    return (model, scaler, scaled)
  }

  private func writeHistory(_ history: [TrainingRecord]) throws {
    guard let names = history.first?.entries.map(\.name) else { return }
    let lines = history.map { record in [String(record.epoch)] + names.map { record[$0].map { CSV.number($0) } ?? "" } }
    try CSV.write(header: ["epoch"] + names, rows: lines, to: folder.file("history.csv"))
  }
}

/// Where the time went, in seconds. Features are counted as the clock runs, their parts as the sum over the jobs.
struct Timings: Sendable {
  var features = 0.0
  var training = 0.0
  var parts = (load: 0.0, views: 0.0, features: 0.0)

  var json: JSONValue {
    [
      "features": .number(features), "training": .number(training), "load_sum": .number(parts.load),
      "views_sum": .number(parts.views), "extraction_sum": .number(parts.features),
    ]
  }
}
