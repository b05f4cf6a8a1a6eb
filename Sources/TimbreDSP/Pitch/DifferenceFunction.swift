import TimbreCore

/// YIN's cumulative-mean-normalised difference function of four frames at a time, and its local minima.
struct DifferenceFunction {
  private let frameLength: Int
  private let periods: ClosedRange<Int>
  private let transform: LaneTransform
  private let a: AlignedBuffer<Lane>
  private let b: AlignedBuffer<Lane>
  /// Sums of squares: of samples 0 ... k.
  private let energies: AlignedBuffer<Lane>
  private let values: AlignedBuffer<SIMD4<Double>>

  init(frameLength: Int, periods: ClosedRange<Int>) {
    self.frameLength = frameLength
    self.periods = periods
    transform = LaneTransform.of(length: LaneTransform.fastLength(2 * frameLength - 1))
    a = AlignedBuffer(count: transform.length, filledWith: .zero)
    b = AlignedBuffer(count: transform.length, filledWith: .zero)
    energies = AlignedBuffer(count: periods.upperBound, filledWith: .zero)
    values = AlignedBuffer(count: periods.count, filledWith: .zero)
  }

  /// Fills `values` from the frames that begin at `starts`.
  mutating func compute(_ samples: [Float], at starts: [Int]) {
    precondition(starts.count == 4 && starts.allSatisfy { $0 >= 0 && $0 + frameLength <= samples.count })
    unsafe samples.withUnsafeBufferPointer { samples in
      guard let x = samples.baseAddress else { return }
      unsafe gather(x + starts[0], x + starts[1], x + starts[2], x + starts[3])
    }
    let isInB = transform.forward(a, b, count: frameLength)
    let (spectrum, other) = isInB ? (b, a) : (a, b)
    unsafe powers(spectrum.pointer)
    let isSwapped = transform.inverse(spectrum, other, count: periods.upperBound + 1)
    unsafe normalise(isSwapped ? other.pointer : spectrum.pointer)
  }

  private func gather(
    _ p: UnsafePointer<Float>, _ q: UnsafePointer<Float>, _ r: UnsafePointer<Float>, _ s: UnsafePointer<Float>
  ) {
    let (target, sums) = unsafe (a.pointer, energies.pointer)
    for i in 0..<frameLength { unsafe target[i] = unsafe Lane(p[i], q[i], r[i], s[i]) }
    for i in frameLength..<transform.length { unsafe target[i] = .zero }
    var sum = Lane.zero
    for i in 0..<periods.upperBound {
      sum = unsafe sum + target[i] * target[i]
      unsafe sums[i] = sum
    }
  }

  /// |X|² in place.
  private func powers(_ spectrum: Lanes) {
    let length = transform.length
    unsafe spectrum[0] = unsafe spectrum[0] * spectrum[0]
    var i = 1
    while i + 1 < length {
      let (re, im) = unsafe (spectrum[i], spectrum[i + 1])
      unsafe spectrum[i] = re * re + im * im
      unsafe spectrum[i + 1] = .zero
      i += 2
    }
    if i < length { unsafe spectrum[i] = unsafe spectrum[i] * spectrum[i] }
  }

  private func normalise(_ correlation: Lanes) {
    let scale = Float(1 / Double(transform.length))
    let (sums, target) = unsafe (energies.pointer, values.pointer)
    let whole = unsafe correlation[0] * scale
    let tiny = SIMD4<Double>(repeating: .leastNormalMagnitude)
    var total = Lane.zero
    for k in 1...periods.upperBound {
      var difference = unsafe (whole - correlation[k] * scale) * 2
      // librosa leaves out the first sample's square at lag 1.
      if k > 1 { difference = unsafe difference - sums[k - 1] }
      total += difference
      if k < periods.lowerBound { continue }
      let mean = SIMD4<Double>(total) / SIMD4<Double>(repeating: Double(k))
      unsafe target[k - periods.lowerBound] = SIMD4<Double>(difference) / (mean + tiny)
    }
  }

  /// Appends the local minima of a frame to `troughs`.
  /// - Returns: The global minimum.
  func collect(_ lane: Int, into troughs: inout [PitchTrough]) -> PitchTrough {
    let (count, first) = (periods.count, periods.lowerBound)
    let base = unsafe UnsafeMutableRawPointer(values.pointer).assumingMemoryBound(to: Double.self) + lane
    var lowest = unsafe PitchTrough(period: first, height: base[0], shift: 0)
    guard count > 1 else { return lowest }
    var (left, here) = unsafe (base[0], base[4])
    if left < here { troughs.append(lowest) }
    for index in 1..<count - 1 {
      let right = unsafe base[4 * (index + 1)]
      if here < left, here <= right {
        let a = right + left - 2 * here
        let b = (right - left) / 2
        let shift = abs(b) < abs(a) ? -b / a : 0
        let trough = PitchTrough(period: first + index, height: here, shift: shift.isFinite ? shift : 0)
        troughs.append(trough)
        if here < lowest.height { lowest = trough }
      }
      (left, here) = (here, right)
    }
    if here < left {
      let trough = PitchTrough(period: first + count - 1, height: here, shift: 0)
      troughs.append(trough)
      if here < lowest.height { lowest = trough }
    }
    return lowest
  }
}
