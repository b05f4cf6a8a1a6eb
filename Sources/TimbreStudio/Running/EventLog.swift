import Synchronization

/// What happens in one run, for many readers, each at a pace of its own: the log keeps the last few thousand events, and a reader
/// asks for those after the last one that it has seen. Nothing is kept for a reader, so that a slow one costs nothing.
final class EventLog: Sendable {
  struct Event: Sendable, Hashable {
    /// Counts from 1.
    var id: Int
    var name: String
    /// One line of JSON.
    var data: String
  }

  private struct State {
    var events: [Event] = []
    var last = 0
    var isClosed = false
    var bells: [Int: AsyncStream<Void>.Continuation] = [:]
    var nextBell = 0
  }

  private let state = Mutex(State())
  private let most: Int

  init(most: Int = 4_000) { self.most = most }

  /// - Parameter replaces: Whether it takes the place of the one before it, where that has the same name.
  func append(_ name: String, _ data: String, replaces: Bool = false) {
    let bells = state.withLock { state -> [AsyncStream<Void>.Continuation] in
      guard !state.isClosed else { return [] }
      if replaces, state.events.last?.name == name { state.events.removeLast() }
      state.last += 1
      state.events.append(Event(id: state.last, name: name, data: data))
      // Some at a time, since taking away the first one moves all others.
      if state.events.count > most + most / 4 { state.events.removeFirst(state.events.count - most) }
      return Array(state.bells.values)
    }
    for bell in bells { bell.yield() }
  }

  /// Nothing comes any more.
  func close() {
    let bells = state.withLock { state in
      state.isClosed = true
      return Array(state.bells.values)
    }
    for bell in bells { bell.yield() }
  }

  /// What came after an event, and whether nothing more will come after that.
  func events(after id: Int, atMost count: Int = .max) -> (events: [Event], isLast: Bool) {
    state.withLock { state in
      let start = state.events.firstIndex { $0.id > id } ?? state.events.count
      let events = Array(state.events[start...].prefix(count))
      return (events, state.isClosed && start + events.count == state.events.count)
    }
  }

  /// A bell that rings when there is something new; several rings become one while nobody listens.
  func listen() -> (rings: AsyncStream<Void>, bell: AsyncStream<Void>.Continuation, token: Int) {
    let (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let token = state.withLock { state in
      state.nextBell += 1
      state.bells[state.nextBell] = bell
      return state.nextBell
    }
    return (rings, bell, token)
  }

  func stopListening(_ token: Int) { _ = state.withLock { $0.bells.removeValue(forKey: token) } }

  var listeners: Int { state.withLock { $0.bells.count } }
}
