/// Steps through the columns of a spectrum at any speed, with phases that go on smoothly in each bin: `librosa.phase_vocoder`.
///
/// Phases add up in single precision as librosa's do: over a few seconds that rounding is what its output consists of as much as
/// of the signal, and another rounding would be another sound.
struct PhaseVocoder {
  private let width: Int
  /// Radians that each bin's own frequency turns in one hop.
  private let ownAdvance: AlignedBuffer<Double>
  /// The same in turns.
  private let ownTurns: AlignedBuffer<Double>
  private let phases: AlignedBuffer<Float>
  private var column = 0
  private var left: Polar
  private var right: Polar
  /// Radians that the phases turn from `left` to `right`.
  private let advance: AlignedBuffer<Double>
  private let scratch: AlignedBuffer<Float>
  private let loaded: PlanarSpectrum

  /// Writes a column of the input; false, with nothing written, for one of zeros or beyond the end.
  typealias Columns = (_ column: Int, _ target: PlanarSpectrum) throws -> Bool

  init(bins: Int, hopLength: Int, nFFT: Int, columns: Columns) rethrows {
    loaded = PlanarSpectrum(bins: bins)
    width = loaded.width
    ownAdvance = AlignedBuffer(count: width, filledWith: 0)
    ownTurns = AlignedBuffer(count: width, filledWith: 0)
    for bin in 0..<bins {
      unsafe ownAdvance.pointer[bin] = Double(hopLength) * (Double(bin) * (1 / (Double(nFFT) * (1 / (2 * .pi)))))
      unsafe ownTurns.pointer[bin] = unsafe ownAdvance.pointer[bin] / (2 * .pi)
    }
    phases = AlignedBuffer(count: width, filledWith: 0)
    advance = AlignedBuffer(count: width, filledWith: 0)
    scratch = AlignedBuffer(count: width, filledWith: 0)
    left = Polar(width: width)
    right = Polar(width: width)
    try load(0, into: left, columns)
    try load(1, into: right, columns)
    unsafe phases.pointer.update(from: left.angles.pointer, count: width)
    measure()
  }

  /// Stands between columns `next` and `next` + 1.
  mutating func move(to next: Int, columns: Columns) rethrows {
    if next == column { return }
    if next == column + 1 {
      swap(&left, &right)
    } else {
      try load(next, into: left, columns)
    }
    try load(next + 1, into: right, columns)
    column = next
    measure()
  }

  private func load(_ column: Int, into polar: Polar, _ columns: Columns) rethrows {
    guard try columns(column, loaded) else {
      unsafe polar.angles.pointer.update(repeating: 0, count: width)
      unsafe polar.magnitudes.pointer.update(repeating: 0, count: width)
      return
    }
    let (re, im) = unsafe (loaded.real.pointer, loaded.imaginary.pointer)
    unsafe writeAngles(
      real: re, imaginary: im, into: polar.angles.pointer, scratch: scratch.pointer, count: width)
    unsafe writeMagnitudes(real: re, imaginary: im, into: polar.magnitudes.pointer, count: width)
  }

  private func measure() {
    unsafe writeAdvance(
      from: left.angles.pointer, to: right.angles.pointer, ownTurns: ownTurns.pointer, own: ownAdvance.pointer,
      into: advance.pointer, count: width)
  }

  /// Writes a frame between the two columns, at their weighted magnitude and the phases so far, and moves these on.
  func write(to target: PlanarSpectrum, weight: Float) {
    let (from, to, phases) = unsafe (left.magnitudes.pointer, right.magnitudes.pointer, phases.pointer)
    let (re, im, advance) = unsafe (target.real.pointer, target.imaginary.pointer, advance.pointer)
    let rest = 1 - weight
    var bin = 0
    while bin < width {
      let low = unsafe doubles(SIMD8.load(phases, bin))
      let high = unsafe doubles(SIMD8.load(phases, bin + 8))
      // First what reads and writes the same memory, so that nothing waits for it.
      unsafe floats(low + SIMD8.load(advance, bin)).store(phases, bin)
      unsafe floats(high + SIMD8.load(advance, bin + 8)).store(phases, bin + 8)
      let (sine, cosine, sign) = sineCosine(low, high)
      let magnitude = unsafe SIMD16.load(from, bin) * rest + SIMD16.load(to, bin) * weight
      let signed = unsafe unsafeBitCast(
        unsafeBitCast(magnitude, to: SIMD16<UInt32>.self) ^ sign, to: SIMD16<Float>.self)
      unsafe (cosine * signed).store(re, bin)
      unsafe (sine * signed).store(im, bin)
      bin &+= 16
    }
  }
}

/// Writes the radians from one column to the next: what the bin's own frequency turns, and the rest within half a turn. That is the
/// difference of the two angles, and as many whole turns as bring it next to the bin's own.
private func writeAdvance(
  from: UnsafePointer<Float>, to: UnsafePointer<Float>, ownTurns: UnsafePointer<Double>, own: UnsafePointer<Double>,
  into target: UnsafeMutablePointer<Double>, count: Int
) {
  typealias Doubles = SIMD8<Double>
  var bin = 0
  while bin < count {
    let difference = unsafe doubles(SIMD8<Float>.load(to, bin) - SIMD8<Float>.load(from, bin))
    let quotient = unsafe difference * (1 / (2 * .pi)) - Doubles.load(ownTurns, bin)
    let turns = (quotient + roundingShift) - roundingShift
    let rest = quotient - turns
    if any(rest * rest .> 0.249_999) {
      // Next to a half, librosa's own quotient decides: in silence every second bin turns by exactly half a turn.
      let expected = unsafe Doubles.load(own, bin)
      let turn = difference - expected
      let exact = (turn / (2 * .pi) + roundingShift) - roundingShift
      unsafe (expected + (turn - exact * (2 * .pi))).store(target, bin)
    } else {
      unsafe (difference - turns * (2 * .pi)).store(target, bin)
    }
    bin &+= 8
  }
}

/// Angles and magnitudes of one column.
private struct Polar {
  let angles: AlignedBuffer<Float>
  let magnitudes: AlignedBuffer<Float>

  init(width: Int) {
    angles = AlignedBuffer(count: width, filledWith: 0)
    magnitudes = AlignedBuffer(count: width, filledWith: 0)
  }
}
