import Subprocess
import Synchronization
import TimbreCore
import TimbreWorkflow

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// `timbre run` as a process of its own: it is stopped as a person at a terminal would stop it, and goes on to say in its folder
/// that it was interrupted.
final class RunChild: Sendable {
  private struct State {
    var interrupt: (@Sendable () -> Void)?
    var kill: (@Sendable () -> Void)?
    var isStopped = false
    var hasEnded = false
  }

  private let state = Mutex(State())

  /// Starts it and waits for its end.
  ///
  /// - Parameter line: Told each line of its standard error.
  /// - Returns: Its exit status; nil where a signal ended it.
  func run(
    _ program: String, _ arguments: [String], environment: [String: String], folder: String,
    line: @escaping @Sendable (String) -> Void
  ) async throws -> Int? {
    var platform = PlatformOptions()
    // Ctrl-C in the server's terminal is the server's to handle.
    platform.processGroupID = 0
    let variables = Dictionary(
      environment.compactMap { name, value in Environment.Key(rawValue: name).map { ($0, value) } },
      uniquingKeysWith: { first, _ in first })
    let result = try await Subprocess.run(
      .path(FilePath(program)), arguments: Arguments(arguments), environment: .custom(variables),
      workingDirectory: FilePath(folder), platformOptions: platform, input: .none, output: .discarded,
      error: .sequence
    ) { execution in
      let isStopped = state.withLock { state in
        state.interrupt = { try? execution.send(signal: .interrupt) }
        state.kill = { try? execution.send(signal: .kill) }
        return state.isStopped
      }
      if isStopped { try? execution.send(signal: .interrupt) }
      var lines = Lines(execution.standardError)
      while let text = try await lines.next() { line(text) }
    }
    state.withLock { state in
      (state.interrupt, state.kill, state.hasEnded) = (nil, nil, true)
    }
    if case .exited(let code) = result.terminationStatus { return Int(code) }
    return nil
  }

  /// Asks it to stop, once: a second request would end it before it has said so in its folder. Kills it after `patience`.
  func stop(patience: Duration) {
    let interrupt = state.withLock { state -> (@Sendable () -> Void)? in
      guard !state.isStopped else { return nil }
      state.isStopped = true
      return state.interrupt
    }
    interrupt?()
    Task {
      try? await Task.sleep(for: patience)
      self.state.withLock { $0.kill }?()
    }
  }
}
