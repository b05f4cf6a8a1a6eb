import Synchronization

/// Things that are made once per set of parameters and then shared by all threads: plans, windows, filter banks.
///
/// When `limit` is reached the cache starts afresh, so that a sweep over thousands of settings does not fill the memory.
package final class Cache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private let stored = Mutex<[Key: Value]>([:])
  private let limit: Int

  package init(limit: Int = 256) { self.limit = limit }

  package func value(for key: Key, _ make: () throws -> Value) rethrows -> Value {
    if let value = stored.withLock({ $0[key] }) { return value }
    // Made outside the lock: making may be slow, and two equal values do no harm.
    let value = try make()
    stored.withLock { entries in
      if entries.count >= limit { entries.removeAll(keepingCapacity: true) }
      entries[key] = value
    }
    return value
  }
}
