import ArgumentParser
import Foundation
import TimbreCore
import TimbreReport
import TimbreWorkflow

struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List the runs in a folder, filter and sort them, or remove them.")

  @Argument(help: "The folder that holds run folders.", completion: .folder) var folder = "runs"
  @Option(help: "Only runs whose name or title holds this.") var filter: String?
  @Option(help: "Only runs in this state: running, finished, interrupted, failed, stopped or damaged.") var state:
    RunListing.State?
  @Option(help: "Sort by name, started, accuracy, uar or macro_f1.") var sort = RunListing.Key.started
  @Flag(help: "Largest or latest first.") var reverse = false
  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "Remove the runs that are listed.") var remove = false
  @Flag(help: "With --remove: do not ask.") var yes = false

  func run() throws {
    var runs = try RunListing(in: folder).runs.filter { run in
      (state == nil || run.state == state?.rawValue)
        && (filter.map {
          run.name.localizedCaseInsensitiveContains($0) || run.title.localizedCaseInsensitiveContains($0)
        } ?? true)
    }
    runs = RunListing.sorted(runs, by: sort, reversed: reverse)
    if remove { return try removeAll(runs) }
    if json { return Terminal.print(JSONValue.array(runs.map(\.json)).pretty) }
    if runs.isEmpty { return Terminal.say("no runs") }
    Terminal.print(RunListing.text(runs))
  }

  private func removeAll(_ listed: [RunListing.Run]) throws {
    // What is under way would go on writing, and lose what it has done.
    let runs = listed.filter { $0.state != RunListing.State.running.rawValue }
    for run in listed where run.state == RunListing.State.running.rawValue {
      Terminal.say("\(run.path) is under way: kept (where that is not so, remove its folder)")
    }
    if runs.isEmpty { return Terminal.say("removed 0") }
    if !yes {
      for run in runs { Terminal.say(run.path) }
      Terminal.say("remove \(runs.count) \(runs.count == 1 ? "run" : "runs")? [y/N]")
      guard readLine()?.lowercased().hasPrefix("y") == true else { throw ExitCode(1) }
    }
    for run in runs {
      do {
        try FileManager.default.removeItem(atPath: run.path)
      } catch {
        throw Diagnostic(.unwritableFile, "cannot be removed: \(error.localizedDescription)", subject: run.path)
      }
    }
    Terminal.say("removed \(runs.count)")
  }
}

extension RunListing.State: ExpressibleByArgument {}
extension RunListing.Key: ExpressibleByArgument {}
