import TimbreCore

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

  /// - Parameters:
  ///   - block: Packed fingerprints, one after the other.
  ///   - isSame: Whether two recordings are known to be the same: these are not looked for.
  /// - Returns: Sorted by `first`, then `second`; the same whatever the machine.
  public static func matches(in block: [UInt32], isSame: (Int, Int) -> Bool = { _, _ in false }) -> [FingerprintMatch] {
    let size = AudioFingerprint.packedCount
    let count = block.count / size
    let prints = FingerprintBlock(values: block)
    var found: [UInt64: FingerprintMatch] = [:]
    for shift in [UInt32(0), 16] {
      // Places of frames, in the order of their 16 bits.
      var starts = [Int](repeating: 0, count: 1 << 16 + 1)
      prints.forEachActive(count) { _, _, word in starts[Int(word >> shift & 0xFFFF) + 1] += 1 }
      for key in 1..<starts.count { starts[key] += starts[key - 1] }
      var places = [UInt32](repeating: 0, count: starts[1 << 16])
      var next = starts
      prints.forEachActive(count) { clip, frame, word in
        let key = Int(word >> shift & 0xFFFF)
        places[next[key]] = UInt32(clip * AudioFingerprint.most + frame)
        next[key] += 1
      }
      for key in 0..<(1 << 16) {
        let bucket = places[starts[key]..<starts[key + 1]]
        for (index, place) in zip(bucket.indices, bucket) {
          let (clip, frame) = (Int(place) / AudioFingerprint.most, Int(place) % AudioFingerprint.most)
          let time = frame + prints.start(clip)
          for other in bucket[(index + 1)..<min(bucket.endIndex, index + 1 + neighbours)] {
            let (otherClip, otherFrame) = (Int(other) / AudioFingerprint.most, Int(other) % AudioFingerprint.most)
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
    }
    return found.values.sorted { ($0.first, $0.second) < ($1.first, $1.second) }
  }
}

/// Packed fingerprints, read in place.
private struct FingerprintBlock {
  let values: [UInt32]

  func start(_ clip: Int) -> Int { Int(values[clip * AudioFingerprint.packedCount]) }

  private func active(_ clip: Int) -> (UInt64, UInt64) {
    let base = clip * AudioFingerprint.packedCount
    return (
      UInt64(values[base + 1]) | UInt64(values[base + 2]) << 32,
      UInt64(values[base + 3]) | UInt64(values[base + 4]) << 32
    )
  }

  func forEachActive(_ count: Int, _ use: (_ clip: Int, _ frame: Int, _ word: UInt32) -> Void) {
    for clip in 0..<count {
      let (low, high) = active(clip)
      let base = clip * AudioFingerprint.packedCount + 5
      for (first, bits) in [(0, low), (64, high)] {
        var bits = bits
        while bits != 0 {
          let frame = first + bits.trailingZeroBitCount
          bits &= bits - 1
          use(clip, frame, values[base + frame])
        }
      }
    }
  }

  /// Share of bits that differ where frame i of the first meets frame i − offset of the second; nil beyond the limit, which most
  /// pairs show soon.
  func distance(_ first: Int, _ second: Int, offset: Int) -> Double? {
    let (a, b) = (
      first * AudioFingerprint.packedCount + 5 + max(0, offset),
      second * AudioFingerprint.packedCount + 5 + max(0, -offset)
    )
    let (mine, others) = (active(first), active(second))
    let both = Self.shifted(mine, by: max(0, offset), and: others, by: max(0, -offset))
    let frames = both.0.nonzeroBitCount + both.1.nonzeroBitCount
    guard frames >= FingerprintMatch.fewest else { return nil }
    let most = Int(FingerprintMatch.limit * Double(32 * frames))
    var wrong = 0
    for (from, bits) in [(0, both.0), (64, both.1)] {
      var bits = bits
      while bits != 0 {
        let frame = from + bits.trailingZeroBitCount
        bits &= bits - 1
        wrong += (values[a + frame] ^ values[b + frame]).nonzeroBitCount
        if wrong > most { return nil }
      }
    }
    return Double(wrong) / Double(32 * frames)
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
