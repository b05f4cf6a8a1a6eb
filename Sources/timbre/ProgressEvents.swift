import ArgumentParser
import Synchronization
import TimbreCore
import TimbreReport
import TimbreWorkflow

/// How a run tells on standard error how it comes along.
enum ProgressForm: String, ExpressibleByArgument, CaseIterable {
  /// A bar on a terminal, lines elsewhere.
  case auto
  /// `ProgressEvents`.
  case json
  /// Nothing but warnings and errors.
  case none

  var observer: any RunObserver {
    switch self {
    case .auto: ProgressLine()
    case .json: ProgressEvents()
    case .none: Warnings()
    }
  }

  /// The last line of a run that has come to its end.
  ///
  /// - Parameter results: `metrics.json` of a run, or what became of an experiment's trials.
  func finished(_ folder: String, report: String, _ results: JSONValue) {
    guard self == .json else { return }
    let kept = ["verdict"] + ShownScore.allCases.map(\.key) + ["trials", "failed_trials"]
    ProgressEvents.write(
      [.init("event", "finished"), .init("folder", .string(folder)), .init("report", .string(report))]
        + kept.compactMap { key in results[key].map { .init(key, $0) } })
  }
}

/// Says nothing but what nobody should overlook.
private struct Warnings: RunObserver {
  func began(_ stage: String, unit: String) {}
  func advanced(to count: Int, of total: Int, detail: String?) {}
  func ended() {}
  func noted(_ text: String) {}
  func warned(_ text: String) { Terminal.say(text) }
}

/// Progress for programs: an object of JSON on a line of standard error for each thing that happens.
///
/// Every object has `event`; further keys may come with later versions, these stay:
///
///     {"event": "began", "stage": "features", "unit": "clips"}
///     {"event": "advanced", "stage": "features", "count": 12, "total": 40, "seconds": 0.8, "detail": null}
///     {"event": "ended", "stage": "features", "seconds": 2.9}
///     {"event": "noted", "text": "skipped clip-7: …"}
///     {"event": "finished", "folder": "runs/demo", "report": "runs/demo/report.html", "accuracy": 0.7, "uar": 0.69, …}
///
/// `seconds` count from the beginning of the stage. `advanced` comes ten times a second at most, and always for a stage's last step.
/// `finished` is the last one of a run that came to its end; one that was stopped or has failed has none. Lines that do not begin
/// with `{` are warnings and errors, as people read them.
final class ProgressEvents: RunObserver {
  private struct State {
    var stage = ""
    var start = ContinuousClock.now
    var lastTold: ContinuousClock.Instant?

    var seconds: JSONValue {
      .number(((ContinuousClock.now - start) / .milliseconds(1)).rounded() / 1000)
    }
  }

  private let state = Mutex(State())

  func began(_ stage: String, unit: String) {
    state.withLock { state in
      state = State(stage: stage)
      Self.write([.init("event", "began"), .init("stage", .string(stage)), .init("unit", .string(unit))])
    }
  }

  func advanced(to count: Int, of total: Int, detail: String?) {
    state.withLock { state in
      let now = ContinuousClock.now
      if count < total, let last = state.lastTold, now - last < .milliseconds(100) { return }
      state.lastTold = now
      Self.write([
        .init("event", "advanced"), .init("stage", .string(state.stage)), .init("count", .int(count)),
        .init("total", .int(total)), .init("seconds", state.seconds),
        .init("detail", detail.map { .string($0) } ?? .null),
      ])
    }
  }

  func ended() {
    state.withLock { state in
      Self.write([.init("event", "ended"), .init("stage", .string(state.stage)), .init("seconds", state.seconds)])
    }
  }

  func noted(_ text: String) { Self.write([.init("event", "noted"), .init("text", .string(text))]) }

  /// In one piece, so that lines of several threads stay whole.
  fileprivate static func write(_ members: [JSONValue.Member]) { Terminal.say(JSONValue.object(members).description) }
}
