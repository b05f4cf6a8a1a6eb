import Foundation
import Synchronization
import TimbreCore
import TimbreReport
import TimbreWorkflow

/// Standard output for results, standard error for everything else.
enum Terminal {
  /// A result that cannot be written is a failure, or a script would take silence for an answer.
  static func print(_ text: String) {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data((text.hasSuffix("\n") ? text : text + "\n").utf8))
    } catch {
      say("error: standard output cannot be written: \(unsafe String(cString: strerror(errno)))")
      exit(1)
    }
  }

  static func say(_ text: String) { write(text + "\n", to: FileHandle.standardError) }

  static func write(_ text: String, to handle: FileHandle) { try? handle.write(contentsOf: Data(text.utf8)) }

  static func exit(_ code: Int32) -> Never { Foundation.exit(code) }

  static var environment: [String: String] { ProcessInfo.processInfo.environment }
}

/// A bar with rate and time left on a terminal, plain lines elsewhere.
final class ProgressLine: RunObserver {
  private struct State {
    var stage = ""
    var unit = ""
    var start = ContinuousClock.now
    var lastShown: ContinuousClock.Instant?
    var isDrawn = false
  }

  private let state = Mutex(State())
  private let isTerminal = isatty(STDERR_FILENO) == 1

  func began(_ stage: String, unit: String) {
    state.withLock { $0 = State(stage: stage, unit: unit) }
    if !isTerminal { Terminal.say(stage) }
  }

  func advanced(to count: Int, of total: Int, detail: String?) {
    state.withLock { state in
      let now = ContinuousClock.now
      // Ten times a second is enough for eyes, once in five seconds for a log.
      let pause: Duration = isTerminal ? .milliseconds(100) : .seconds(5)
      if count < total, now - (state.lastShown ?? (isTerminal ? now - pause : state.start)) < pause { return }
      state.lastShown = now
      let line = line(state, count: count, total: total, detail: detail, elapsed: now - state.start)
      if isTerminal {
        Terminal.write("\r\u{1B}[2K" + line, to: .standardError)
        state.isDrawn = true
      } else {
        Terminal.say(line)
      }
    }
  }

  func ended() {
    state.withLock { state in
      if state.isDrawn { Terminal.write("\n", to: .standardError) }
      state.isDrawn = false
    }
  }

  func noted(_ text: String) {
    state.withLock { state in
      if state.isDrawn { Terminal.write("\r\u{1B}[2K", to: .standardError) }
      state.isDrawn = false
      Terminal.say(text)
    }
  }

  private func line(_ state: State, count: Int, total: Int, detail: String?, elapsed: Duration) -> String {
    let seconds = max(1e-6, Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18)
    let rate = Double(count) / seconds
    let left = Int((Double(total - count) / max(rate, 1e-9)).rounded(.up))
    let width = 24
    let done = width * count / max(1, total)
    let bar = String(repeating: "█", count: done) + String(repeating: "░", count: width - done)
    // Before the first step is done, nobody knows how long they take.
    let time =
      count == 0
      ? nil
      : count == total
        ? "in \(Numbers.fixed(seconds, seconds < 10 ? 1 : 0)) s"
        : "\(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left"
    let pace = rate < 0.1 ? nil : "\(Numbers.fixed(rate, rate < 10 ? 1 : 0)) \(state.unit)/s"
    let words = [pace, time, detail].compactMap(\.self)
    return "\(state.stage) \(isTerminal ? bar + " " : "")\(count)/\(total), " + words.joined(separator: ", ")
  }
}

/// Turns the first Ctrl-C (or a request to terminate) into a flag that the work looks at; the second one ends the program.
enum Interrupt {
  private static let flag = Atomic(false)

  static var wasRequested: Bool { flag.load(ordering: .relaxed) }

  static func watch() {
    for number in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(number) {
      signal(number) { number in
        if Interrupt.flag.exchange(true, ordering: .relaxed) { _exit(128 + number) }
      }
    }
  }

  /// Whether the parent asked for it to be ignored, as nohup does.
  private static func isIgnored(_ number: Int32) -> Bool {
    var current = sigaction()
    guard unsafe sigaction(number, nil, &current) == 0 else { return false }
    return unsafe unsafeBitCast(current.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
