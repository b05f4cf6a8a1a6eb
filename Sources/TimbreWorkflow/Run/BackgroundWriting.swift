import Foundation
import Synchronization

/// Files that are written while other work goes on, or several at a time: most of it is waiting for the disk.
///
/// Each piece has a thread of its own. Swift's tasks have as many as there are cores, and one that waits for the disk would compute no
/// clip meanwhile.
final class BackgroundWriting: Sendable {
  private struct State {
    var begun = 0
    /// The error of the piece that was begun first among those that failed.
    var failure: (piece: Int, error: any Error)?
  }

  private let group = DispatchGroup()
  private let state = Mutex(State())

  /// Begins a piece at once. Pieces that depend on each other's order are to be one.
  func begin(_ write: @escaping @Sendable () throws -> Void) {
    let piece = state.withLock { state in
      state.begun += 1
      return state.begun
    }
    DispatchQueue(label: "timbre.writing").async(group: group) { [self] in
      do { try write() } catch {
        state.withLock { if piece < $0.failure?.piece ?? .max { $0.failure = (piece, error) } }
      }
    }
  }

  /// Whether a piece has failed already: what goes on meanwhile is in vain.
  var hasFailed: Bool { state.withLock { $0.failure != nil } }

  /// Waits until all pieces are over, and tells what failed.
  func outcome() -> (any Error)? {
    group.wait()
    return state.withLock { $0.failure?.error }
  }

  /// Waits until everything is written.
  /// - Throws: What a piece threw; of several, the one that was begun first.
  func finish() throws { if let error = outcome() { throw error } }
}
