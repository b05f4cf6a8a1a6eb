import Foundation
import Testing
import TimbreCore

@testable import TimbreStudio

/// A workspace whose runs are carried out by a small script instead of `timbre`.
private final class Stage {
  let path: String
  let runs: Runs

  /// - Parameter work: What the script does once it has made the run's folder, `$out`.
  init(_ work: String, patience: Runs.Patience = .init(), mostWaiting: Int = 16) throws {
    path =
      URL(fileURLWithPath: NSTemporaryDirectory()).resolvingSymlinksInPath().path
      + "/timbre-studio-runs-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path + "/Workflows", withIntermediateDirectories: true)
    let script = """
      #!/bin/sh
      while [ "$1" != --out ]; do shift; done
      out=$2
      mark() { printf '{"state": "%s"}' "$1" > "$out/run.json"; }
      mkdir -p "$out"; mark running
      \(work)
      """
    let program = path + "/timbre"
    try Data(script.utf8).write(to: URL(fileURLWithPath: program))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
    try Data("{}".utf8).write(to: URL(fileURLWithPath: path + "/Workflows/w.json"))
    let workspace = try Workspace(path)
    runs = Runs(
      workspace: workspace, program: program,
      variables: WorkflowVariables(["PATH": "/usr/bin:/bin", "SECRET": "swordfish"], workspace: path),
      mostWaiting: mostWaiting, patience: patience)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func start(_ name: String? = nil, sets: [String] = []) async throws -> Runs.Run {
    let file = WorkflowFiles.File(name: "w", relative: "Workflows/w.json", path: path + "/Workflows/w.json")
    return try await runs.start(.init(file: file, sets: sets, name: name))
  }

  /// The run once it is over.
  func end(of id: String) async throws -> Runs.Run {
    for _ in 0..<600 {
      if let run = await runs.run(id), run.isOver { return run }
      try await Task.sleep(for: .milliseconds(50))
    }
    return try #require(await runs.run(id))
  }
}

@Suite struct RunsTests {
  @Test func `a run tells what its process says, without paths and secrets`() async throws {
    let stage = try Stage(
      #"""
      echo '{"event": "began", "stage": "features", "unit": "clips"}' >&2
      echo "$out/x is odd, $SECRET, $*" >&2
      mark finished
      """#)
    let run = try await stage.start("one", sets: ["a.b=-3"])
    #expect(run.state == .running)
    #expect(try await stage.end(of: "one").state == .finished)
    let events = run.log.events(after: 0).events
    #expect(events.map(\.name) == ["state", "state", "began", "log", "state", "end"])
    let text = events.first { $0.name == "log" }?.data ?? ""
    #expect(text.contains("runs/one/x is odd, , --out runs/one --workflows-within . --set=a.b=-3 -- Workflows/w.json"))
    #expect(!text.contains(stage.path))
  }

  @Test func `one after the other, and no more than may wait`() async throws {
    let stage = try Stage("sleep 0.3; mark finished", mostWaiting: 2)
    let states = [try await stage.start("a").state, try await stage.start("b").state, try await stage.start("c").state]
    #expect(states == [.running, .queued, .queued])
    await #expect(throws: Refusal.self) { try await stage.start("d") }
    await #expect(throws: Refusal.self) { try await stage.start("a") }
    // Out of the queue, it leaves nothing.
    #expect(try await stage.runs.stop("b").state == .interrupted)
    #expect(try await stage.end(of: "c").state == .finished)
    #expect(await stage.runs.run("a")?.state == .finished)
    #expect(!FileManager.default.fileExists(atPath: stage.path + "/runs/b"))
    // Its name is taken by the folder.
    await #expect(throws: Refusal.self) { try await stage.start("a") }
    await #expect(throws: Refusal.self) { try await stage.start("../a") }
  }

  @Test func `stopping asks once, and what is asked says so`() async throws {
    let stage = try Stage("trap 'echo asked >&2; mark interrupted; exit 130' INT; while :; do sleep 0.05; done")
    _ = try await stage.start("a")
    try await Task.sleep(for: .milliseconds(300))
    #expect(try await stage.runs.stop("a").state == .stopping)
    _ = try? await stage.runs.stop("a")
    let run = try await stage.end(of: "a")
    #expect(run.state == .interrupted)
    #expect(run.log.events(after: 0).events.count { $0.name == "log" } == 1)
    await #expect(throws: Refusal.self) { try await stage.runs.stop("a") }
    await #expect(throws: Refusal.self) { try await stage.runs.stop("never") }
  }

  @Test func `what does not listen is killed`() async throws {
    let patience = Runs.Patience(stopping: .milliseconds(300), closing: .milliseconds(300))
    let stage = try Stage("trap '' INT; while :; do sleep 0.05; done", patience: patience)
    _ = try await stage.start("a")
    try await Task.sleep(for: .milliseconds(300))
    _ = try await stage.runs.stop("a")
    #expect(try await stage.end(of: "a").state == .interrupted)
  }

  @Test func `a server that ends waits for what it has interrupted`() async throws {
    let stage = try Stage("trap 'sleep 0.3; mark interrupted; exit 130' INT; while :; do sleep 0.05; done")
    _ = try await stage.start("a")
    let queued = try await stage.start("b")
    try await Task.sleep(for: .milliseconds(300))
    await stage.runs.close()
    #expect(await stage.runs.run("a")?.state == .interrupted)
    let said = try String(contentsOfFile: stage.path + "/runs/a/run.json", encoding: .utf8)
    #expect(said.contains("interrupted"))
    // Who waited for the second one is told that it does not come.
    #expect(queued.log.events(after: 0).events.last?.name == "end")
    await #expect(throws: Refusal.self) { try await stage.start("c") }
  }

  @Test func `a program that cannot be started is a failed run`() async throws {
    let stage = try Stage("exit 0")
    try FileManager.default.removeItem(atPath: stage.path + "/timbre")
    let run = try await stage.start("a")
    #expect(try await stage.end(of: "a").state == .failed)
    #expect(run.log.events(after: 0).events.contains { $0.name == "log" && $0.data.contains("could not be started") })
  }
}
