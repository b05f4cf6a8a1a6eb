import TimbreCore
import TimbreFingerprint

/// What became of all clips of a run.
///
/// Rows and texts lie in a few large blocks. Small ones that stay, made among the large ones of a clip that come and go, would keep
/// these from being used again, and memory would grow by ten times what is kept.
struct ClipResults: Sendable {
  /// Clips × views × the numbers of a row; zeros where the clip failed.
  private(set) var values: [Float]
  /// Of each clip, packed; empty where there is none.
  private(set) var fingerprints: PackedRuns<UInt32>
  /// Why clips failed, by their index.
  private(set) var failures: [Int: Diagnostic] = [:]
  /// Seconds that reading and resampling, making the views, and their features took, of all clips together.
  private(set) var seconds = (load: 0.0, views: 0.0, features: 0.0)
  private var drawn: PackedRuns<UInt8>
  private var hashes: PackedRuns<UInt8>
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
    fingerprints = PackedRuns(count: clips)
    if case .sequence = shape { lengths = Array(repeating: (0, 0), count: clips * views) }
    drawn = PackedRuns(count: clips * views)
    hashes = PackedRuns(count: clips)
    self.views = views
    self.shape = shape
  }

  mutating func take(_ result: ClipResult, at clip: Int) {
    seconds.load += result.seconds.load
    seconds.views += result.seconds.views
    seconds.features += result.seconds.features
    if let hash = result.contentHash { hashes[clip] = Array(hash.utf8)[...] }
    if let failure = result.failure {
      failures[clip] = failure
      return
    }
    fingerprints[clip] = AudioFingerprint.packed(result.fingerprint)[...]
    for (view, row) in result.rows.enumerated() {
      let place = clip * views + view
      values.replaceSubrange(place * shape.count..<(place + 1) * shape.count, with: row.values)
      if !lengths.isEmpty { lengths[place] = (Int32(clamping: row.length), Int32(clamping: row.available)) }
    }
    for (view, record) in result.drawn.enumerated() {
      let text = record.map { "\($0.name)=\($0.value.plain)" }.joined(separator: ";")
      drawn[clip * views + view] = Array(text.utf8)[...]
    }
  }

  /// Once near copies are found, what follows takes their memory.
  mutating func forgetFingerprints() { fingerprints = PackedRuns(count: 0) }

  /// The clips that failed, in the order of `clips`.
  func failures(of clips: [Clip]) -> [(clip: Clip, reason: Diagnostic)] {
    failures.sorted { $0.key < $1.key }.map { (clips[$0.key], $0.value) }
  }

  func contentHash(ofClip clip: Int) -> String? {
    let hash = hashes[clip]
    return hash.isEmpty ? nil : String(decoding: hash, as: UTF8.self)
  }
  /// What was drawn for a view, as `clips.csv` has it.
  func drawn(clip: Int, view: Int) -> String { String(decoding: drawn[clip * views + view], as: UTF8.self) }

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
