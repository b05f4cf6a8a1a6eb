import RealModule
import TimbreCore
import TimbreDSP

/// What a recording sounds like in a few hundred bytes, hardly changed by gain, compression, resampling, a little noise or a shift.
///
/// Sub-fingerprints as in J. Haitsma and T. Kalker, "A Highly Robust Audio Fingerprinting System" (ISMIR 2002): 33 bands between 300 and
/// 2,000 Hz, and for each frame 32 bits that say whether the difference of two neighbouring bands grew since the frame before. Frames of
/// 93 ms every 23 ms, taken where the recording is loudest; frames more than 40 dB below the loudest say nothing.
public struct AudioFingerprint: Sendable, Hashable {
  /// The most frames that are kept: 3 s.
  package static let most = 128
  static let bandCount = 33
  private static let frameLength = 512
  static let hop = 128
  /// Hz, about: recordings are brought to an integer part of their rate.
  private static let rate = 5_512.5

  /// One for each frame.
  public private(set) var words: [UInt32]
  /// Bits of the frames that are loud enough to say something.
  public private(set) var active: SIMD2<UInt64>
  /// The frame of the recording that the first word belongs to.
  public private(set) var start: Int

  /// nil where the recording is too short or too quiet to be told from others.
  public init?(of signal: Signal) {
    let (samples, rate) = Self.reduced(signal)
    let frames = samples.count < Self.frameLength ? 0 : 1 + (samples.count - Self.frameLength) / Self.hop
    guard frames > FingerprintMatch.fewest else { return nil }
    let first = Self.loudest(samples, frames: frames)
    let kept = min(frames, Self.most + 1)
    let begin = first * Self.hop
    let part = Signal(
      samples: Array(samples[begin..<begin + (kept - 1) * Self.hop + Self.frameLength]), sampleRate: rate)
    let stft = STFTParameters(nFFT: Self.frameLength, hopLength: Self.hop, center: false)
    guard let spectrum = try? Analysis(of: part).spectrogram(stft) else { return nil }
    let bands = Self.bands(rate: rate)
    var differences = [Float](repeating: 0, count: Self.bandCount - 1)
    var energies = [Float](repeating: 0, count: Self.bandCount)
    var totals = [Float](repeating: 0, count: kept)
    words = []
    words.reserveCapacity(kept - 1)
    for frame in 0..<kept {
      let row = frame * spectrum.stride
      for (band, bins) in bands.enumerated() {
        var sum: Float = 0
        for bin in bins { sum += spectrum.values[row + bin] * spectrum.values[row + bin] }
        energies[band] = sum
        totals[frame] += sum
      }
      var word: UInt32 = 0
      for band in differences.indices {
        let difference = energies[band] - energies[band + 1]
        if difference > differences[band] { word |= 1 << UInt32(band) }
        differences[band] = difference
      }
      if frame > 0 { words.append(word) }
    }
    let quiet = (totals.max() ?? 0) * 1e-4
    active = .zero
    for frame in 1..<kept where totals[frame] > quiet { active[(frame - 1) / 64] |= 1 << UInt64((frame - 1) % 64) }
    start = first
    guard activeCount >= FingerprintMatch.fewest else { return nil }
  }

  var activeCount: Int { active[0].nonzeroBitCount + active[1].nonzeroBitCount }
  func isActive(_ frame: Int) -> Bool { active[frame / 64] >> UInt64(frame % 64) & 1 == 1 }

  /// About 5.5 kHz of a signal, not scaled: sums of as many samples, smoothed over three.
  static func reduced(_ signal: Signal) -> (samples: [Float], rate: Int) {
    let factor = max(1, Int((Double(signal.sampleRate) / rate).rounded()))
    let count = signal.samples.count / factor
    guard count > 2 else { return ([], signal.sampleRate / factor) }
    // With room for whole vectors of eight.
    var sums = [Float](repeating: 0, count: count + 8)
    var smooth = sums
    unsafe signal.samples.withUnsafeBufferPointer { samples in
      unsafe sums.withUnsafeMutableBufferPointer { sums in
        unsafe smooth.withUnsafeMutableBufferPointer { smooth in
          guard let x = samples.baseAddress, let sums = sums.baseAddress, let smooth = smooth.baseAddress else {
            return
          }
          unsafe reduce(x, into: sums, count: count, factor: factor)
          unsafe smoothen(sums, into: smooth, count: count)
        }
      }
    }
    smooth.removeLast(8)
    return (smooth, signal.sampleRate / factor)
  }

  /// Where the loudest stretch of `most` + 1 frames begins.
  private static func loudest(_ samples: [Float], frames: Int) -> Int {
    guard frames > most + 1 else { return 0 }
    let powers = (0..<frames).map { frame in
      var sum: Float = 0
      for index in frame * hop..<(frame + 1) * hop { sum += samples[index] * samples[index] }
      return Double(sum)
    }
    var sum = powers[..<(most + 1)].reduce(0, +)
    var (best, first) = (sum, 0)
    for frame in 1...(frames - most - 1) {
      sum += powers[frame + most] - powers[frame - 1]
      // A little more may be rounding.
      if sum > best * 1.000_001 { (best, first) = (sum, frame) }
    }
    return first
  }

  /// The transform's bins of each band.
  private static func bands(rate: Int) -> [Range<Int>] {
    let bin = Double(frameLength) / Double(rate)
    let ratio = 2_000.0 / 300
    return (0..<bandCount).map { band in
      let (low, high) = (
        300 * Double.pow(ratio, Double(band) / Double(bandCount)),
        300 * Double.pow(ratio, Double(band + 1) / Double(bandCount))
      )
      let first = Int((low * bin).rounded(.down))
      return first..<min(frameLength / 2, max(first + 1, Int((high * bin).rounded(.up))))
    }
  }
}

extension AudioFingerprint {
  /// Numbers before the words of a packed fingerprint.
  static let packedHead = 5

  /// Numbers to be kept: where it starts, which words are active, the words; none where there is no fingerprint.
  public static func packed(_ fingerprint: AudioFingerprint?) -> [UInt32] {
    guard let fingerprint else { return [] }
    let bits = [fingerprint.active[0], fingerprint.active[1]]
    return [UInt32(truncatingIfNeeded: fingerprint.start)]
      + bits.flatMap { [UInt32(truncatingIfNeeded: $0), UInt32(truncatingIfNeeded: $0 >> 32)] } + fingerprint.words
  }

  /// nil for what stands for no fingerprint.
  public init?(packed: ArraySlice<UInt32>) {
    let count = packed.count - Self.packedHead
    guard (0...Self.most).contains(count) else { return nil }
    let base = packed.startIndex
    func long(_ place: Int) -> UInt64 { UInt64(packed[base + place]) | UInt64(packed[base + place + 1]) << 32 }
    start = Int(packed[base])
    active = SIMD2(long(1), long(3))
    words = Array(packed[(base + Self.packedHead)...])
    let last = active[1] != 0 ? 127 - active[1].leadingZeroBitCount : 63 - active[0].leadingZeroBitCount
    guard activeCount >= FingerprintMatch.fewest, last < count else { return nil }
  }
}

/// Sums of `factor` samples each, eight side by side: a sum for itself waits for each of its additions.
private func reduce(
  _ samples: UnsafePointer<Float>, into sums: UnsafeMutablePointer<Float>, count: Int, factor: Int
) {
  var index = 0
  while index < count {
    let first = unsafe samples + index &* factor
    if index &+ 8 <= count {
      var sum = SIMD8<Float>()
      for place in 0..<factor {
        let at = unsafe first + place
        sum += unsafe SIMD8(
          at[0], at[factor], at[2 &* factor], at[3 &* factor], at[4 &* factor], at[5 &* factor], at[6 &* factor],
          at[7 &* factor])
      }
      unsafe UnsafeMutableRawPointer(sums + index).storeBytes(of: sum, as: SIMD8<Float>.self)
      index &+= 8
    } else {
      var sum: Float = 0
      for place in 0..<factor { sum += unsafe first[place] }
      unsafe sums[index] = sum
      index &+= 1
    }
  }
}

/// Means over three numbers, the middle one twice; the first and the last stay as they are. Reads and writes eight beyond the last.
private func smoothen(_ sums: UnsafePointer<Float>, into smooth: UnsafeMutablePointer<Float>, count: Int) {
  for index in stride(from: 1, to: count - 1, by: 8) {
    func eight(_ place: Int) -> SIMD8<Float> {
      unsafe UnsafeRawPointer(sums + place).loadUnaligned(as: SIMD8<Float>.self)
    }
    let mean = 0.25 * (eight(index - 1) + 2 * eight(index) + eight(index + 1))
    unsafe UnsafeMutableRawPointer(smooth + index).storeBytes(of: mean, as: SIMD8<Float>.self)
  }
  unsafe (smooth[0], smooth[count - 1]) = unsafe (sums[0], sums[count - 1])
}
