import TimbreCore

/// How many frames of `frameLength` there are when a signal is padded by half a frame at both ends, or not at all.
private func frames(of signal: [Float], frameLength: Int, hopLength: Int, isPadded: Bool) throws -> Int {
  let length = signal.count + (isPadded ? frameLength / 2 * 2 : 0)
  guard length >= frameLength else {
    throw Diagnostic(
      .shortAudio, "\(length) samples are fewer than one frame of frame_length = \(frameLength)",
      help: "lower frame_length" + (isPadded ? "" : ", or set center to true"))
  }
  return 1 + (length - frameLength) / hopLength
}

/// Root-mean-square level of each frame: `librosa.feature.rms` of a signal.
/// - Parameter padding: How half a frame is added at both ends; nil adds nothing.
public func rootMeanSquares(
  of signal: [Float], frameLength: Int, hopLength: Int, padding: WidePadMode?
) throws -> [Float] {
  let count = try frames(of: signal, frameLength: frameLength, hopLength: hopLength, isPadded: padding != nil)
  let half = frameLength / 2
  let isShared = hopLength >= 16 && frameLength.isMultiple(of: hopLength)
  // Zeros in whole hops need not be there to be summed.
  let isImplied = isShared && padding == .constant && half.isMultiple(of: hopLength)
  let samples = isImplied ? signal : padding.map { padded(signal, left: half, right: half, $0) } ?? signal
  return unsafe samples.withUnsafeBufferPointer { samples in
    guard let base = samples.baseAddress else { return [] }
    guard isShared else {
      return (0..<count).map { index in
        unsafe Float((sumOfSquares(base + index * hopLength, frameLength) / Double(frameLength)).squareRoot())
      }
    }
    // Frames that overlap share the sums of their hops.
    let hops = frameLength / hopLength
    let sums = (0..<count + hops - 1).map { hop in
      let start = hop * hopLength - (isImplied ? half : 0)
      if start < 0 || start >= samples.count { return 0.0 }
      if start + hopLength <= samples.count { return unsafe sumOfSquares(base + start, hopLength) }
      let last = unsafe padded(samples[start...], left: 0, right: start + hopLength - samples.count, .constant)
      return unsafe last.withUnsafeBufferPointer { last in
        unsafe last.baseAddress.map { unsafe sumOfSquares($0, hopLength) } ?? 0
      }
    }
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
  let count = try frames(of: signal, frameLength: frameLength, hopLength: hopLength, isPadded: center)
  // In copies of the first and the last sample nothing crosses, so that nobody makes them.
  let left = center ? frameLength / 2 : 0
  var counter = CrossingCounter(threshold: threshold, zeroPos: zeroPos)
  // A frame counts the crossings from its second sample to its last: those before its end less those before its second.
  var (starts, ends) = ([Int](), [Int]())
  unsafe signal.withUnsafeBufferPointer { samples in
    while ends.count < count {
      let (start, end) = (starts.count * hopLength + 1, ends.count * hopLength + frameLength)
      if starts.count < count, start <= end {
        starts.append(unsafe counter.count(samples, before: min(start - left, samples.count)))
      } else {
        ends.append(unsafe counter.count(samples, before: min(end - left, samples.count)))
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
