import TimbreCore
import TimbreMachine

/// Two recordings whose fingerprints are alike.
public struct FingerprintMatch: Sendable, Hashable {
  /// Frames that both must have to be compared: 0.4 s.
  static let fewest = 17
  /// Share of bits that may differ. Of all pairs of RAVDESS, two repetitions of one statement by one actor among them, the nearest differ
  /// in 0.26; what MP3 at a low rate makes of a clip, in 0.09 mostly and in 0.26 at most. What it lets through is listened to.
  static let limit = 0.30
  /// Frames by which two copies may be shifted: 0.5 s.
  static let farthest = 22

  /// Indices, the lower first.
  public var first: Int
  public var second: Int
  /// Share of bits that differ.
  public var distance: Double
  /// Frames by which the first recording begins later in its file than the second.
  public var shift: Int
}

/// Finds fingerprints that are alike among thousands: what agrees in 16 bits of one frame is compared, not all with all.
public enum FingerprintIndex {
  /// A frame is compared with so many others of the same bits; more occur only where hardly anything changes.
  private static let neighbours = 512

  /// So many frames are sorted at a time, about: places of all would take more memory than the fingerprints.
  private static let framesAtOnce = 1 << 15

  /// - Parameters:
  ///   - prints: Packed fingerprints; empty ones are passed over.
  ///   - isSame: Whether two recordings are known to be the same: these are not looked for. Asked on several threads at a time.
  /// - Returns: Sorted by `first`, then `second`; the same whatever the machine and the number of workers.
  public static func matches(
    in prints: PackedRuns<UInt32>, _ workers: Workers = Workers(1), isSame: (Int, Int) -> Bool = { _, _ in false }
  ) -> [FingerprintMatch] {
    prints.withRuns { matches(in: FingerprintBlock(runs: $0), workers, isSame) }
  }

  private static func matches(
    in prints: FingerprintBlock, _ workers: Workers, _ isSame: (Int, Int) -> Bool
  ) -> [FingerprintMatch] {
    let parts = min(max(1, prints.activeCount / framesAtOnce), 8)
    let keysAtOnce = (1 << 16 + parts - 1) / parts
    let pieces = workers.map(2 * parts) { piece in
      let firstKey = piece % parts * keysAtOnce
      return search(
        prints, keys: firstKey..<firstKey + keysAtOnce, shift: piece < parts ? 0 : 16, isSame: isSame)
    }
    // Of equal distances the one of the first piece stays.
    var found: [UInt64: FingerprintMatch] = [:]
    for piece in pieces { found.merge(piece) { $1.distance < $0.distance ? $1 : $0 } }
    return found.values.sorted { ($0.first, $0.second) < ($1.first, $1.second) }
  }

  /// Compares what agrees in 16 bits, the word's from `shift` on, where these are one of the keys.
  private static func search(
    _ prints: FingerprintBlock, keys: Range<Int>, shift: UInt32, isSame: (Int, Int) -> Bool
  ) -> [UInt64: FingerprintMatch] {
    var found: [UInt64: FingerprintMatch] = [:]
    // The 16 bits of each frame, and behind them its place.
    var frames: [UInt64] = []
    prints.forEachActive { clip, frame, word in
      let key = Int(word >> shift & 0xFFFF)
      if keys.contains(key) { frames.append(UInt64(key) << 48 | UInt64(clip * AudioFingerprint.most + frame)) }
    }
    frames.sort()
    var end = 0
    while end < frames.count {
      let (start, key) = (end, frames[end] >> 48)
      while end < frames.count, frames[end] >> 48 == key { end += 1 }
      let bucket = frames[start..<end]
      for (index, place) in zip(bucket.indices, bucket) {
        let (clip, frame) = Self.clipAndFrame(place)
        let time = frame + prints.start(clip)
        for other in bucket[(index + 1)..<min(bucket.endIndex, index + 1 + neighbours)] {
          let (otherClip, otherFrame) = Self.clipAndFrame(other)
          let shift = time - otherFrame - prints.start(otherClip)
          guard otherClip != clip, abs(shift) <= FingerprintMatch.farthest else { continue }
          let pair = UInt64(clip) << 32 | UInt64(otherClip)
          if let known = found[pair], known.shift == shift { continue }
          guard let distance = prints.distance(clip, otherClip, offset: frame - otherFrame),
            distance < found[pair]?.distance ?? .infinity, !isSame(clip, otherClip)
          else { continue }
          found[pair] = FingerprintMatch(first: clip, second: otherClip, distance: distance, shift: shift)
        }
      }
    }
    return found
  }

  private static func clipAndFrame(_ place: UInt64) -> (clip: Int, frame: Int) {
    let place = Int(place & 0xFFFF_FFFF_FFFF)
    return (place / AudioFingerprint.most, place % AudioFingerprint.most)
  }
}

/// Packed fingerprints, read in place.
private struct FingerprintBlock {
  let runs: RunsInPlace<UInt32>

  /// How many frames can be compared, of all clips.
  var activeCount: Int {
    (0..<runs.count).reduce(0) { count, clip in
      let (low, high) = active(clip)
      return count + low.nonzeroBitCount + high.nonzeroBitCount
    }
  }

  func start(_ clip: Int) -> Int { unsafe Int(runs[clip].first ?? 0) }

  private func active(_ clip: Int) -> (UInt64, UInt64) {
    let print = unsafe runs[clip]
    func long(_ place: Int) -> UInt64 { unsafe UInt64(print[place]) | UInt64(print[place + 1]) << 32 }
    return print.isEmpty ? (0, 0) : (long(1), long(3))
  }

  func forEachActive(_ use: (_ clip: Int, _ frame: Int, _ word: UInt32) -> Void) {
    for clip in 0..<runs.count {
      let (print, (low, high)) = unsafe (runs[clip], active(clip))
      for (first, bits) in [(0, low), (64, high)] {
        var bits = bits
        while bits != 0 {
          let frame = first + bits.trailingZeroBitCount
          bits &= bits - 1
          unsafe use(clip, frame, print[AudioFingerprint.packedHead + frame])
        }
      }
    }
  }

  /// Share of bits that differ where frame i of the first meets frame i − offset of the second; nil beyond the limit, which most
  /// pairs show soon.
  func distance(_ first: Int, _ second: Int, offset: Int) -> Double? {
    let both = Self.shifted(active(first), by: max(0, offset), and: active(second), by: max(0, -offset))
    let frames = both.0.nonzeroBitCount + both.1.nonzeroBitCount
    guard frames >= FingerprintMatch.fewest, let mine = unsafe runs[first].baseAddress,
      let others = unsafe runs[second].baseAddress
    else { return nil }
    let a = unsafe mine + AudioFingerprint.packedHead + max(0, offset)
    let b = unsafe others + AudioFingerprint.packedHead + max(0, -offset)
    let most = Int(FingerprintMatch.limit * Double(32 * frames))
    var wrong = 0
    for (from, bits) in [(0, both.0), (64, both.1)] {
      // Neighbours are counted together, of which the compiler makes vectors.
      var (frame, bits) = (from, bits)
      while bits != 0 {
        frame += bits.trailingZeroBitCount
        bits >>= UInt64(bits.trailingZeroBitCount)
        let count = min((~bits).trailingZeroBitCount, 32)
        wrong += unsafe Self.differingBits(a + frame, b + frame, count)
        if wrong > most { return nil }
        frame += count
        bits >>= UInt64(count)
      }
    }
    return Double(wrong) / Double(32 * frames)
  }

  private static func differingBits(_ a: UnsafePointer<UInt32>, _ b: UnsafePointer<UInt32>, _ count: Int) -> Int {
    var sum = 0
    for index in 0..<count { unsafe sum &+= (a[index] ^ b[index]).nonzeroBitCount }
    return sum
  }

  private static func shifted(
    _ a: (UInt64, UInt64), by x: Int, and b: (UInt64, UInt64), by y: Int
  ) -> (UInt64, UInt64) {
    func down(_ bits: (UInt64, UInt64), _ count: Int) -> (UInt64, UInt64) {
      if count == 0 { return bits }
      if count >= 64 { return (bits.1 >> UInt64(count - 64), 0) }
      return (bits.0 >> UInt64(count) | bits.1 << UInt64(64 - count), bits.1 >> UInt64(count))
    }
    let (p, q) = (down(a, x), down(b, y))
    return (p.0 & q.0, p.1 & q.1)
  }
}
