import HTTPTypes
import Hummingbird
import TimbreCore

/// A log as server-sent events. A client that comes back with `Last-Event-ID` goes on where it was.
///
/// The next piece is taken from the log once the last one is written, so that a slow client holds a connection and nothing else.
struct EventStream: Sendable {
  let log: EventLog
  /// The last event that the client has seen.
  var after = 0
  var heartbeat: Duration = .seconds(15)

  var response: Response {
    // Without content a browser does not come again.
    let known = log.events(after: after, atMost: 1)
    if after > 0, known.events.isEmpty, known.isLast { return Answer.noContent }
    var headers = HTTPFields()
    headers[.contentType] = "text/event-stream; charset=utf-8"
    headers[.cacheControl] = "no-store"
    // A proxy that collects an answer before it hands it on would show nothing.
    if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
    return Response(status: .ok, headers: headers, body: ResponseBody { try await write(to: &$0) })
  }

  private func write(to writer: inout any ResponseBodyWriter) async throws {
    let (rings, bell, token) = log.listen()
    let (log, heartbeat) = (log, heartbeat)
    let clock = Task {
      while (try? await Task.sleep(for: heartbeat)) != nil { bell.yield() }
    }
    defer {
      clock.cancel()
      log.stopListening(token)
    }
    var last = after
    var written = ContinuousClock.now
    var ringing = rings.makeAsyncIterator()
    try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
    while true {
      let (events, isLast) = log.events(after: last, atMost: 200)
      if let newest = events.last {
        last = newest.id
        written = .now
        try await writer.write(ByteBuffer(string: events.map(Self.text).joined()))
      }
      if isLast { break }
      if events.isEmpty {
        guard await ringing.next() != nil else { break }
        // A comment keeps proxies from hanging up, and finds out that the client has.
        if ContinuousClock.now - written >= heartbeat, log.events(after: last, atMost: 1).events.isEmpty {
          written = .now
          try await writer.write(ByteBuffer(string: ": still here\n\n"))
        }
      }
    }
    try await writer.finish(nil)
  }

  static func text(_ event: EventLog.Event) -> String {
    "id: \(event.id)\nevent: \(event.name)\ndata: \(event.data)\n\n"
  }
}
