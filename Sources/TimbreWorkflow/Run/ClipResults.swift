import TimbreCore
import TimbreFingerprint

/// What became of all clips of a run.
///
/// Rows and texts lie in a few large blocks. Small ones that stay, made among the large ones of a clip that come and go, would keep
/// these from being used again, and memory would grow by ten times what is kept.
struct ClipResults: Sendable {
  /// Clips × views × columns; zeros where the clip failed.
  private(set) var vectors: [Float]
  /// Of each clip, packed; zeros where there is none.
  private(set) var fingerprints: [UInt32]
  /// Why clips failed, by their index.
  private(set) var failures: [Int: Diagnostic] = [:]
  /// Seconds that reading and resampling, making the views, and their features took, of all clips together.
  private(set) var seconds = (load: 0.0, views: 0.0, features: 0.0)
  private var drawn: PackedTexts
  private var hashes: PackedTexts
  private let views: Int
  private let columns: Int

  init(clips: Int, views: Int, columns: Int) {
    vectors = [Float](repeating: 0, count: clips * views * columns)
    fingerprints = [UInt32](repeating: 0, count: clips * AudioFingerprint.packedCount)
    drawn = PackedTexts(count: clips * views)
    hashes = PackedTexts(count: clips)
    self.views = views
    self.columns = columns
  }

  mutating func take(_ result: ClipResult, at clip: Int) {
    seconds.load += result.seconds.load
    seconds.views += result.seconds.views
    seconds.features += result.seconds.features
    if let hash = result.contentHash { hashes[clip] = hash }
    if let failure = result.failure {
      failures[clip] = failure
      return
    }
    let place = clip * AudioFingerprint.packedCount
    fingerprints.replaceSubrange(
      place..<place + AudioFingerprint.packedCount, with: AudioFingerprint.packed(result.fingerprint))
    for (view, row) in result.rows.enumerated() {
      let start = (clip * views + view) * columns
      vectors.replaceSubrange(start..<start + columns, with: row)
    }
    for (view, record) in result.drawn.enumerated() {
      drawn[clip * views + view] = record.map { "\($0.name)=\($0.value.plain)" }.joined(separator: ";")
    }
  }

  /// The clips that failed, in the order of `clips`.
  func failures(of clips: [Clip]) -> [(clip: Clip, reason: Diagnostic)] {
    failures.sorted { $0.key < $1.key }.map { (clips[$0.key], $0.value) }
  }

  func contentHash(ofClip clip: Int) -> String? { hashes[clip] }
  /// What was drawn for a view, as `clips.csv` has it.
  func drawn(clip: Int, view: Int) -> String { drawn[clip * views + view] ?? "" }

  /// The rows of some clips, in order. Of all clips it is the block itself.
  func rows(of clips: [Int]) -> [Float] {
    let size = views * columns
    if clips.count * size == vectors.count { return vectors }
    var rows: [Float] = []
    rows.reserveCapacity(clips.count * size)
    for clip in clips { rows += vectors[clip * size..<(clip + 1) * size] }
    return rows
  }
}

/// Short texts in one block of memory, each to be set once.
private struct PackedTexts: Sendable {
  private var bytes: [UInt8] = []
  /// Where a text begins, and in the lowest 24 bits how long it is.
  private var places: [UInt64]

  init(count: Int) { places = [UInt64](repeating: 0, count: count) }

  /// nil where nothing, or nothing but an empty text, was set.
  subscript(index: Int) -> String? {
    get {
      let (start, length) = (Int(places[index] >> 24), Int(places[index] & 0xFF_FFFF))
      return length == 0 ? nil : String(decoding: bytes[start..<start + length], as: UTF8.self)
    }
    set {
      let text = Array((newValue ?? "").utf8.prefix(0xFF_FFFF))
      places[index] = UInt64(bytes.count) << 24 | UInt64(text.count)
      bytes.append(contentsOf: text)
    }
  }
}
