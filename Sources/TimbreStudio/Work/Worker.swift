import Foundation
import TimbreCore
import TimbreWorkflow

/// The other end of a `WorkerProcess`: reads jobs from standard input, a line each, and answers each with a line.
public enum Worker {
  public static func run(registry: Registry, limits: StudioOptions.Limits) {
    confine()
    keepFreedMemory()
    let bench = Bench(registry: registry, limits: limits)
    while let line = readLine() {
      // Without a buffer in between: who asked waits for it.
      try? FileHandle.standardOutput.write(contentsOf: Data((answer(to: line, bench).description + "\n").utf8))
    }
  }

  /// `{"job", "arguments"}` to `{"answer"}` or `{"findings"}`.
  private static func answer(to line: String, _ bench: Bench) -> JSONValue {
    do {
      let request = try JSONParser.parse(SourceText(name: "job", text: line)).value.json
      guard let job = Job.named(request["job"]?.stringValue ?? "") else {
        throw Diagnostic(.unknownChoice, "there is no such job")
      }
      return ["answer": try job.perform(request["arguments"] ?? [:], bench)]
    } catch let error as RequestError {
      return ["findings": .array(error.findings.map(\.studioJSON))]
    } catch {
      let diagnostic = error as? Diagnostic ?? Diagnostic(.badAudio, "\(error)")
      return ["findings": [diagnostic.studioJSON]]
    }
  }

  /// A file that makes a library ask for everything gets a refusal instead; a crash leaves no core.
  private static func confine() {
    func limit(_ resource: __rlimit_resource, _ value: UInt) {
      var limits = rlimit(rlim_cur: value, rlim_max: value)
      _ = unsafe setrlimit(Int32(resource.rawValue), &limits)
    }
    limit(RLIMIT_AS, 6 << 30)
    limit(RLIMIT_CORE, 0)
    limit(RLIMIT_FSIZE, 1 << 30)
  }
}
