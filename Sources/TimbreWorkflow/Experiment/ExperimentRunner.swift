import TimbreCore
import TimbreReport

/// Carries out an experiment: a run folder for each trial, side by side, and a table of what they came to.
public struct ExperimentRunner: Sendable {
  let experiment: Experiment
  let folder: RunFolder
  let conditions: RunConditions

  public init(experiment: Experiment, folder: RunFolder, conditions: RunConditions) {
    self.experiment = experiment
    self.folder = folder
    self.conditions = conditions
  }

  /// What became of one trial.
  public struct TrialResult: Sendable {
    public var trial: Experiment.Trial
    /// `metrics.json`, or why there is none.
    public var metrics: Result<JSONValue, Diagnostic>
    /// Whether an earlier process has carried it out.
    var isKnown = false
  }

  /// - Returns: The results in the order of the trials.
  /// - Throws: The `Diagnostic` that stopped all of them. A trial that fails stops no other.
  @discardableResult
  public func run() async throws -> [TrialResult] {
    let kind = JSONValue.Member("kind", "experiment")
    try folder.mark(.running, about: [kind])
    do {
      try folder.write(experiment.resolved, to: "workflow.json")
      try folder.write(conditions.environment, to: "environment.json")
      conditions.observer.happened(.began(part))
      let results = await carryOut()
      if conditions.isCancelled() { throw Diagnostic(.cancelled, "interrupted") }
      try write(results)
      let records = try RunRecord.all(in: folder.path)
      if records.count > 1 {
        try RunComparison(records).writePage(to: folder.file("compare.html"), title: experiment.title)
      }
      let failed = results.count { if case .failure = $0.metrics { true } else { false } }
      try folder.mark(
        failed == 0 ? .finished : .failed,
        about: [kind, .init("trials", .int(results.count)), .init("failed_trials", .int(failed))])
      conditions.observer.happened(.ended(part, failed == 0 ? .finished : .failed))
      return results
    } catch {
      let diagnostic = error as? Diagnostic ?? Diagnostic(.training, "\(error)")
      let state: RunFolder.State = diagnostic.kind == .cancelled ? .interrupted : .failed
      try? folder.mark(state, about: [kind, .init("error", .string(diagnostic.description))])
      conditions.observer.happened(.ended(part, state))
      throw diagnostic
    }
  }

  private var part: RunPart { RunPart(.experiment, folder: folder.path) }

  private func carryOut() async -> [TrialResult] {
    let trials = experiment.trials
    let atOnce = min(conditions.jobs, trials.count)
    let board = TrialBoard(of: trials.count, conditions.observer)
    conditions.observer.began("trials", unit: "runs")
    defer { conditions.observer.ended() }
    return await withTaskGroup(of: (Int, TrialResult).self) { group in
      var results = [TrialResult?](repeating: nil, count: trials.count)
      var next = 0
      func addOne() {
        guard next < trials.count, !conditions.isCancelled() else { return }
        let index = next
        next += 1
        group.addTask { (index, await result(of: trials[index], board)) }
      }
      for _ in 0..<atOnce { addOne() }
      while let (index, result) = await group.next() {
        results[index] = result
        board.finished(result)
        addOne()
      }
      return results.compactMap(\.self)
    }
  }

  private func result(of trial: Experiment.Trial, _ board: TrialBoard) async -> TrialResult {
    do {
      let path = folder.file("trials/" + trial.name)
      let observer = TrialObserver(name: trial.name, experiment: folder.path, board: board, whole: conditions.observer)
      let place = try RunFolder.resuming(path, workflow: trial.plan.resolved)
      if conditions.resumes, place.isFinished {
        try observer.hear(ofEndedRun: path)
        return TrialResult(
          trial: trial, metrics: .success(try RunSummary.read("metrics.json", in: path)), isKnown: true)
      }
      var conditions = conditions
      conditions.jobs = max(1, conditions.jobs / min(conditions.jobs, experiment.trials.count))
      conditions.observer = observer
      let runner = Runner(plan: trial.plan, folder: place.folder, conditions: conditions)
      return TrialResult(trial: trial, metrics: .success(try await runner.run()))
    } catch {
      return TrialResult(
        trial: trial, metrics: .failure(error as? Diagnostic ?? Diagnostic(.training, "\(error)")))
    }
  }

  /// `trials.csv`: a line for each trial, with what it changes and how it did.
  private func write(_ results: [TrialResult]) throws {
    var paths: [String] = []
    for change in results.flatMap(\.trial.changes) where !paths.contains(change.key) { paths.append(change.key) }
    let scores = ShownScore.allCases.map(\.key)
    let lines = results.map { result -> [String] in
      let changes = paths.map { path in
        result.trial.changes.last { $0.key == path }?.value.plain ?? ""
      }
      switch result.metrics {
      case .success(let metrics):
        let values = scores.map { metrics[$0]?.doubleValue.map { CSV.number($0) } ?? "" }
        return [result.trial.name, result.trial.variant ?? ""] + changes + values + ["finished", ""]
      case .failure(let diagnostic):
        return [result.trial.name, result.trial.variant ?? ""] + changes + scores.map { _ in "" }
          + ["failed", diagnostic.message]
      }
    }
    try CSV.write(
      header: ["trial", "variant"] + paths + scores + ["state", "reason"], rows: lines, to: folder.file("trials.csv"))
  }
}
