import Foundation
import Synchronization
import TimbreBuiltin
import TimbreCore
import TimbreWorkflow

/// `timbre run` up to the vectors: the command's own runner, stopped as its training begins.
///
/// `run WORKFLOW FOLDER JOBS` leaves the vectors and the table of clips in the folder, and tells `seconds`, `clips` and `peak`, the
/// most memory in KiB that the process ever held. One process does one run, so that the peak is that run's.
extension Bench {
  static func run(_ words: inout Words) async throws -> JSONValue {
    let path = try words.next("a workflow")
    let folder = try RunFolder(making: words.next("a folder"))
    let jobs = try words.integer("jobs")
    let file = Workflow(
      name: "bench", source: try SourceText(reading: path), folder: ".", environment: [:],
      registry: Builtin.registry(), needs: .run)
    guard let plan = file.plan, !file.hasErrors else { throw RequestError(file.findings) }
    let observer = StopAtTraining()
    var conditions = RunConditions(jobs: jobs)
    conditions.observer = observer
    conditions.isCancelled = { observer.end != nil }
    let runner = Runner(plan: plan, folder: folder, conditions: conditions)
    let begin = ContinuousClock.now
    do {
      try await runner.run()
    } catch let diagnostic as Diagnostic where diagnostic.kind == .cancelled {}
    guard let end = observer.end else { throw Diagnostic(.training, "the run ended without training") }
    return .object([
      .init("seconds", .number((end.time - begin) / Duration.seconds(1))), .init("peak", .int(end.peak)),
      .init("clips", .int(end.clips)),
    ])
  }
}

/// Notes when the training begins, and that is where the run is cancelled.
private final class StopAtTraining: RunObserver {
  struct End {
    var time: ContinuousClock.Instant
    var peak: Int
    var clips: Int
  }

  private struct State {
    var clips = 0
    var end: End?
  }

  private let state = Mutex(State())

  var end: End? { state.withLock { $0.end } }

  func began(_ stage: String, unit: String) {
    guard stage == "training" else { return }
    let (time, peak) = (ContinuousClock.now, peakMemory())
    state.withLock { $0.end = End(time: time, peak: peak, clips: $0.clips) }
  }

  func advanced(to count: Int, of total: Int, detail: String?) {
    state.withLock { if $0.end == nil { $0.clips = count } }
  }

  func ended() {}
  func noted(_ text: String) {}
}

/// KiB, as the system counts (VmHWM); 0 where it does not say.
private func peakMemory() -> Int {
  guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
    let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
  else { return 0 }
  return line.split(separator: " ").compactMap { Int($0) }.first ?? 0
}
