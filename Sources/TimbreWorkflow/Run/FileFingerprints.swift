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

extension FileFingerprints {
  /// Everything that a run's numbers depend on besides its workflow, as 32 hex digits: the clips, what is said of them, and what their
  /// files hold. Of files that views mix in only when they were written and how long they are, for these may be very many.
  func mark(of list: ClipList, _ plan: Plan, jobs: Int) async -> String {
    let contents = await mapInOrder(list.clips, jobs: jobs) { clip -> Content? in
      if case .file(let path, _, _) = clip.source { self.content(of: path) } else { nil }
    }
    var text = list.labels.joined(separator: "\u{0}")
    for (clip, content) in zip(list.clips, contents) {
      text += "\u{1}\(clip.id)\u{0}\(clip.label)\u{0}\(clip.speaker ?? "")"
      for attribute in clip.attributes { text += "\u{0}\(attribute.name)=\(attribute.value)" }
      if case .file(_, let start, let end) = clip.source { text += "\u{0}\(start ?? 0) \(end ?? -1)" }
      if let content { text += "\u{0}\(content.high) \(content.low)" }
    }
    let steps = (plan.resolved["views"]?.members ?? []).flatMap { $0.value.arrayValue ?? [] }
    for path in steps.flatMap({ $0["path"]?.strings ?? [] }) {
      let files = (try? AudioFiles.list(under: path, wanted: "").files.map(\.path)) ?? [path]
      for file in files { text += "\u{1}\(file)\u{0}\(FileSystem.changed(file))" }
    }
    let hash = fingerprint(Array(text.utf8))
    return [hash.high, hash.low].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}

extension JSONValue {
  /// Itself, or what stands anywhere in it.
  fileprivate var strings: [String] {
    if let text = stringValue { return [text] }
    return (arrayValue ?? members?.map(\.value) ?? []).flatMap(\.strings)
  }
}
