import Dispatch
import Foundation
import Synchronization
import TimbreCore
import TimbreWorkflow

/// Keeps an MLflow tracking server informed of a run, and stays out of its way.
///
/// Events are put down and sent by a queue of their own, so that the work never waits for the server. What the server has not got when a
/// part ends is taken from the part's folder; so a server that is away for a while misses nothing, and one that never comes back costs
/// nothing but its copy. After a failure nothing is tried until the end of the run.
public final class MLflowTracker: RunObserver {
  private let client: MLflowClient
  /// The workflow file, as the command line names it.
  private let source: String
  /// What is shown to the person at the terminal.
  private let display: any RunObserver
  private let queue = DispatchQueue(label: "timbre.tracking")
  /// Of the queue.
  private let book = Mutex(Book())
  /// Epochs that are not sent yet.
  private let heard = Mutex([Heard]())

  private struct Heard {
    var folder: String
    var record: TrainingRecord
    var time: Int
  }

  private struct Book {
    /// Of the server; nil until it has been asked.
    var experiment: String?
    /// In the order in which they began.
    var folders: [String] = []
    var entries: [String: Entry] = [:]
    /// Why nothing is sent at the moment.
    var failure: Diagnostic?
  }

  private struct Entry {
    var part: RunPart
    var run: MLflowClient.Run?
    /// nil while the part is under way.
    var state: RunFolder.State?
    var isComplete = false
  }

  /// - Parameters:
  ///   - source: The workflow file.
  ///   - display: Is told everything as well, and what goes wrong here.
  /// - Throws: A diagnostic where curl is missing.
  public init(_ server: MLflowServer, source: String, display: any RunObserver) throws {
    client = try MLflowClient(server)
    self.source = source
    self.display = display
  }

  // MARK: What is heard

  public func began(_ stage: String, unit: String) { display.began(stage, unit: unit) }
  public func advanced(to count: Int, of total: Int, detail: String?) {
    display.advanced(to: count, of: total, detail: detail)
  }
  public func ended() { display.ended() }
  public func noted(_ text: String) { display.noted(text) }
  public func warned(_ text: String) { display.warned(text) }

  public func happened(_ event: RunEvent) {
    switch event {
    case .began(let part):
      queue.async {
        self.book.withLock { book in
          if book.entries[part.folder] == nil { book.folders.append(part.folder) }
          book.entries[part.folder] = Entry(part: part)
          self.attempt(&book) { try self.open(part.folder, &$0) }
        }
      }
    case .learned(let record, let folder):
      let isFirst = heard.withLock { heard in
        heard.append(Heard(folder: folder, record: record, time: MLflowClient.now))
        return heard.count == 1
      }
      // Once a second is enough: epochs may take milliseconds.
      if isFirst {
        queue.asyncAfter(deadline: .now() + .seconds(1)) {
          self.book.withLock { book in self.attempt(&book) { try self.sendEpochs(&$0) } }
        }
      }
    case .ended(let part, let state):
      queue.async {
        self.book.withLock { book in
          guard book.entries[part.folder] != nil else { return }
          book.entries[part.folder]?.state = state
          // Parts that were stopped in the middle say nothing themselves.
          for folder in book.folders where book.entries[folder]?.part.parent == part.folder {
            if book.entries[folder]?.state == nil { book.entries[folder]?.state = state }
          }
          self.attempt(&book) { try self.conclude(part.folder, &$0) }
        }
      }
    }
  }

  /// Waits until everything is sent, and tries once more where something failed.
  ///
  /// - Parameter remedy: What to do where the server has not got everything.
  public func conclude(remedy: String) {
    queue.sync {
      book.withLock { book in
        let hasFailed = book.failure != nil
        book.failure = nil
        do {
          try sendEpochs(&book)
          for folder in book.folders { try conclude(folder, &book) }
          if hasFailed { display.noted("MLflow: the server is there again, and has everything now") }
        } catch {
          let diagnostic = MLflowClient.diagnostic(error)
          display.noted(
            "warning: MLflow has not got all of this run: \(diagnostic.message) [\(diagnostic.kind)]\n"
              + "  help: the run's own folder is complete; \(remedy)")
        }
      }
    }
  }

  /// The address of the run's page; nil where the server has not been reached.
  public func page(of folder: String) -> String? {
    queue.sync {
      book.withLock { book in
        guard let experiment = book.experiment, let run = book.entries[folder]?.run else { return nil }
        return "\(client.server.url)/#/experiments/\(experiment)/runs/\(run.id)"
      }
    }
  }

  // MARK: What is sent

  private func attempt(_ book: inout Book, _ work: (inout Book) throws -> Void) {
    guard book.failure == nil else { return }
    do { try work(&book) } catch {
      let diagnostic = MLflowClient.diagnostic(error)
      book.failure = diagnostic
      display.noted(
        "warning: MLflow at \(client.server.url): \(diagnostic.message) [\(diagnostic.kind)]\n"
          + "  help: \(diagnostic.help.map { $0 + "; " } ?? "")the run goes on, and the server is tried again at its end"
      )
    }
  }

  /// Brings a part's run into being on the server, or finds it again, with its parameters.
  @discardableResult
  private func open(_ folder: String, _ book: inout Book) throws -> MLflowClient.Run? {
    guard let entry = book.entries[folder], !entry.isComplete else { return nil }
    if let run = entry.run { return run }
    let server = client.server
    let note = TrackingNote.read(in: folder).flatMap { note in
      note.server == server.url && note.experiment == server.experiment ? note : nil
    }
    if let note, note.isComplete {
      book.entries[folder]?.isComplete = true
      book.entries[folder]?.run = MLflowClient.Run(id: note.run)
      return nil
    }
    let experiment = try book.experiment ?? client.experimentID()
    book.experiment = experiment
    let run: MLflowClient.Run
    if let note, let found = try client.findRun(note.run) {
      run = found
      try client.update(run.id, status: "RUNNING", isOver: false)
    } else {
      if let parent = entry.part.parent { try open(parent, &book) }
      run = try client.createRun(
        named: entry.part.title, experiment: experiment,
        tags: tags(entry.part, parent: entry.part.parent.flatMap { book.entries[$0]?.run?.id }))
      try TrackingNote(server: server.url, experiment: server.experiment, run: run.id, isComplete: false)
        .write(in: folder)
    }
    try client.log(run.id, parameters: PartRecord(part: entry.part).parameters)
    book.entries[folder]?.run = run
    return run
  }

  private func tags(_ part: RunPart, parent: String?) -> [(String, String)] {
    var tags = [
      ("mlflow.runName", part.title), ("mlflow.source.name", source), ("mlflow.source.type", "LOCAL"),
      ("timbre.version", Timbre.version), ("timbre.part", part.kind.rawValue),
    ]
    if let user = client.server.user { tags.append(("mlflow.user", user)) }
    if let parent { tags.append(("mlflow.parentRunId", parent)) }
    return tags
  }

  private func sendEpochs(_ book: inout Book) throws {
    let all = heard.withLock { heard in
      defer { heard = [] }
      return heard
    }
    for (folder, records) in Dictionary(grouping: all, by: \.folder) {
      try send(
        records.flatMap { heard in
          heard.record.entries.map {
            .init(name: PartRecord.name($0.name), value: $0.value, step: heard.record.epoch, time: heard.time)
          }
        }, of: folder, &book)
    }
  }

  /// What is there already is not sent again: a run that goes on computes the same numbers.
  private func send(_ metrics: [MLflowClient.Metric], of folder: String, _ book: inout Book) throws {
    guard let run = try open(folder, &book) else { return }
    let new = metrics.filter { $0.step > run.steps[$0.name] ?? -1 }
    try client.log(run.id, metrics: new)
    var steps = run.steps
    for metric in new { steps[metric.name] = max(metric.step, steps[metric.name] ?? -1) }
    book.entries[folder]?.run?.steps = steps
  }

  /// Sends what is missing of a part that has ended, and how it ended. Parts within it come first.
  private func conclude(_ folder: String, _ book: inout Book) throws {
    for inner in book.folders where book.entries[inner]?.part.parent == folder { try conclude(inner, &book) }
    guard let part = book.entries[folder]?.part, let state = book.entries[folder]?.state,
      let run = try open(folder, &book)
    else { return }
    let record = PartRecord(part: part)
    let now = MLflowClient.now
    try sendEpochs(&book)
    try send(record.history.map { .init(name: $0.name, value: $0.value, step: $0.epoch, time: now) }, of: folder, &book)
    var tags = [("timbre.state", state.rawValue)]
    if state == .finished {
      try send(record.scores.map { .init(name: $0.0, value: $0.1, step: 0, time: now) }, of: folder, &book)
      if let verdict = record.verdict { tags.append(("timbre.verdict", verdict)) }
    }
    if let title = record.title {
      tags.append(("mlflow.note.content", title + (record.verdict.map { "\n\n" + $0 } ?? "")))
    }
    try client.log(run.id, tags: tags)
    if let place = run.artifacts {
      for name in record.artifacts { try client.upload(folder + "/" + name, as: name, to: place) }
    } else {
      display.noted("warning: this MLflow server takes no artifacts; start it with --serve-artifacts")
    }
    try client.update(run.id, status: Self.status(state), isOver: true)
    try TrackingNote(
      server: client.server.url, experiment: client.server.experiment, run: run.id, isComplete: state == .finished
    ).write(in: folder)
    book.entries[folder]?.isComplete = true
  }

  private static func status(_ state: RunFolder.State) -> String {
    switch state {
    case .running: "RUNNING"
    case .finished: "FINISHED"
    case .interrupted: "KILLED"
    case .failed: "FAILED"
    }
  }
}

extension RunPart {
  /// What a list of runs calls it.
  fileprivate var title: String { kind == .fold ? "fold \(name)" : name }
}
