import Testing
import TimbreCore
import TimbreWorkflow

@testable import TimbreStudio

@Suite struct EventLogTests {
  @Test func `a reader goes on after what it has seen`() {
    let log = EventLog()
    for index in 1...5 { log.append("noted", "\(index)") }
    #expect(log.events(after: 0).events.map(\.id) == [1, 2, 3, 4, 5])
    #expect(log.events(after: 3).events.map(\.data) == ["4", "5"])
    #expect(log.events(after: 3, atMost: 1).events.map(\.data) == ["4"])
    #expect(log.events(after: 5).events.isEmpty)
    #expect(log.events(after: 99).events.isEmpty)
  }

  @Test func `it ends once it is closed and read to its end`() {
    let log = EventLog()
    log.append("a", "1")
    log.append("b", "2")
    #expect(!log.events(after: 2).isLast)
    log.close()
    #expect(!log.events(after: 0, atMost: 1).isLast)
    #expect(log.events(after: 1).isLast)
    log.append("c", "3")
    #expect(log.events(after: 2).events.isEmpty)
  }

  @Test func `it keeps the last events only, and their numbers go on`() {
    let log = EventLog(most: 100)
    for index in 1...1_000 { log.append("log", "\(index)") }
    let (events, _) = log.events(after: 0)
    #expect((100...125).contains(events.count))
    #expect(events.last?.id == 1_000)
    #expect(events.map(\.id) == Array((1_000 - events.count + 1)...1_000))
  }

  @Test func `a step replaces the step before it, and nothing else`() {
    let log = EventLog()
    log.append("began", "x")
    for index in 1...50 { log.append("advanced", "\(index)", replaces: true) }
    log.append("ended", "x")
    log.append("advanced", "1", replaces: true)
    #expect(log.events(after: 0).events.map(\.name) == ["began", "advanced", "ended", "advanced"])
    #expect(log.events(after: 0).events.map(\.id) == [1, 51, 52, 53])
  }

  @Test func `a bell rings for what comes and for the end`() async {
    let log = EventLog()
    let (rings, _, token) = log.listen()
    #expect(log.listeners == 1)
    for _ in 0..<10 { log.append("a", "") }
    var ringing = rings.makeAsyncIterator()
    #expect(await ringing.next() != nil)
    log.close()
    #expect(await ringing.next() != nil)
    log.stopListening(token)
    #expect(log.listeners == 0)
  }

  @Test func `lines of a run become events`() {
    let log = EventLog()
    for line in [
      #"{"event": "began", "stage": "features", "unit": "clips"}"#,
      #"{"event": "advanced", "stage": "features", "count": 1, "total": 2}"#,
      #"{"event": "advanced", "stage": "features", "count": 2, "total": 2}"#,
      #"{"event": "advanced", "stage": "training", "count": 1, "total": 2}"#,
      #"{"event": "advanced", "stage": "training", "count": 2, "total": 2}"#,
      "warning: the disk is nearly full", "", #"{"event": "state", "state": "finished"}"#, #"{"broken"#,
    ] { Runs.record(line, in: log) }
    // Only the run itself knows its states: a line that pretends to is text.
    #expect(
      log.events(after: 0).events.map(\.name) == ["began", "advanced", "advanced", "advanced", "log", "log", "log"])
  }

  @Test func `events are written as browsers read them`() {
    #expect(EventStream.text(.init(id: 7, name: "noted", data: "{}")) == "id: 7\nevent: noted\ndata: {}\n\n")
  }
}
