import TimbreCore
import TimbreFingerprint

/// What became of all clips of a run.
///
/// Rows and texts lie in a few large blocks. Small ones that stay, made among the large ones of a clip that come and go, would keep
/// these from being used again, and memory would grow by ten times what is kept.
struct ClipResults: Sendable {
  /// Clips × views × the numbers of a row; zeros where the clip failed.
  private(set) var values: [Float]
  /// Of each clip, packed; zeros where there is none.
  private(set) var fingerprints: [UInt32]
  /// Why clips failed, by their index.
  private(set) var failures: [Int: Diagnostic] = [:]
  /// Seconds that reading and resampling, making the views, and their features took, of all clips together.
  private(set) var seconds = (load: 0.0, views: 0.0, features: 0.0)
  private var drawn: PackedTexts
  private var hashes: PackedTexts
  private let views: Int
  private let shape: RowShape
  /// Of sequences: frames of each row, and how many there were before cropping.
  private var lengths: [(kept: Int32, available: Int32)] = []

  /// - Throws: An `.outOfRange` diagnostic where a computer is not likely to have the memory.
  init(clips: Int, views: Int, shape: RowShape) throws {
    let bytes = 4 * Double(clips) * Double(views) * Double(shape.count)
    guard bytes < 0x1p36 else {
      throw Diagnostic(
        .outOfRange, "\(shape) of \(clips) clips in \(views) views take some \(Int(bytes / 0x1p30)) GiB of memory",
        help: "use fewer frames, bins or views")
    }
    values = [Float](repeating: 0, count: clips * views * shape.count)
    fingerprints = [UInt32](repeating: 0, count: clips * AudioFingerprint.packedCount)
    if case .sequence = shape { lengths = Array(repeating: (0, 0), count: clips * views) }
    drawn = PackedTexts(count: clips * views)
    hashes = PackedTexts(count: clips)
    self.views = views
    self.shape = shape
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
      let place = clip * views + view
      values.replaceSubrange(place * shape.count..<(place + 1) * shape.count, with: row.values)
      if !lengths.isEmpty { lengths[place] = (Int32(clamping: row.length), Int32(clamping: row.available)) }
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

  /// The rows of some clips, in order. Of all clips they are the block itself.
  func rows(of clips: [Int]) -> Rows {
    Rows(shape, values: values(of: clips), rows: clips.count * views, lengths: lengths(of: clips).map { Int($0.kept) })
  }

  /// How many frames each row of some clips had before cropping; none for vectors.
  func available(of clips: [Int]) -> [Int] { lengths(of: clips).map { Int($0.available) } }

  private func lengths(of clips: [Int]) -> some Collection<(kept: Int32, available: Int32)> {
    (lengths.isEmpty ? [] : clips).flatMap { lengths[$0 * views..<($0 + 1) * views] }
  }

  private func values(of clips: [Int]) -> [Float] {
    let size = views * shape.count
    if clips.count * size == values.count { return values }
    var picked: [Float] = []
    picked.reserveCapacity(clips.count * size)
    for clip in clips { picked += values[clip * size..<(clip + 1) * size] }
    return picked
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
