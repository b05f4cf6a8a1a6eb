import Foundation
import TimbreCore
import TimbreReport

/// The runs in a folder, by what each says of itself. Reads two small files a run.
public struct RunListing: Sendable {
  public struct Run: Sendable {
    public var name: String
    public var path: String
    public var title: String
    /// One of `State`.
    public var state: String
    public var kind: String
    public var started: String
    public var scores: [String: Double]

    public var json: JSONValue {
      .object(
        [
          .init("name", .string(name)), .init("path", .string(path)), .init("kind", .string(kind)),
          .init("state", .string(state)), .init("started", .string(started)), .init("title", .string(title)),
        ] + ShownScore.compared.compactMap { score in scores[score.key].map { .init(score.key, .number($0)) } })
    }
  }

  /// What a run says of itself, or what its folder shows.
  public enum State: String, Sendable, CaseIterable {
    case running, finished, interrupted, failed
    /// It says that it is under way, and its process is gone.
    case stopped
    /// Its `run.json` cannot be understood.
    case damaged
  }

  public enum Key: String, Sendable, CaseIterable { case name, started, accuracy, uar, macro_f1 }

  public let runs: [Run]

  /// - Throws: A `.badRun` diagnostic where there is no such folder. What is no run in it is passed over.
  public init(in folder: String) throws {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw Diagnostic(
        .badRun, "there is no such folder", help: "runs go to ./runs unless --out says otherwise", subject: folder)
    }
    runs = names.sorted().compactMap { Self.run($0, in: folder) ?? Self.damaged($0, in: folder) }
  }

  /// A folder that was a run once; nil for what never was.
  private static func damaged(_ name: String, in folder: String) -> Run? {
    let path = folder + "/" + name
    guard FileSystem.exists(path + "/run.json") else { return nil }
    return Run(
      name: name, path: path, title: "", state: State.damaged.rawValue, kind: "run", started: "", scores: [:])
  }

  /// What one folder says of itself; nil for what is no run.
  package static func run(_ name: String, in folder: String) -> Run? {
    let path = folder + "/" + name
    guard FileSystem.exists(path + "/run.json"), let state = try? RunSummary.read("run.json", in: path),
      state["state"]?.stringValue.flatMap(RunFolder.State.init(rawValue:)) != nil
    else { return nil }
    let metrics = try? RunSummary.read("metrics.json", in: path)
    let workflow = try? RunSummary.read("workflow.json", in: path)
    var scores: [String: Double] = [:]
    for score in ShownScore.compared { scores[score.key] = metrics?[score.key]?.doubleValue }
    return Run(
      name: name, path: path, title: workflow?["title"]?.stringValue ?? "", state: Self.state(state),
      kind: state["kind"]?.stringValue ?? "run", started: state["started"]?.stringValue ?? "", scores: scores)
  }

  /// The state that `run.json` tells of, seen against the processes of this machine.
  public static func state(_ run: JSONValue) -> String {
    let state = run["state"]?.stringValue ?? ""
    let isGone = state == RunFolder.State.running.rawValue && run["process"].flatMap(RunProcess.isAtWork) == false
    return isGone ? State.stopped.rawValue : state
  }

  /// Runs without the score come last, whichever way.
  public static func sorted(_ runs: [Run], by key: Key, reversed: Bool) -> [Run] {
    switch key {
    case .name, .started:
      let sorted = runs.sorted { a, b in key == .name ? a.name < b.name : (a.started, a.name) < (b.started, b.name) }
      return reversed ? sorted.reversed() : sorted
    case .accuracy, .uar, .macro_f1:
      let (with, without) = (
        runs.filter { $0.scores[key.rawValue] != nil }, runs.filter { $0.scores[key.rawValue] == nil }
      )
      let sorted = with.sorted { ($0.scores[key.rawValue] ?? 0, $0.name) < ($1.scores[key.rawValue] ?? 0, $1.name) }
      return (reversed ? sorted.reversed() : sorted) + without
    }
  }

  public static func text(_ runs: [Run]) -> String {
    let header = ["name", "kind", "state", "started"] + ShownScore.compared.map(\.name) + ["title"]
    let lines =
      [header]
      + runs.map { run in
        [run.name, run.kind, run.state, run.started]
          + ShownScore.compared.map { run.scores[$0.key].map { Numbers.fixed($0, 3) } ?? "–" } + [run.title]
      }
    return TextTable.text(lines)
  }
}

/// Columns of text, each as wide as its widest cell.
enum TextTable {
  static func text(_ lines: [[String]]) -> String {
    guard let first = lines.first else { return "" }
    let widths = first.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { cells in
      var text = ""
      for (cell, width) in zip(cells, widths) { text += cell + String(repeating: " ", count: width - cell.count + 2) }
      while text.last == " " { text.removeLast() }
      return text + "\n"
    }.joined()
  }
}
