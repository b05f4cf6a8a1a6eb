/// A spectrum sped up by `rate`, with phases that go on smoothly in each bin: `librosa.phase_vocoder`.
///
/// Phases add up in single precision as librosa's do: over a few seconds that rounding is what its output consists of as much as
/// of the signal, and another rounding would be another sound.
public func phaseVocoder(_ spectrum: ComplexFrames, rate: Double, hopLength: Int, nFFT: Int) -> ComplexFrames {
  precondition(rate > 0 && spectrum.frames > 0, "a positive rate, and something to stretch")
  let count = Int((Double(spectrum.frames) / rate).rounded(.up))
  var result = ComplexFrames(bins: spectrum.bins, frames: count)
  var vocoder = Vocoder(spectrum, hopLength: hopLength, nFFT: nFFT)
  let width = 2 * spectrum.bins
  unsafe result.values.withUnsafeMutableBufferPointer { values in
    guard let base = values.baseAddress else { return }
    for frame in 0..<count {
      let place = Double(frame) * rate
      let column = Int(place)
      vocoder.move(to: column)
      unsafe vocoder.write(to: base + frame * width, weight: Float(place - Double(column)))
    }
  }
  return result
}

/// Two neighbouring columns of the input, and the phases of the output so far.
private struct Vocoder {
  private let spectrum: ComplexFrames
  private let bins: Int
  /// Radians that each bin's own frequency turns in one hop.
  private let ownAdvance: AlignedBuffer<Double>
  private let phases: AlignedBuffer<Float>
  private var column = 0
  private var left: Polar
  private var right: Polar
  /// Radians that the phases turn from `left` to `right`.
  private let advance: AlignedBuffer<Double>

  init(_ spectrum: ComplexFrames, hopLength: Int, nFFT: Int) {
    self.spectrum = spectrum
    bins = spectrum.bins
    ownAdvance = AlignedBuffer(count: bins, filledWith: 0)
    for bin in 0..<bins {
      unsafe ownAdvance.pointer[bin] = Double(hopLength) * (Double(bin) * (1 / (Double(nFFT) * (1 / (2 * .pi)))))
    }
    phases = AlignedBuffer(count: bins, filledWith: 0)
    advance = AlignedBuffer(count: bins, filledWith: 0)
    left = Polar(bins: bins)
    right = Polar(bins: bins)
    left.load(spectrum, column: 0)
    right.load(spectrum, column: 1)
    unsafe phases.pointer.update(from: left.angles.pointer, count: bins)
    measure()
  }

  mutating func move(to next: Int) {
    if next == column { return }
    if next == column + 1 {
      swap(&left, &right)
    } else {
      left.load(spectrum, column: next)
    }
    right.load(spectrum, column: next + 1)
    column = next
    measure()
  }

  private func measure() {
    let (from, to) = unsafe (left.angles.pointer, right.angles.pointer)
    let (own, advance) = unsafe (ownAdvance.pointer, advance.pointer)
    for bin in 0..<bins {
      let expected = unsafe own[bin]
      let turn = unsafe Double(to[bin] - from[bin]) - expected
      // Divided: in silence every second bin turns by exactly half a turn, where the reciprocal would round the other way.
      let turns = turn / (2 * .pi) + roundingShift - roundingShift
      unsafe advance[bin] = expected + (turn - 2 * .pi * turns)
    }
  }

  /// Writes a frame between the two columns, at their weighted magnitude and the phases so far, and moves these on.
  func write(to target: UnsafeMutablePointer<Float>, weight: Float) {
    let (from, to) = unsafe (left.magnitudes.pointer, right.magnitudes.pointer)
    let (phases, advance) = unsafe (phases.pointer, advance.pointer)
    for bin in 0..<bins {
      let (sine, cosine) = unsafe sineCosine(phases[bin])
      let magnitude = unsafe (1 - weight) * from[bin] + weight * to[bin]
      unsafe target[2 * bin] = cosine * magnitude
      unsafe target[2 * bin + 1] = sine * magnitude
      unsafe phases[bin] = Float(Double(phases[bin]) + advance[bin])
    }
  }
}

/// Angles and magnitudes of one column.
private struct Polar {
  let bins: Int
  let angles: AlignedBuffer<Float>
  let magnitudes: AlignedBuffer<Float>

  init(bins: Int) {
    self.bins = bins
    angles = AlignedBuffer(count: bins, filledWith: 0)
    magnitudes = AlignedBuffer(count: bins, filledWith: 0)
  }

  /// Beyond the end all is 0.
  func load(_ spectrum: ComplexFrames, column: Int) {
    guard column < spectrum.frames else {
      unsafe angles.pointer.update(repeating: 0, count: bins)
      unsafe magnitudes.pointer.update(repeating: 0, count: bins)
      return
    }
    unsafe spectrum.values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return }
      let source = unsafe base + 2 * column * bins
      let angles = unsafe angles.pointer
      for bin in 0..<bins { unsafe angles[bin] = arcTangent(source[2 * bin + 1], source[2 * bin]) }
      _ = unsafe writeMagnitudes(of: source, into: magnitudes.pointer, count: bins)
    }
  }
}
