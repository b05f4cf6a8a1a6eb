/// Steps through the columns of a spectrum at any speed, with phases that go on smoothly in each bin: `librosa.phase_vocoder`.
///
/// Phases add up in single precision as librosa's do: over a few seconds that rounding is what its output consists of as much as
/// of the signal, and another rounding would be another sound.
struct PhaseVocoder {
  private let width: Int
  /// Radians that each bin's own frequency turns in one hop.
  private let ownAdvance: AlignedBuffer<Double>
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
    for bin in 0..<bins {
      unsafe ownAdvance.pointer[bin] = Double(hopLength) * (Double(bin) * (1 / (Double(nFFT) * (1 / (2 * .pi)))))
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
    let (from, to) = unsafe (left.angles.pointer, right.angles.pointer)
    let own = unsafe UnsafeRawPointer(ownAdvance.pointer)
    let target = unsafe UnsafeMutableRawPointer(advance.pointer)
    for bin in stride(from: 0, to: width, by: 8) {
      let expected = unsafe own.loadUnaligned(fromByteOffset: 8 * bin, as: SIMD8<Double>.self)
      let turn = unsafe SIMD8<Double>(SIMD8<Float>.load(to, bin) - SIMD8<Float>.load(from, bin)) - expected
      let turns = wholeTurns(turn)
      unsafe target.storeBytes(
        of: expected + (turn - turns * (2 * .pi)), toByteOffset: 8 * bin, as: SIMD8<Double>.self)
    }
  }

  /// Writes a frame between the two columns, at their weighted magnitude and the phases so far, and moves these on.
  func write(to target: PlanarSpectrum, weight: Float) {
    let (from, to, phases) = unsafe (left.magnitudes.pointer, right.magnitudes.pointer, phases.pointer)
    let (re, im) = unsafe (target.real.pointer, target.imaginary.pointer)
    let advance = unsafe UnsafeRawPointer(advance.pointer)
    for bin in stride(from: 0, to: width, by: 8) {
      let phase = unsafe SIMD8<Double>(SIMD8<Float>.load(phases, bin))
      let (sine, cosine, sign) = sineCosine(phase)
      let magnitude = unsafe SIMD8<Float>.load(from, bin) * (1 - weight) + SIMD8<Float>.load(to, bin) * weight
      let signed = unsafe unsafeBitCast(unsafeBitCast(magnitude, to: SIMD8<UInt32>.self) ^ sign, to: SIMD8<Float>.self)
      unsafe (cosine * signed).store(re, bin)
      unsafe (sine * signed).store(im, bin)
      let moved = unsafe phase + advance.loadUnaligned(fromByteOffset: 8 * bin, as: SIMD8<Double>.self)
      unsafe SIMD8<Float>(moved).store(phases, bin)
    }
  }
}

/// `turn` / 2π to the nearest integer, halves to even.
@inline(__always)
private func wholeTurns(_ turn: SIMD8<Double>) -> SIMD8<Double> {
  let quotient = turn * (1 / (2 * .pi))
  let turns = (quotient + roundingShift) - roundingShift
  let rest = quotient - turns
  // Next to a half, the quotient itself decides: in silence every second bin turns by exactly half a turn.
  if any(rest * rest .> 0.249_999) { return (turn / (2 * .pi) + roundingShift) - roundingShift }
  return turns
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
