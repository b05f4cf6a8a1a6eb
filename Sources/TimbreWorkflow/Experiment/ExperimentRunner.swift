import Synchronization
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
        board.finished(trials[index].name, result.metrics)
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
        return TrialResult(trial: trial, metrics: .success(try RunSummary.read("metrics.json", in: path)))
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

/// Where the trials under way stand, told as one line.
private final class TrialBoard: Sendable {
  private struct State {
    var done = 0
    /// In the order in which they began.
    var running: [(name: String, text: String)] = []
    var warnings: Set<String> = []
  }

  private let state = Mutex(State())
  private let count: Int
  private let observer: any RunObserver

  init(of count: Int, _ observer: any RunObserver) {
    self.count = count
    self.observer = observer
  }

  func update(_ name: String, _ text: String) {
    let (done, detail) = state.withLock { state in
      if let index = state.running.firstIndex(where: { $0.name == name }) {
        state.running[index].text = text
      } else {
        state.running.append((name, text))
      }
      return (state.done, state.running.map { "\($0.name) \($0.text)" }.joined(separator: "; "))
    }
    observer.advanced(to: done, of: count, detail: detail)
  }

  /// Whether no trial has said this before.
  func isNew(_ warning: String) -> Bool { state.withLock { $0.warnings.insert(warning).inserted } }

  func finished(_ name: String, _ metrics: Result<JSONValue, Diagnostic>) {
    let done = state.withLock { state in
      state.running.removeAll { $0.name == name }
      state.done += 1
      return state.done
    }
    switch metrics {
    case .success(let metrics):
      let words = [("accuracy", "accuracy"), ("UAR", "uar")].compactMap { label, key in
        metrics[key]?.doubleValue.map { "\(label) \(Numbers.fixed($0, 3))" }
      }
      observer.noted("\(name): \(words.joined(separator: ", "))")
    case .failure(let diagnostic) where diagnostic.kind == .cancelled: break
    case .failure(let diagnostic): observer.warned("\(name) failed: \(diagnostic.message)")
    }
    observer.advanced(to: done, of: count, detail: nil)
  }
}

private struct TrialObserver: RunObserver {
  let name: String
  /// Its folder.
  let experiment: String
  let board: TrialBoard
  /// Who observes the experiment.
  let whole: any RunObserver
  private let stage = Stage()

  init(name: String, experiment: String, board: TrialBoard, whole: any RunObserver) {
    self.name = name
    self.experiment = experiment
    self.board = board
    self.whole = whole
  }

  private final class Stage: Sendable {
    let name = Mutex("")
  }

  func began(_ stage: String, unit: String) {
    self.stage.name.withLock { $0 = stage }
    board.update(name, stage)
  }

  func advanced(to count: Int, of total: Int, detail: String?) {
    board.update(name, stage.name.withLock { "\($0) \(count)/\(total)" })
  }

  func ended() {}
  func noted(_ text: String) {}
  // Trials mostly read the same clips.
  func warned(_ text: String) { if board.isNew(text) { whole.warned(text) } }

  func happened(_ event: RunEvent) {
    func trial(_ part: RunPart) -> RunPart {
      part.kind == .run ? RunPart(.run, name: name, folder: part.folder, parent: experiment) : part
    }
    switch event {
    case .began(let part): whole.happened(.began(trial(part)))
    case .learned: whole.happened(event)
    case .ended(let part, let state): whole.happened(.ended(trial(part), state))
    }
  }
}
