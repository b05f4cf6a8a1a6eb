import Foundation
import HTTPTypes
import TimbreCore
import TimbreWorkflow

/// The runs that this server carries out: one at a time, the others wait in the order in which they came.
actor Runs {
  enum State: String, Sendable { case queued, running, stopping, finished, failed, interrupted }

  /// One run as it stands.
  struct Run: Sendable {
    var id: String
    /// The workflow's name.
    var workflow: String
    var state: State
    let log: EventLog

    var isOver: Bool { [.finished, .failed, .interrupted].contains(state) }

    var json: JSONValue {
      ["id": .string(id), "workflow": .string(workflow), "state": .string(state.rawValue)]
    }
  }

  /// What is to be carried out.
  struct Order: Sendable {
    var file: WorkflowFiles.File
    /// `PATH=VALUE`
    var sets: [String] = []
    /// Of the run folder.
    var name: String?
  }

  /// How long a run may take to stop before it is killed. Work looks often whether it is to stop; what does not is beyond reason.
  struct Patience: Sendable {
    var stopping = Duration.seconds(60)
    /// When the server itself is to end.
    var closing = Duration.seconds(20)
  }

  private let workspace: Workspace
  private let program: String
  private let variables: WorkflowVariables
  /// Folders outside of which no recording is read; nil for all.
  private let data: [String]?
  /// The address of the MLflow server that runs log to.
  private let tracking: String?
  private let atOnce: Int
  private let mostWaiting: Int
  private let patience: Patience
  /// In the order in which they came; ended ones are kept for a while, for who comes late to watch.
  private var runs: [Run] = []
  private var orders: [String: Order] = [:]
  private var children: [String: (child: RunChild, task: Task<Void, Never>)] = [:]
  private var isClosed = false

  init(
    workspace: Workspace, program: String, variables: WorkflowVariables, data: [String]? = nil, tracking: String? = nil,
    atOnce: Int = 1, mostWaiting: Int = 16, patience: Patience = Patience()
  ) {
    self.workspace = workspace
    self.program = program
    self.variables = variables
    self.data = data
    self.tracking = tracking
    self.atOnce = atOnce
    self.mostWaiting = mostWaiting
    self.patience = patience
  }

  /// Of one workflow or of all, the latest first.
  func all(of workflow: String? = nil) -> [Run] {
    runs.filter { workflow == nil || $0.workflow == workflow }.reversed()
  }

  func run(_ id: String) -> Run? { runs.last { $0.id == id } }

  var waiting: Int { runs.count { $0.state == .queued } }
  var working: Int { children.count }

  /// - Throws: A `Refusal` where too many wait, or the name is taken.
  func start(_ order: Order) throws -> Run {
    if isClosed { throw Refusal.busy(seconds: 30) }
    guard waiting < mostWaiting else { throw Refusal.busy(seconds: 60) }
    let id = try id(for: order)
    let run = Run(id: id, workflow: order.file.name, state: .queued, log: EventLog())
    runs.append(run)
    orders[id] = order
    tell(run)
    forget()
    next()
    return self.run(id) ?? run
  }

  /// - Throws: A `Refusal` where nothing is to be stopped.
  func stop(_ id: String) throws -> Run {
    guard let index = runs.lastIndex(where: { $0.id == id }) else {
      throw Refusal(
        .conflict, "this server does not carry out the run \"\(id)\"",
        help: "stop it where it was started; kill -INT ends it in order", kind: "not_running")
    }
    switch runs[index].state {
    case .queued:
      orders[id] = nil
      end(id, .interrupted)
    case .running:
      set(id, .stopping)
      children[id]?.child.stop(patience: patience.stopping)
    case .stopping: break
    case .finished, .failed, .interrupted:
      throw Refusal(.conflict, "the run \"\(id)\" is over", kind: "not_running")
    }
    return runs[index]
  }

  /// Interrupts what runs, waits until it has said so in its folder, and takes nothing more.
  func close() async {
    isClosed = true
    for run in runs where run.state == .queued {
      orders[run.id] = nil
      end(run.id, .interrupted)
    }
    for (id, work) in children {
      if run(id)?.state == .running { set(id, .stopping) }
      work.child.stop(patience: patience.closing)
    }
    for task in children.values.map(\.task) { await task.value }
  }

  // MARK: Work

  private func next() {
    while !isClosed, children.count < atOnce, let run = runs.first(where: { $0.state == .queued }),
      let order = orders.removeValue(forKey: run.id)
    {
      let child = RunChild()
      set(run.id, .running)
      let task = Task { await self.carryOut(run.id, order, child, run.log) }
      children[run.id] = (child, task)
    }
  }

  private func carryOut(_ id: String, _ order: Order, _ child: RunChild, _ log: EventLog) async {
    let folder = workspace.runs + "/" + id
    // Joined with "=", so that a value that begins with a dash is no option. What is read is what the file says now, whatever it said
    // when the run was asked for.
    let arguments =
      ["run", "--progress", "json"] + (tracking.map { ["--mlflow=" + $0] } ?? [])
      + ["--out", folder, "--workflows-within", workspace.path]
      + (data ?? []).map { "--data-within=" + $0 } + order.sets.map { "--set=" + $0 } + ["--", order.file.path]
    let variables = variables
    var hasRun = true
    do {
      _ = try await child.run(program, arguments, environment: variables.ofRuns, folder: workspace.path) { line in
        Self.record(variables.redacted(line), in: log)
      }
    } catch {
      hasRun = false
      let text = variables.redacted("the run could not be started or followed: \(error)")
      log.append("log", JSONValue.object([.init("text", .string(text))]).description)
    }
    children[id] = nil
    let said = Workspace.json(folder + "/run.json")?["state"]?.stringValue.flatMap(State.init(rawValue:))
    let wasStopped = run(id)?.state == .stopping
    // A run that was killed still says that it is under way.
    let ended = hasRun && said != .running ? said : nil
    end(id, ended ?? (wasStopped ? .interrupted : .failed))
    next()
  }

  /// A line of a run's standard error: an event where it is an object with the event's name, else a line of the log.
  static func record(_ line: String, in log: EventLog) {
    if line.hasPrefix("{"), let json = try? JSONParser.parse(SourceText(name: "event", text: line)).value.json,
      let name = json["event"]?.stringValue, Self.events.contains(name)
    {
      // The bar of a stage is where it was last; training is a curve, of which every point counts.
      log.append(name, json.description, replaces: name == "advanced" && json["stage"] != "training")
    } else if !line.isEmpty {
      let text = line.count > 4_000 ? line.prefix(4_000) + "…" : line
      log.append("log", JSONValue.object([.init("text", .string(text))]).description)
    }
  }

  /// What `ProgressEvents` of the command line writes.
  private static let events: Set<String> = ["began", "advanced", "ended", "noted", "finished"]

  // MARK: States

  private func set(_ id: String, _ state: State) {
    guard let index = runs.lastIndex(where: { $0.id == id }) else { return }
    runs[index].state = state
    tell(runs[index])
  }

  private func end(_ id: String, _ state: State) {
    set(id, state)
    guard let run = run(id) else { return }
    let hasFolder = FileSystem.exists(workspace.runs + "/\(id)/run.json")
    let json: JSONValue = ["id": .string(id), "state": .string(state.rawValue), "folder": .bool(hasFolder)]
    run.log.append("end", json.description)
    run.log.close()
  }

  private func tell(_ run: Run) { run.log.append("state", run.json.description) }

  /// Logs of ended runs that nobody will ask for any more.
  private func forget() {
    let over = runs.filter(\.isOver).dropLast(20).map(\.id)
    runs.removeAll { $0.isOver && over.contains($0.id) }
  }

  private func id(for order: Order) throws -> String {
    func isTaken(_ id: String) -> Bool {
      FileSystem.exists(workspace.runs + "/" + id) || runs.contains { $0.id == id && !$0.isOver }
    }
    if let name = order.name {
      guard Workspace.isName(name), name.utf8.count <= 100 else {
        throw Refusal(
          .unprocessableContent, "\"\(name)\" cannot be the name of a run", help: "use letters, digits, - and _",
          kind: "bad_name")
      }
      if isTaken(name) {
        throw Refusal(.conflict, "there is a run \"\(name)\" already", help: "choose another name", kind: "name_taken")
      }
      return name
    }
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyyMMdd-HHmmss"
    let base = "\(order.file.name)-\(formatter.string(from: Date()))"
    return ([base] + (2...999).map { "\(base)-\($0)" }).first { !isTaken($0) } ?? base
  }
}
