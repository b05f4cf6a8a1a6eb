import CFFTW
import RealModule
import Synchronization

/// One spectrum in single precision, real and imaginary parts apart, each followed by zeros up to whole SIMD vectors.
struct PlanarSpectrum {
  let bins: Int
  /// `bins` rounded up to whole vectors.
  let width: Int
  let real: AlignedBuffer<Float>
  let imaginary: AlignedBuffer<Float>

  init(bins: Int) {
    self.bins = bins
    width = (bins + 15) / 16 * 16
    // Kernels of half-length transforms write whole vectors around the last bin.
    real = AlignedBuffer(count: width + 16, filledWith: 0)
    imaginary = AlignedBuffer(count: width + 16, filledWith: 0)
  }
}

/// Windowed real transforms between samples and planar spectra: forward in double precision, inverse in single precision.
///
/// A real transform of n samples is a complex one of n/2 (even samples real, odd ones imaginary) and a pass over the result, which
/// here also converts between precisions; both are faster than FFTW's own real transforms of the same length. Lengths that
/// do not come in whole vectors go to FFTW as they are.
///
/// A class, because copies of its many buffers' references would be counted for every frame.
final class PlanarTransform {
  let length: Int
  let window: [Double]
  private let plans: HalfPlans?
  private let evenWindow: AlignedBuffer<Double>
  private let oddWindow: AlignedBuffer<Double>
  /// The window over `length`, which FFTW leaves in.
  private let inverseWindow: AlignedBuffer<Float>
  /// Real parts, and imaginary ones from `gap` on: the plans hold for that distance.
  private let gap: Int
  private let input: AlignedBuffer<Double>
  private let output: AlignedBuffer<Double>
  private let inverseInput: AlignedBuffer<Float>
  private let inverseOutput: AlignedBuffer<Float>

  init(length: Int, window: [Double]) {
    precondition(window.count == length)
    self.length = length
    self.window = window
    plans = length.isMultiple(of: 16) ? HalfPlans.of(length: length) : nil
    let half = length / 2
    evenWindow = AlignedBuffer(count: half + 8, filledWith: 0)
    oddWindow = AlignedBuffer(count: half + 8, filledWith: 0)
    inverseWindow = AlignedBuffer(count: length, filledWith: 0)
    for index in 0..<half {
      unsafe evenWindow.pointer[index] = 0.5 * window[2 * index]
      unsafe oddWindow.pointer[index] = 0.5 * window[2 * index + 1]
    }
    for index in 0..<length { unsafe inverseWindow.pointer[index] = Float(window[index] / Double(length)) }
    gap = HalfPlans.gap(half: half)
    input = AlignedBuffer(count: 2 * gap, filledWith: 0)
    output = AlignedBuffer(count: 2 * gap, filledWith: 0)
    inverseInput = AlignedBuffer(count: 2 * gap, filledWith: 0)
    inverseOutput = AlignedBuffer(count: 2 * gap, filledWith: 0)
  }

  /// The spectrum of a windowed frame. False, with `spectrum` untouched, for a frame of zeros.
  func forward(_ samples: UnsafePointer<Float>, into spectrum: PlanarSpectrum) -> Bool {
    guard unsafe !isSilent(samples, count: length) else { return false }
    guard let plans else {
      unsafe forwardWhole(samples, into: spectrum)
      return true
    }
    let half = length / 2
    let raw = unsafe UnsafeRawPointer(samples)
    let (even, odd) = unsafe (evenWindow.pointer, oddWindow.pointer)
    let (re, im) = unsafe (input.pointer, input.pointer + gap)
    for index in stride(from: 0, to: half, by: 8) {
      let pairs = unsafe raw.loadUnaligned(fromByteOffset: 8 * index, as: SIMD16<Float>.self)
      unsafe (doubles(pairs.evenHalf) * SIMD8.load(even, index)).store(re, index)
      unsafe (doubles(pairs.oddHalf) * SIMD8.load(odd, index)).store(im, index)
    }
    unsafe fftw_execute_split_dft(
      plans.forward, input.pointer, input.pointer + gap, output.pointer, output.pointer + gap)
    unsafe unravel(
      output.pointer, output.pointer + gap, half, plans.cosines.pointer, plans.sines.pointer, spectrum.real.pointer,
      spectrum.imaginary.pointer)
    return true
  }

  /// Adds the windowed inverse of `spectrum`, whose bins beyond the last may hold anything, to `target`. Overwrites it.
  func addInverse(of spectrum: PlanarSpectrum, to target: UnsafeMutablePointer<Float>) {
    guard let plans else {
      unsafe addInverseWhole(of: spectrum, to: target)
      return
    }
    let half = length / 2
    let (zr, zi) = unsafe (inverseInput.pointer, inverseInput.pointer + gap)
    unsafe ravel(
      spectrum.real.pointer, spectrum.imaginary.pointer, half, plans.floatCosines.pointer, plans.floatSines.pointer, zr,
      zi)
    let (even, odd, window) = unsafe (inverseOutput.pointer, inverseOutput.pointer + gap, inverseWindow.pointer)
    // A forward transform of swapped parts is an inverse one.
    unsafe fftwf_execute_split_dft(plans.inverse, zi, zr, odd, even)
    for index in stride(from: 0, to: half, by: 4) {
      var values = SIMD8<Float>()
      unsafe values.evenHalf = load4(even + index)
      unsafe values.oddHalf = load4(odd + index)
      unsafe (SIMD8.load(target, 2 * index) + values * SIMD8.load(window, 2 * index)).store(target, 2 * index)
    }
  }

  private func forwardWhole(_ samples: UnsafePointer<Float>, into spectrum: PlanarSpectrum) {
    for index in 0..<length { unsafe input.pointer[index] = window[index] * Double(samples[index]) }
    PreciseFourierTransform.of(length: length).forward(input, into: output)
    for bin in 0..<spectrum.bins {
      unsafe spectrum.real.pointer[bin] = Float(output.pointer[2 * bin])
      unsafe spectrum.imaginary.pointer[bin] = Float(output.pointer[2 * bin + 1])
    }
  }

  private func addInverseWhole(of spectrum: PlanarSpectrum, to target: UnsafeMutablePointer<Float>) {
    let (input, output) = (inverseInput, inverseOutput)
    for bin in 0..<spectrum.bins {
      unsafe input.pointer[2 * bin] = spectrum.real.pointer[bin]
      unsafe input.pointer[2 * bin + 1] = spectrum.imaginary.pointer[bin]
    }
    FourierTransform.of(length: length).inverse(input, into: output)
    for index in 0..<length { unsafe target[index] += inverseWindow.pointer[index] * output.pointer[index] }
  }
}

/// FFTW's plans for half of a length, with the factors e^(-2πik/length) that its passes need.
@safe private final class HalfPlans: @unchecked Sendable {
  let forward: fftw_plan?
  /// For swapped parts, the imaginary one before the real one.
  let inverse: fftwf_plan?
  let cosines: AlignedBuffer<Double>
  let sines: AlignedBuffer<Double>
  let floatCosines: AlignedBuffer<Float>
  let floatSines: AlignedBuffer<Float>

  private static let cache = Cache<Int, HalfPlans>()
  static func of(length: Int) -> HalfPlans { cache.value(for: length) { HalfPlans(length: length) } }

  /// Numbers from real to imaginary parts in buffers: whole vectors, with room behind the last.
  static func gap(half: Int) -> Int { (half + 23) / 16 * 16 }

  private init(length: Int) {
    let half = length / 2
    let gap = Self.gap(half: half)
    cosines = AlignedBuffer(count: half / 2 + 8, filledWith: 0)
    sines = AlignedBuffer(count: half / 2 + 8, filledWith: 0)
    floatCosines = AlignedBuffer(count: half / 2 + 8, filledWith: 0)
    floatSines = AlignedBuffer(count: half / 2 + 8, filledWith: 0)
    for index in 0...half / 2 {
      let angle = 2 * Double.pi * Double(index) / Double(length)
      unsafe cosines.pointer[index] = Double.cos(angle)
      unsafe sines.pointer[index] = -Double.sin(angle)
      unsafe floatCosines.pointer[index] = Float(Double.cos(angle))
      unsafe floatSines.pointer[index] = Float(Double.sin(angle))
    }
    (unsafe forward, unsafe inverse) = unsafe planner.withLock { _ in
      let (input, output) = (
        AlignedBuffer<Double>(count: 2 * gap, filledWith: 0), AlignedBuffer<Double>(count: 2 * gap, filledWith: 0)
      )
      let (inverseInput, inverseOutput) = (
        AlignedBuffer<Float>(count: 2 * gap, filledWith: 0), AlignedBuffer<Float>(count: 2 * gap, filledWith: 0)
      )
      var size = fftw_iodim(n: Int32(half), is: 1, os: 1)
      var inverseSize = fftwf_iodim(n: Int32(half), is: 1, os: 1)
      return unsafe (
        fftw_plan_guru_split_dft(
          1, &size, 0, nil, input.pointer, input.pointer + gap, output.pointer, output.pointer + gap,
          UInt32(FFTW_ESTIMATE)),
        fftwf_plan_guru_split_dft(
          1, &inverseSize, 0, nil, inverseInput.pointer + gap, inverseInput.pointer, inverseOutput.pointer + gap,
          inverseOutput.pointer, UInt32(FFTW_ESTIMATE))
      )
    }
  }

  deinit {
    planner.withLock { _ in
      unsafe fftw_destroy_plan(forward)
      unsafe fftwf_destroy_plan(inverse)
    }
  }
}

/// Whether all samples are zero. Frames of zeros are common in edited audio, and take no transform.
private func isSilent(_ samples: UnsafePointer<Float>, count: Int) -> Bool {
  for index in 0..<count where unsafe samples[index] != 0 { return false }
  return true
}
