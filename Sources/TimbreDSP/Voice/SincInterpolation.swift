import RealModule

/// The value of `samples` at a place between them (0 is the first): a sinc under a raised cosine that reaches `depth` samples to
/// both sides, fewer where the samples end. Beyond the ends it is the first or the last sample.
func sincInterpolated(_ samples: UnsafeBufferPointer<Double>, at position: Double, depth: Int) -> Double {
  let count = samples.count
  guard position >= 0 else { return unsafe samples[0] }
  guard position <= Double(count - 1) else { return unsafe samples[count - 1] }
  let left = Int(position)
  let phase = position - Double(left)
  if phase == 0 { return unsafe samples[left] }
  let right = left + 1
  let reach = min(depth, right, count - right)
  let (low, high) = unsafe (samples[left], samples[right])
  if reach <= 1 { return low + phase * (high - low) }
  if reach == 2 {
    // Too near an end for a sinc: a cubic with the slopes of the neighbours.
    let (before, after) = unsafe (samples[left - 1], samples[right + 1])
    let (slopeLow, slopeHigh) = (0.5 * (high - before), 0.5 * (after - low))
    let (toLow, toHigh) = (phase, 1 - phase)
    let bend = 0.5 * (slopeHigh - slopeLow) + (toLow - 0.5) * (slopeLow + slopeHigh - 2 * (high - low))
    return low * toHigh + high * toLow - toLow * toHigh * bend
  }
  guard let base = samples.baseAddress else { return 0 }
  return unsafe sincSum(base + left, phase: phase, depth: reach)
}

/// Where the interpolated values next to the sample `index` are highest, and how high.
func sincPeak(_ samples: UnsafeBufferPointer<Double>, at index: Int, depth: Int) -> (
  position: Double, value: Double
) {
  guard index > 0, index < samples.count - 1 else { return unsafe (Double(index), samples[index]) }
  let middle = Double(index)
  var search = PeakSearch(low: middle - 1, high: middle + 1)
  search.begin(unsafe sincInterpolated(samples, at: search.trial, depth: depth))
  while search.next() { search.accept(unsafe sincInterpolated(samples, at: search.trial, depth: depth)) }
  return (search.best, search.highest)
}

/// Both halves of the sum around `left`, four samples of each at a time. Cosines are turned on rather than computed.
private func sincSum(_ left: UnsafePointer<Double>, phase: Double, depth: Int) -> Double {
  var low = SincHalf(phase: phase, depth: depth, isReversed: true)
  var high = SincHalf(phase: 1 - phase, depth: depth, isReversed: false)
  let lowEnd = unsafe UnsafeRawPointer(left - 3)
  let highStart = unsafe UnsafeRawPointer(left + 1)
  var done = 0
  while done + 4 <= depth {
    unsafe low.add(lowEnd.loadUnaligned(fromByteOffset: -8 * done, as: SIMD4<Double>.self))
    unsafe high.add(highStart.loadUnaligned(fromByteOffset: 8 * done, as: SIMD4<Double>.self))
    done += 4
  }
  if done < depth {
    var (lowRest, highRest) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
    for lane in 0..<depth - done {
      lowRest[3 - lane] = unsafe left[-done - lane]
      highRest[lane] = unsafe left[1 + done + lane]
    }
    low.add(lowRest)
    high.add(highRest)
  }
  // The sine of the nearer end, because next to π it has no accurate digits left.
  return Double.sin(.pi * min(phase, 1 - phase)) / (2 * .pi) * (low.total + high.total)
}

/// One half: Σ (−1)ᵏ · (1 + cos(π · d / (depth + phase))) / d over the distances d = phase + k.
private struct SincHalf {
  private var cosines: SIMD4<Double>
  private var sines: SIMD4<Double>
  private var distances: SIMD4<Double>
  private var sum = SIMD4<Double>.zero
  private let turn: (cosine: Double, sine: Double)
  private let signs: SIMD4<Double>

  @inline(__always)
  init(phase: Double, depth: Int, isReversed: Bool) {
    let step = Double.pi / (phase + Double(depth))
    let (c1, s1) = (Double.cos(step), Double.sin(step))
    let (c2, s2) = (c1 * c1 - s1 * s1, 2 * c1 * s1)
    let (c3, s3) = (c2 * c1 - s2 * s1, s2 * c1 + c2 * s1)
    turn = (c2 * c2 - s2 * s2, 2 * c2 * s2)
    let (c, s) = (Double.cos(step * phase), Double.sin(step * phase))
    let turns = isReversed ? SIMD4(c3, c2, c1, 1) : SIMD4(1, c1, c2, c3)
    let slants = isReversed ? SIMD4(s3, s2, s1, 0) : SIMD4(0, s1, s2, s3)
    cosines = c * turns - s * slants
    sines = s * turns + c * slants
    distances = phase + (isReversed ? SIMD4(3, 2, 1, 0) : SIMD4(0, 1, 2, 3))
    signs = isReversed ? SIMD4(-1, 1, -1, 1) : SIMD4(1, -1, 1, -1)
  }

  @inline(__always)
  mutating func add(_ values: SIMD4<Double>) {
    sum += values * (1 + cosines) / distances
    distances += 4
    let turned = cosines * turn.cosine - sines * turn.sine
    sines = sines * turn.cosine + cosines * turn.sine
    cosines = turned
  }

  @inline(__always)
  var total: Double { (sum * signs).sum() }
}
