import Dispatch
import Glibc

/// Hears that the program is asked to stop, beside whoever else hears it.
final class StopSignals {
  private let sources: [any DispatchSourceSignal]

  init(_ act: @escaping @Sendable () async -> Void) {
    sources = [SIGINT, SIGTERM].map { number in
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { Task { await act() } }
      source.activate()
      return source
    }
  }

  func cancel() { for source in sources { source.cancel() } }
}
