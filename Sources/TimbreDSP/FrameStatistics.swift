import TimbreCore

/// Where frames of `frameLength` lie when a signal is padded by half a frame at both ends, or not at all.
private func frames(
  of signal: [Float], frameLength: Int, hopLength: Int, padding: WidePadMode?
) throws -> (samples: [Float], count: Int) {
  let half = frameLength / 2
  let samples = padding.map { padded(signal, left: half, right: half, $0) } ?? signal
  guard samples.count >= frameLength else {
    throw Diagnostic(
      .shortAudio, "\(samples.count) samples are fewer than one frame of frame_length = \(frameLength)",
      help: "lower frame_length" + (padding == nil ? ", or set center to true" : ""))
  }
  return (samples, 1 + (samples.count - frameLength) / hopLength)
}

/// Root-mean-square level of each frame: `librosa.feature.rms` of a signal.
/// - Parameter padding: How half a frame is added at both ends; nil adds nothing.
public func rootMeanSquares(
  of signal: [Float], frameLength: Int, hopLength: Int, padding: WidePadMode?
) throws -> [Float] {
  let (samples, count) = try frames(of: signal, frameLength: frameLength, hopLength: hopLength, padding: padding)
  return unsafe samples.withUnsafeBufferPointer { samples in
    guard let base = samples.baseAddress else { return [] }
    guard hopLength >= 16, frameLength.isMultiple(of: hopLength) else {
      return (0..<count).map { index in
        unsafe Float((sumOfSquares(base + index * hopLength, frameLength) / Double(frameLength)).squareRoot())
      }
    }
    // Frames that overlap share the sums of their hops.
    let hops = frameLength / hopLength
    let sums = (0..<count + hops - 1).map { unsafe sumOfSquares(base + $0 * hopLength, hopLength) }
    return (0..<count).map { index in
      var total = 0.0
      for hop in index..<index + hops { total += sums[hop] }
      return Float((total / Double(frameLength)).squareRoot())
    }
  }
}

private func sumOfSquares(_ x: UnsafePointer<Float>, _ count: Int) -> Double {
  let raw = unsafe UnsafeRawPointer(x)
  var total = 0.0
  var index = 0
  // Blocks keep the rounding of long sums small.
  while index < count {
    let end = min(count, index + 4096)
    var (a, b) = (SIMD8<Float>(repeating: 0), SIMD8<Float>(repeating: 0))
    while index + 16 <= end {
      let v = unsafe raw.loadUnaligned(fromByteOffset: 4 * index, as: SIMD8<Float>.self)
      let w = unsafe raw.loadUnaligned(fromByteOffset: 4 * index + 32, as: SIMD8<Float>.self)
      a += v * v
      b += w * w
      index += 16
    }
    var sum = (a + b).sum()
    while index < end {
      sum += unsafe x[index] * x[index]
      index += 1
    }
    total += Double(sum)
  }
  return total
}

/// The share of samples of each frame at which the sign changes: `librosa.feature.zero_crossing_rate`.
///
/// - Parameters:
///   - threshold: Magnitudes up to it count as 0.
///   - zeroPos: Whether 0 counts as positive; otherwise it is a sign of its own.
///   - pad: Whether the first sample of a frame counts as a crossing.
public func zeroCrossingRates(
  of signal: [Float], frameLength: Int, hopLength: Int, center: Bool, threshold: Float, zeroPos: Bool, pad: Bool
) throws -> [Float] {
  let (samples, count) = try frames(
    of: signal, frameLength: frameLength, hopLength: hopLength, padding: center ? .edge : nil)
  var counter = CrossingCounter(threshold: threshold, zeroPos: zeroPos)
  // A frame counts the crossings from its second sample to its last: those before its end less those before its second.
  var (starts, ends) = ([Int](), [Int]())
  unsafe samples.withUnsafeBufferPointer { samples in
    while ends.count < count {
      let (start, end) = (starts.count * hopLength + 1, ends.count * hopLength + frameLength)
      if starts.count < count, start <= end {
        starts.append(unsafe counter.count(samples, before: start))
      } else {
        ends.append(unsafe counter.count(samples, before: end))
      }
    }
  }
  return zip(starts, ends).map { Float(Double($1 - $0 + (pad ? 1 : 0)) / Double(frameLength)) }
}

/// Counts changes of sign along a signal, going forward only.
private struct CrossingCounter {
  let threshold: Float
  let zeroPos: Bool
  private var position = 1
  private var crossings = 0

  init(threshold: Float, zeroPos: Bool) {
    self.threshold = threshold
    self.zeroPos = zeroPos
  }

  /// Crossings at samples 1 ..< end.
  mutating func count(_ samples: UnsafeBufferPointer<Float>, before end: Int) -> Int {
    if zeroPos {
      // Comparisons become masks of ones, which are −1: two loads that overlap, and no branch.
      let raw = UnsafeRawBufferPointer(samples)
      let low = SIMD8<Float>(repeating: -threshold)
      var lanes = SIMD8<Int32>(repeating: 0)
      while position + 8 <= end {
        let here = unsafe raw.loadUnaligned(fromByteOffset: 4 * position, as: SIMD8<Float>.self) .< low
        let before = unsafe raw.loadUnaligned(fromByteOffset: 4 * position - 4, as: SIMD8<Float>.self) .< low
        lanes = lanes &+ SIMD8<Int32>(repeating: 0).replacing(with: 1, where: here .^ before)
        position += 8
      }
      crossings += Int(lanes.wrappedSum())
    }
    while position < end {
      let (here, before) = unsafe (samples[position], samples[position - 1])
      if sign(here, threshold: threshold, zeroPos: zeroPos) != sign(before, threshold: threshold, zeroPos: zeroPos) {
        crossings += 1
      }
      position += 1
    }
    return crossings
  }
}

@inline(__always)
private func sign(_ x: Float, threshold: Float, zeroPos: Bool) -> Int8 {
  let above: Int8 = x > threshold && !zeroPos ? 1 : 0
  return x < -threshold ? -1 : above
}
