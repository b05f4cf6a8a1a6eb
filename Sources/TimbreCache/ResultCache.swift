import Foundation
import GRDB
import Glibc
import Synchronization
import TimbreCore

/// Computed numbers under keys that name everything they depend on, in one SQLite file that several processes may use at once.
///
/// A cache may be lost at any time, so it never fails a run: what goes wrong with it is told once, and the work goes on without it. A file
/// that is damaged, or is no cache of this version, is renamed and a new one begun. Every value carries a checksum that is looked at.
public final class ResultCache: Sendable {
  /// What a value is; larger kinds are given up first.
  public enum Kind: Int, Sendable { case signal = 0, row = 1, text = 2 }

  public let path: String
  private let pool: DatabasePool
  private let isBroken = Mutex(false)
  private let told: @Sendable (String) -> Void
  private let counts = Mutex((hits: 0, misses: 0))

  /// "TIMB", so that a database of another program is not taken for a cache.
  private static let application = 0x5449_4D42
  private static let version = 1

  /// - Parameter told: Receives a line about what went wrong.
  /// - Throws: A `.badCache` diagnostic where neither the file nor a new one can be opened, and for what is no file.
  public init(path: String, told: @escaping @Sendable (String) -> Void = { _ in }) throws {
    self.path = path
    self.told = told
    // A folder or a device is not to be renamed, whoever may do that.
    var info = stat()
    if unsafe stat(path, &info) == 0, info.st_mode & S_IFMT != S_IFREG {
      throw Diagnostic(
        .badCache, "this is \(info.st_mode & S_IFMT == S_IFDIR ? "a folder" : "no file"), and no cache",
        help: "name a file with --cache, or go without: --no-cache", subject: path)
    }
    do {
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      if let strange = Self.strangeness(of: path) {
        let aside = try Self.setAside(path)
        told("the cache \(strange); it is now \(aside), and a new one is begun")
      }
      do {
        pool = try Self.open(path)
      } catch let error as DatabaseError where Self.isDamage(error) {
        let aside = try Self.setAside(path)
        told("the cache was damaged; it is now \(aside), and a new one is begun")
        pool = try Self.open(path)
      }
    } catch {
      throw Diagnostic(
        .badCache, "the cache cannot be opened: \(error)", help: "name another with --cache, or go without: --no-cache",
        subject: path)
    }
  }

  private static func open(_ path: String) throws -> DatabasePool {
    var configuration = Configuration()
    configuration.busyMode = .timeout(30)
    configuration.maximumReaderCount = 64
    configuration.prepareDatabase { database in
      // Committed is committed once the system has it: a power cut may cost the latest entries, never the file.
      try database.execute(sql: "PRAGMA synchronous = NORMAL")
    }
    if !FileManager.default.fileExists(atPath: path) { try create(path) }
    let pool = try DatabasePool(path: path, configuration: configuration)
    // Finds damage that the header does not show, in what every use goes through.
    do {
      try pool.read { database in
        _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM tally")
        _ = try Row.fetchOne(database, sql: "SELECT key, kind, checksum, used, value FROM entry LIMIT 1")
      }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: error.message)
    }
    return pool
  }

  /// Makes an empty cache under another name first, so that no process ever sees half of one.
  private static func create(_ path: String) throws {
    let temporary = "\(path).new-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: temporary) }
    let queue = try DatabaseQueue(path: temporary)
    // Written ahead from the first moment: to change that later, a process would have to be alone for a moment.
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
    try queue.write { database in
      try database.execute(
        sql: """
          CREATE TABLE entry (key BLOB NOT NULL PRIMARY KEY, kind INTEGER NOT NULL, checksum INTEGER NOT NULL,
            used INTEGER NOT NULL, value BLOB NOT NULL);
          CREATE INDEX entry_used ON entry (used);
          CREATE TABLE tally (name TEXT NOT NULL PRIMARY KEY, count INTEGER NOT NULL);
          PRAGMA application_id = \(application);
          PRAGMA user_version = \(version);
          """)
    }
    try queue.close()
    // Fails where another process was faster, whose file is as good.
    _ = unsafe link(temporary, path)
  }

  /// What speaks against a file, by its first hundred bytes (https://www.sqlite.org/fileformat.html): opening it would change it.
  /// nil for a cache, and for no file.
  public static func strangeness(of path: String) -> String? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    let head = [UInt8]((try? file.read(upToCount: 100)) ?? Data())
    func number(at place: Int) -> Int { head[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
    guard head.count == 100, Array(head[..<16]) == Array("SQLite format 3\u{0}".utf8) else { return "was damaged" }
    guard number(at: 68) == application else { return "is of another program" }
    return number(at: 60) == version ? nil : "is of another version"
  }

  private static func isDamage(_ error: DatabaseError) -> Bool {
    [.SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT].contains(error.resultCode)
  }

  /// Renames the file and returns its new name.
  private static func setAside(_ path: String) throws -> String {
    let manager = FileManager.default
    let aside = (1...999).map { "\(path).damaged-\($0)" }.first { !manager.fileExists(atPath: $0) } ?? path + ".damaged"
    try manager.moveItem(atPath: path, toPath: aside)
    for tail in ["-wal", "-shm"] where manager.fileExists(atPath: path + tail) {
      try? manager.moveItem(atPath: path + tail, toPath: aside + tail)
    }
    return aside
  }

  // MARK: Values

  /// The values of those keys that are known. Never wrong: a value whose checksum does not fit counts as damage.
  public func values(of keys: [CacheKey]) -> [CacheKey: [UInt8]] {
    guard !keys.isEmpty, !isBroken.withLock({ $0 }) else { return [:] }
    let now = Int(Date().timeIntervalSince1970)
    var stale: [CacheKey] = []
    var found: [CacheKey: [UInt8]] = [:]
    do {
      try pool.read { database in
        let statement = try database.cachedStatement(sql: "SELECT checksum, used, value FROM entry WHERE key = ?")
        for key in keys {
          guard let row = try Row.fetchOne(statement, arguments: [key.data]) else { continue }
          let value = [UInt8](row["value"] as Data)
          guard Int64(bitPattern: fingerprint(value).low) == row["checksum"] as Int64 else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a checksum does not fit")
          }
          found[key] = value
          // Once a day is often enough to know what is still in use.
          if now - (row["used"] as Int) > 86_400 { stale.append(key) }
        }
      }
      if !stale.isEmpty {
        let stale = stale
        try pool.write { database in
          let statement = try database.cachedStatement(sql: "UPDATE entry SET used = ? WHERE key = ?")
          for key in stale { try statement.execute(arguments: [now, key.data]) }
        }
      }
    } catch {
      fail(error)
      return [:]
    }
    counts.withLock { $0 = ($0.hits + found.count, $0.misses + keys.count - found.count) }
    return found
  }

  public func store(_ values: [(key: CacheKey, kind: Kind, value: [UInt8])]) {
    guard !values.isEmpty, !isBroken.withLock({ $0 }) else { return }
    let now = Int(Date().timeIntervalSince1970)
    do {
      try pool.write { database in
        let statement = try database.cachedStatement(
          sql: "INSERT OR REPLACE INTO entry (key, kind, checksum, used, value) VALUES (?, ?, ?, ?, ?)")
        for (key, kind, value) in values {
          let checksum = Int64(bitPattern: fingerprint(value).low)
          try statement.execute(arguments: [key.data, kind.rawValue, checksum, now, Data(value)])
        }
      }
    } catch {
      fail(error)
    }
  }

  /// Goes on without the cache; a damaged one is renamed.
  private func fail(_ error: any Error) {
    let isFirst = isBroken.withLock { broken in
      defer { broken = true }
      return !broken
    }
    guard isFirst else { return }
    if let error = error as? DatabaseError, Self.isDamage(error), let aside = try? Self.setAside(path) {
      told("the cache is damaged; it is now \(aside), and this run goes on without")
    } else {
      told("the cache is not used any more: \(error)")
    }
  }

  // MARK: House-keeping

  public struct Summary: Sendable {
    public var entries = 0
    /// Bytes of the values, and of the file.
    public var bytes = 0
    public var fileBytes = 0
    public var hits = 0
    public var misses = 0
    /// Seconds since 1970 of the oldest and the latest use.
    public var oldest: Int?
    public var latest: Int?
  }

  public func summary() throws -> Summary {
    try pool.read { database in
      var summary = Summary()
      if let row = try Row.fetchOne(
        database,
        sql: "SELECT count(*) AS n, sum(length(value)) AS bytes, min(used) AS low, max(used) AS high FROM entry")
      {
        (summary.entries, summary.bytes) = (row["n"], row["bytes"] as Int? ?? 0)
        (summary.oldest, summary.latest) = (row["low"], row["high"])
      }
      for row in try Row.fetchAll(database, sql: "SELECT name, count FROM tally") {
        if row["name"] as String == "hits" { summary.hits = row["count"] } else { summary.misses = row["count"] }
      }
      summary.fileBytes = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
      return summary
    }
  }

  /// Values found and not found since the last call, added to what the file counts.
  @discardableResult
  public func tally() -> (hits: Int, misses: Int) {
    let taken = counts.withLock { counts in
      defer { counts = (0, 0) }
      return counts
    }
    try? pool.write { database in
      for (name, count) in [("hits", taken.hits), ("misses", taken.misses)] {
        try database.execute(
          sql: "INSERT INTO tally VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET count = count + excluded.count",
          arguments: [name, count])
      }
    }
    return taken
  }

  /// Removes what was last used before a time, then the longest unused until the values fit into so many bytes.
  /// - Returns: How many entries went.
  @discardableResult
  public func evict(before time: Int? = nil, toBytes limit: Int? = nil) throws -> Int {
    let gone = try pool.write { database in
      var gone = 0
      if let time {
        try database.execute(sql: "DELETE FROM entry WHERE used < ?", arguments: [time])
        gone += database.changesCount
      }
      if let limit {
        var bytes = try Int.fetchOne(database, sql: "SELECT coalesce(sum(length(value)), 0) FROM entry") ?? 0
        // Of equal age signals go first: they take the most.
        while bytes > limit {
          let batch = try Row.fetchAll(
            database, sql: "SELECT key, length(value) AS size FROM entry ORDER BY used, kind LIMIT 256")
          if batch.isEmpty { break }
          for item in batch where bytes > limit {
            try database.execute(sql: "DELETE FROM entry WHERE key = ?", arguments: [item["key"] as Data])
            bytes -= item["size"] as Int
            gone += 1
          }
        }
      }
      return gone
    }
    if gone > 0 { try pool.vacuum() }
    return gone
  }

  /// Closes the file; values are not found any more.
  public func close() { try? pool.close() }
}

/// 128 bits over everything that a value depends on.
public struct CacheKey: Sendable, Hashable {
  let high: UInt64
  let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  var data: Data {
    var bytes: [UInt8] = []
    for word in [high, low] {
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
    return Data(bytes)
  }
}

extension Diagnostic.Kind {
  public static let badCache = Self("bad_cache")
}
