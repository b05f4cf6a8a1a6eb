import ArgumentParser
import Foundation
import TimbreBuiltin
import TimbreCore
import TimbreReport
import TimbreTracking
import TimbreWorkflow

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Carry out a workflow and leave a run folder with every intermediate step and the trained bundle.")

  @Argument(help: "A workflow file.", completion: .workflow) var workflow: String
  @Option(name: .customLong("set"), help: "PATH=VALUE: change a value of the workflow, such as classifier.epochs=3.")
  var sets: [String] = []
  @Option(help: "The run folder; by default runs/WORKFLOW-TIME.", completion: .folder) var out: String?
  @Option(help: "Clips to work on at a time; by default all cores.") var jobs: Int?
  @OptionGroup var cacheOptions: CacheOptions
  @Option(help: "Progress on standard error: a bar or lines, an object of JSON a line for programs, or none.")
  var progress = ProgressForm.auto

  @Flag(help: "Go on with the run that --out holds: what it has finished is not done again.") var resume = false

  @Option(help: "Log to this MLflow tracking server too; by default MLFLOW_TRACKING_URI, \"off\" for none.")
  var mlflow: String?
  @Option(help: "The experiment there; by default MLFLOW_EXPERIMENT_NAME, else the workflow file's name.")
  var mlflowExperiment: String?
  @Option(help: ArgumentHelp("Extend no workflow outside of this folder.", visibility: .hidden))
  var workflowsWithin: String?
  @Option(help: ArgumentHelp("Read no recording outside of these folders.", visibility: .hidden))
  var dataWithin: [String] = []

  /// Whether another command carries this out and tells of the result.
  var isQuiet = false

  private enum CodingKeys: CodingKey {
    case workflow, sets, out, jobs, resume, cacheOptions, progress, mlflow, mlflowExperiment, workflowsWithin,
      dataWithin
  }

  func run() async throws {
    let jobs = try Jobs.checked(self.jobs)
    if resume, out == nil {
      throw RequestError([Diagnostic(.invalidParameters, "--resume needs --out, the folder of the run to go on with")])
    }
    let file = try WorkflowFile(workflow)
    // A server's process knows more than workflows, which come from its clients, may tell.
    let confinement = Confinement(
      workflows: workflowsWithin, data: dataWithin.isEmpty ? nil : dataWithin,
      variables: Terminal.environment["TIMBRE_WORKFLOW_VARIABLES"].map {
        Set($0.split(separator: ",").map(String.init))
      })
    let checked = try file.checked(sets: sets, needs: .run, confinement)
    let tracker = try tracker(file)
    if let experiment = checked.experiment { return try await run(experiment, file, jobs, tracker) }
    guard let plan = checked.plan else { throw RequestError(checked.findings) }
    let files = FileFingerprints()
    guard
      let folder = try await folder(
        for: plan.resolved, [("", plan)], file, tracker, DataCheck(files: files, jobs: jobs))
    else { return }
    Interrupt.watch()
    let conditions = conditions(jobs, [plan], tracker, files)
    defer {
      conditions.cache?.conclude()
      conclude(tracker, folder)
    }
    let runner = Runner(plan: plan, folder: folder, conditions: conditions)
    let metrics = try await runner.run()
    if let verdict = metrics["verdict"]?.stringValue { Terminal.say(verdict) }
    for score in ShownScore.compared {
      let (name, key) = (score.name, score.key)
      let interval = metrics["intervals"]?[key]?.arrayValue?.compactMap(\.doubleValue) ?? []
      let range =
        interval.count == 2 ? "  (95 %: \(Numbers.fixed(interval[0], 3)) to \(Numbers.fixed(interval[1], 3)))" : ""
      let spread = metrics["std"]?[key]?.doubleValue.map { deviation in
        "; folds \(Numbers.fixed(metrics["mean"]?[key]?.doubleValue ?? .nan, 3)) ± \(Numbers.fixed(deviation, 3))"
      }
      Terminal.say("\(name) \(Numbers.fixed(metrics[key]?.doubleValue ?? .nan, 3))\(range)\(spread ?? "")")
    }
    progress.finished(folder.path, report: folder.file("report.html"), metrics)
    Terminal.print(folder.file("report.html"))
  }

  private func run(
    _ experiment: Experiment, _ file: WorkflowFile, _ jobs: Int, _ tracker: MLflowTracker?
  ) async throws {
    let files = FileFingerprints()
    let trials = experiment.trials.map { ("/trials/" + $0.name, $0.plan) }
    guard
      let folder = try await folder(
        for: experiment.resolved, trials, file, tracker, DataCheck(files: files, jobs: jobs))
    else { return }
    Interrupt.watch()
    let conditions = conditions(jobs, experiment.trials.map(\.plan), tracker, files)
    defer {
      conditions.cache?.conclude()
      conclude(tracker, folder)
    }
    let runner = ExperimentRunner(experiment: experiment, folder: folder, conditions: conditions)
    let results = try await runner.run()
    let failed = results.count { if case .failure = $0.metrics { true } else { false } }
    progress.finished(
      folder.path, report: folder.file("compare.html"),
      ["trials": .int(results.count), "failed_trials": .int(failed)])
    if !isQuiet { Terminal.print(folder.file("trials.csv")) }
    if failed > 0 { throw ExitCode(1) }
  }

  private func tracker(_ file: WorkflowFile) throws -> MLflowTracker? {
    do {
      let server = try MLflowServer(
        url: mlflow, experiment: mlflowExperiment, fallback: file.name, environment: Terminal.environment)
      return try server.map { try MLflowTracker($0, source: workflow, display: progress.observer) }
    } catch let diagnostic as Diagnostic {
      throw RequestError([diagnostic])
    }
  }

  /// The run is done, whatever the server says.
  private func conclude(_ tracker: MLflowTracker?, _ folder: RunFolder) {
    guard let tracker else { return }
    tracker.conclude(
      remedy:
        "\"timbre run \(workflow) --out \(folder.path) --resume\" with the same --set and --mlflow sends what is missing"
    )
    if let page = tracker.page(of: folder.path) { Terminal.say("MLflow: \(page)") }
  }

  private func conditions(
    _ jobs: Int, _ plans: [Plan], _ tracker: MLflowTracker?, _ files: FileFingerprints
  ) -> RunConditions {
    var conditions = RunConditions(jobs: jobs)
    conditions.files = files
    conditions.observer = tracker ?? progress.observer
    conditions.environment = environment(jobs, plans)
    conditions.resumes = resume
    conditions.cache = cacheOptions.open()
    conditions.isCancelled = { Interrupt.wasRequested }
    return conditions
  }

  /// The folder to work in; nil where it holds the finished run already.
  ///
  /// - Parameter runs: What is carried out in it, with the places within it.
  private func folder(
    for workflow: JSONValue, _ runs: [(place: String, plan: Plan)], _ file: WorkflowFile, _ tracker: MLflowTracker?,
    _ data: DataCheck
  ) async throws -> RunFolder? {
    do {
      guard resume, let out else {
        return try RunFolder(making: out ?? RunFolder.defaultPath(workflow: file.name))
      }
      let found = try RunFolder.resuming(out, workflow: workflow)
      try await data.check(runs.map { (out + $0.place, $0.plan) })
      if !found.isFinished { return found.folder }
      Terminal.say("\(out): this run has finished")
      try tracker?.hear(ofEndedRun: found.folder.path)
      conclude(tracker, found.folder)
      if !isQuiet {
        Terminal.print(found.folder.file(FileSystem.exists(out + "/trials.csv") ? "trials.csv" : "report.html"))
      }
      return nil
    } catch let diagnostic as Diagnostic
      where diagnostic.kind == .badRun || diagnostic.message.contains("not empty")
    {
      throw RequestError([diagnostic])
    }
  }

  private func environment(_ jobs: Int, _ plans: [Plan]) -> JSONValue {
    let process = ProcessInfo.processInfo
    let classifiers = Set(plans.compactMap { $0.resolved["classifier"]?["use"]?.stringValue })
    let libraries = Builtin.libraryVersions(classifiers: classifiers)
    return [
      "timbre": .string(Timbre.version), "command": .array(process.arguments.map { .string($0) }),
      "system": .string(process.operatingSystemVersionString), "cores": .int(process.activeProcessorCount),
      "jobs": .int(jobs),
      "libraries": .object(libraries.map { .init($0.name, .string($0.version)) }),
    ]
  }
}

/// How many clips are worked on at a time.
enum Jobs {
  static func checked(_ asked: Int?) throws -> Int {
    guard let asked else { return ProcessInfo.processInfo.activeProcessorCount }
    guard (1...1_024).contains(asked) else {
      throw RequestError([Diagnostic(.outOfRange, "--jobs \(asked) is out of range: must be 1 to 1024")])
    }
    return asked
  }
}

/// A workflow file as the command line names it.
struct WorkflowFile {
  let path: String
  let source: SourceText

  /// The file's name without its ending.
  var name: String { URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent }

  init(_ path: String) throws {
    self.path = path
    do {
      source = try SourceText(reading: path)
    } catch let diagnostic as Diagnostic {
      throw RequestError([diagnostic])
    }
  }

  /// - Throws: A `RequestError` with every finding where there is an error; warnings are said.
  func checked(sets: [String], needs: Workflow.Needs, _ confinement: Confinement = .none) throws -> Workflow {
    let workflow = try lint(sets: sets, needs: needs, confinement)
    if workflow.hasErrors { throw RequestError(workflow.findings) }
    if let path = confinement.foreignPath(in: workflow, registry) {
      throw RequestError([Diagnostic(.unreadableFile, "may not be read here", subject: path)])
    }
    for finding in workflow.findings { Terminal.say("\(finding)") }
    return workflow
  }

  func lint(sets: [String] = [], needs: Workflow.Needs, _ confinement: Confinement = .none) throws -> Workflow {
    let overrides: [Override]
    do {
      overrides = try sets.map { try Override($0) }
    } catch let diagnostic as Diagnostic {
      throw RequestError([diagnostic])
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().standardizedFileURL.path
    return Workflow(
      name: name, source: source, folder: folder, overrides: overrides,
      environment: confinement.environment(Terminal.environment), registry: registry, needs: needs,
      read: confinement.source)
  }
}
