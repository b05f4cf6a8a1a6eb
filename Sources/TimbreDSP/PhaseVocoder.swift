/// A spectrum sped up by `rate`, with phases that go on smoothly in each bin: `librosa.phase_vocoder`.
///
/// Phases add up in single precision as librosa's do: over a few seconds that rounding is what its output consists of as much as
/// of the signal, and another rounding would be another sound.
public func phaseVocoder(_ spectrum: ComplexFrames, rate: Double, hopLength: Int, nFFT: Int) -> ComplexFrames {
  precondition(rate > 0 && spectrum.frames > 0, "a positive rate, and something to stretch")
  let count = Int((Double(spectrum.frames) / rate).rounded(.up))
  var result = ComplexFrames(bins: spectrum.bins, frames: count)
  var vocoder = Vocoder(spectrum, hopLength: hopLength, nFFT: nFFT)
  for frame in 0..<count {
    let place = Double(frame) * rate
    let column = Int(place)
    vocoder.move(to: column)
    vocoder.write(into: &result, frame: frame, weight: place - Double(column))
  }
  return result
}

/// Two neighbouring columns of the input, and the phases of the output so far.
private struct Vocoder {
  private let spectrum: ComplexFrames
  private let bins: Int
  /// Radians that each bin's own frequency turns in one hop.
  private let ownAdvance: [Double]
  private var phases: [Float]
  private var column = 0
  private var left: Polar
  private var right: Polar
  /// Radians that the phases turn from `left` to `right`.
  private var advance: [Double]

  private struct Polar {
    var angles: [Float]
    var magnitudes: [Float]
  }

  init(_ spectrum: ComplexFrames, hopLength: Int, nFFT: Int) {
    self.spectrum = spectrum
    bins = spectrum.bins
    ownAdvance = (0..<bins).map { Double(hopLength) * (Double($0) * (1 / (Double(nFFT) * (1 / (2 * .pi))))) }
    let zeros = [Float](repeating: 0, count: bins)
    left = Polar(angles: zeros, magnitudes: zeros)
    right = left
    phases = zeros
    advance = [Double](repeating: 0, count: bins)
    load(0, into: \.left)
    load(1, into: \.right)
    phases = left.angles
    measure()
  }

  mutating func move(to next: Int) {
    if next == column { return }
    if next == column + 1 {
      swap(&left, &right)
    } else {
      load(next, into: \.left)
    }
    load(next + 1, into: \.right)
    column = next
    measure()
  }

  /// Polar form of a column; beyond the end all is 0.
  private mutating func load(_ index: Int, into polar: WritableKeyPath<Vocoder, Polar>) {
    guard index < spectrum.frames else {
      let zeros = [Float](repeating: 0, count: bins)
      self[keyPath: polar] = Polar(angles: zeros, magnitudes: zeros)
      return
    }
    let (spectrum, bins) = (spectrum, bins)
    unsafe spectrum.values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return }
      let source = unsafe base + 2 * index * bins
      unsafe self[keyPath: polar].angles.withUnsafeMutableBufferPointer { angles in
        guard let angles = angles.baseAddress else { return }
        for bin in 0..<bins { unsafe angles[bin] = arcTangent(source[2 * bin + 1], source[2 * bin]) }
      }
      unsafe self[keyPath: polar].magnitudes.withUnsafeMutableBufferPointer { magnitudes in
        guard let magnitudes = magnitudes.baseAddress else { return }
        for bin in 0..<bins {
          let (re, im) = unsafe (Double(source[2 * bin]), Double(source[2 * bin + 1]))
          unsafe magnitudes[bin] = Float((re * re + im * im).squareRoot())
        }
      }
    }
  }

  private mutating func measure() {
    let bins = bins
    unsafe advance.withUnsafeMutableBufferPointer { advance in
      unsafe ownAdvance.withUnsafeBufferPointer { own in
        unsafe left.angles.withUnsafeBufferPointer { left in
          unsafe right.angles.withUnsafeBufferPointer { right in
            for bin in 0..<bins {
              let own = unsafe own[bin]
              let turn = unsafe Double(right[bin] - left[bin]) - own
              let turns = turn / (2 * .pi) + roundingShift - roundingShift
              unsafe advance[bin] = own + (turn - 2 * .pi * turns)
            }
          }
        }
      }
    }
  }

  /// Writes a frame between the two columns, at their weighted magnitude and the phases so far, and moves these on.
  mutating func write(into result: inout ComplexFrames, frame: Int, weight: Double) {
    let bins = bins
    unsafe result.values.withUnsafeMutableBufferPointer { values in
      guard let base = values.baseAddress else { return }
      let target = unsafe base + 2 * frame * bins
      unsafe phases.withUnsafeMutableBufferPointer { phases in
        unsafe left.magnitudes.withUnsafeBufferPointer { left in
          unsafe right.magnitudes.withUnsafeBufferPointer { right in
            for bin in 0..<bins {
              let (sine, cosine) = unsafe sineCosine(phases[bin])
              let magnitude = unsafe (1 - weight) * Double(left[bin]) + weight * Double(right[bin])
              unsafe target[2 * bin] = Float(Double(cosine) * magnitude)
              unsafe target[2 * bin + 1] = Float(Double(sine) * magnitude)
            }
          }
        }
        unsafe advance.withUnsafeBufferPointer { advance in
          for bin in 0..<bins { unsafe phases[bin] = Float(Double(phases[bin]) + advance[bin]) }
        }
      }
    }
  }
}
