import Subprocess
import Synchronization

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// A child that answers lines with lines. When it dies, or takes too long and is killed, it takes nothing along but its work.
final class WorkerProcess: Sendable {
  /// Why there is no answer.
  enum Failure: Error { case died, tookTooLong, cannotStart(String) }

  private struct Request: Sendable {
    var line: String
    var limit: Duration
    var answer: CheckedContinuation<String, any Error>
  }

  private let requests: AsyncStream<Request>.Continuation
  private let task: Task<Void, Never>

  init(program: String, arguments: [String]) {
    let (stream, continuation) = AsyncStream.makeStream(of: Request.self)
    requests = continuation
    task = Task {
      do {
        var platform = PlatformOptions()
        // Ctrl-C in the server's terminal is the server's to handle: what the worker does is finished first.
        platform.processGroupID = 0
        _ = try await run(
          .path(FilePath(program)), arguments: Arguments(arguments), platformOptions: platform, input: .inputWriter,
          output: .sequence, error: .currentStandardError
        ) { execution in
          var lines = Lines(execution.standardOutput)
          for await request in stream {
            let (isLate, limit) = (Flag(), request.limit)
            let clock = Task {
              guard (try? await Task.sleep(for: limit)) != nil else { return }
              isLate.raise()
              try? execution.send(signal: .kill)
            }
            var answer: String?
            do {
              _ = try await execution.standardInputWriter.write(request.line + "\n")
              answer = try await lines.next()
            } catch { answer = nil }
            clock.cancel()
            if let answer {
              request.answer.resume(returning: answer)
            } else {
              request.answer.resume(throwing: isLate.isRaised ? Failure.tookTooLong : Failure.died)
              break
            }
          }
          try? await execution.standardInputWriter.finish()
        }
      } catch {
        continuation.finish()
        for await request in stream { request.answer.resume(throwing: Failure.cannotStart("\(error)")) }
        return
      }
      continuation.finish()
      for await request in stream { request.answer.resume(throwing: Failure.died) }
    }
  }

  /// One request at a time.
  func ask(_ line: String, limit: Duration) async throws -> String {
    try await withCheckedThrowingContinuation { answer in
      if case .terminated = requests.yield(Request(line: line, limit: limit, answer: answer)) {
        answer.resume(throwing: Failure.died)
      }
    }
  }

  /// Lets it end once it has answered.
  func end() async {
    requests.finish()
    await task.value
  }
}

private final class Flag: Sendable {
  private let value = Atomic(false)
  var isRaised: Bool { value.load(ordering: .relaxed) }
  func raise() { value.store(true, ordering: .relaxed) }
}

/// The lines of a child's output.
struct Lines {
  private var parts: SubprocessOutputSequence.Iterator
  private var pending: [UInt8] = []
  private var searched = 0

  init(_ output: SubprocessOutputSequence) { parts = output.makeAsyncIterator() }

  mutating func next() async throws -> String? {
    while true {
      if let end = pending[searched...].firstIndex(of: 10) {
        let line = String(decoding: pending[..<end], as: UTF8.self)
        pending.removeFirst(end + 1)
        searched = 0
        return line
      }
      searched = pending.count
      guard let part = try await parts.next() else { return nil }
      unsafe part.withUnsafeBytes { unsafe pending += $0 }
    }
  }
}
