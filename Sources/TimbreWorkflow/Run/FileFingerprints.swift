import Foundation
import Synchronization
import TimbreAudio
import TimbreCore
import TimbreReport

/// What files hold, in 16 bytes each. A file is read once while it does not change: many clips may be parts of one recording, and many
/// trials of an experiment read the same clips.
public final class FileFingerprints: Sendable {
  struct Content: Sendable, Hashable {
    var high: UInt64
    var low: UInt64
  }

  /// What the system says of a file; it differs where the file was written anew, even at the same length and time.
  private struct Stamp: Sendable, Hashable {
    var node: UInt
    var size: Int
    /// Seconds and nanoseconds of the last change of what it holds, and of what is said of it.
    var times: SIMD4<Int>

    init?(_ path: String) {
      var info = stat()
      guard unsafe stat(path, &info) == 0 else { return nil }
      node = UInt(info.st_ino)
      size = Int(info.st_size)
      times = [info.st_mtim.tv_sec, info.st_mtim.tv_nsec, info.st_ctim.tv_sec, info.st_ctim.tv_nsec]
    }
  }

  private let known = Mutex<[String: (stamp: Stamp, content: Content)]>([:])

  public init() {}

  /// nil for a file that cannot be read.
  func content(of path: String) -> Content? {
    guard let stamp = Stamp(path) else { return nil }
    if let entry = known.withLock({ $0[path] }), entry.stamp == stamp { return entry.content }
    guard let bytes = try? AtomicFile.read(path) else { return nil }
    let hash = fingerprint(bytes)
    let content = Content(high: hash.high, low: hash.low)
    known.withLock { $0[path] = (stamp, content) }
    return content
  }
}
