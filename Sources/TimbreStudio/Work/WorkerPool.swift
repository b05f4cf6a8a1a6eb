import HTTPTypes
import Hummingbird
import TimbreCore
import TimbreWorkflow

/// A few workers and a queue that has an end: who comes when it is full is asked to come again.
actor WorkerPool {
  private let options: StudioOptions
  private let meter: Meter
  private var idle: [WorkerProcess] = []
  private var running = 0
  private var waiting: [CheckedContinuation<WorkerProcess, any Error>] = []
  private var isClosed = false

  init(options: StudioOptions, meter: Meter) {
    self.options = options
    self.meter = meter
  }

  var busy: Int { running - idle.count }
  var queued: Int { waiting.count }

  /// Has a worker do a job.
  ///
  /// - Throws: A `Refusal`: busy, took too long, or the worker died of it; a `RequestError` with what the job found.
  func perform(_ job: Job, _ arguments: JSONValue) async throws -> JSONValue {
    let worker = try await acquire()
    let line = JSONValue.object([.init("job", .string(job.name)), .init("arguments", arguments)]).description
    let reply: String
    do {
      reply = try await worker.ask(line, limit: .seconds(options.limits.workSeconds))
    } catch {
      lose(worker)
      meter.count("worker_losses")
      switch error {
      case WorkerProcess.Failure.tookTooLong:
        throw Refusal(
          .unprocessableContent, "this took longer than \(short(options.limits.workSeconds)) s and was stopped",
          help: "send a shorter recording, or simpler parameters", kind: "took_too_long")
      case WorkerProcess.Failure.cannotStart(let reason):
        throw Refusal(.internalServerError, "a worker cannot be started: \(reason)", kind: "internal")
      default:
        throw Refusal(
          .unprocessableContent, "this could not be worked on: its worker has died of it",
          help: "the file may be damaged, or ask for more memory than there is", kind: "worker_died")
      }
    }
    release(worker)
    let answer = try JSONParser.parse(SourceText(name: "answer", text: reply)).value.json
    if let answer = answer["answer"] { return answer }
    throw RequestError((answer["findings"]?.arrayValue ?? []).map(Diagnostic.init(studioJSON:)))
  }

  /// Waits for what is being done, and lets all workers go.
  func close() async {
    isClosed = true
    for waiter in waiting { waiter.resume(throwing: Refusal.busy(seconds: 5)) }
    waiting = []
    for worker in idle { await worker.end() }
    idle = []
  }

  private func acquire() async throws -> WorkerProcess {
    if isClosed { throw Refusal.busy(seconds: 5) }
    if let worker = idle.popLast() { return worker }
    if running < options.workers { return start() }
    guard waiting.count < options.queue else {
      meter.count("refused_busy")
      throw Refusal.busy(seconds: 1)
    }
    return try await withCheckedThrowingContinuation { waiting.append($0) }
  }

  private func start() -> WorkerProcess {
    running += 1
    let limits = options.limits
    return WorkerProcess(
      program: options.program,
      arguments: [
        "worker", "--audio-seconds", short(limits.audioSeconds), "--samples", String(limits.samples),
      ])
  }

  private func release(_ worker: WorkerProcess) {
    if !waiting.isEmpty {
      waiting.removeFirst().resume(returning: worker)
    } else if isClosed {
      running -= 1
      Task { await worker.end() }
    } else {
      idle.append(worker)
    }
  }

  private func lose(_ worker: WorkerProcess) {
    running -= 1
    if !waiting.isEmpty { waiting.removeFirst().resume(returning: start()) }
  }
}

extension Diagnostic {
  /// What `studioJSON` wrote, without the place.
  init(studioJSON json: JSONValue) {
    self.init(
      Kind(json["kind"]?.stringValue ?? "unknown"), json["message"]?.stringValue ?? "unknown",
      help: json["help"]?.stringValue)
  }
}

extension WorkerPool {
  /// Has one of several jobs of a request done: the first one may be refused, the others wait for their turn.
  func performPatiently(_ job: Job, _ arguments: JSONValue, isFirst: Bool) async throws -> JSONValue {
    if isFirst { return try await perform(job, arguments) }
    for _ in 0..<100 {
      do {
        return try await perform(job, arguments)
      } catch let refusal as Refusal where refusal.kind == "busy" {
        try await Task.sleep(for: .milliseconds(200))
      }
    }
    throw Refusal.busy(seconds: 5)
  }
}
