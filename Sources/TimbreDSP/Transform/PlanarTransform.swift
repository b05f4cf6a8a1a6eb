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
    width = (bins + 7) / 8 * 8
    // Kernels of half-length transforms write whole vectors around the last bin.
    real = AlignedBuffer(count: width + 8, filledWith: 0)
    imaginary = AlignedBuffer(count: width + 8, filledWith: 0)
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
    let (re, im) = unsafe (UnsafeMutableRawPointer(input.pointer), UnsafeMutableRawPointer(input.pointer + gap))
    for index in stride(from: 0, to: half, by: 4) {
      let pairs = unsafe raw.loadUnaligned(fromByteOffset: 8 * index, as: SIMD8<Float>.self)
      let (w, v) = unsafe (load4(even + index), load4(odd + index))
      unsafe re.storeBytes(of: SIMD4<Double>(pairs.evenHalf) * w, toByteOffset: 8 * index, as: SIMD4<Double>.self)
      unsafe im.storeBytes(of: SIMD4<Double>(pairs.oddHalf) * v, toByteOffset: 8 * index, as: SIMD4<Double>.self)
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
    let y = UnsafeMutableRawPointer(target)
    for index in stride(from: 0, to: half, by: 4) {
      var values = SIMD8<Float>()
      unsafe values.evenHalf = load4(even + index)
      unsafe values.oddHalf = load4(odd + index)
      let sum =
        unsafe y.loadUnaligned(fromByteOffset: 8 * index, as: SIMD8<Float>.self) + values * load8(window + 2 * index)
      unsafe y.storeBytes(of: sum, toByteOffset: 8 * index, as: SIMD8<Float>.self)
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

@inline(__always)
private func load8(_ pointer: UnsafePointer<Float>) -> SIMD8<Float> {
  unsafe UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self)
}

extension SIMD4 {
  @inline(__always)
  fileprivate var reversed: SIMD4 { SIMD4(self[3], self[2], self[1], self[0]) }
}

/// Whether all samples are zero. Frames of zeros are common in edited audio, and take no transform.
private func isSilent(_ samples: UnsafePointer<Float>, count: Int) -> Bool {
  for index in 0..<count where unsafe samples[index] != 0 { return false }
  return true
}

/// The spectrum X of real samples from Z, that of even + i · odd ones, both halved: X[k] = E + wᵏ O with E = Z[k] + conj Z[half − k]
/// and O = (Z[k] − conj Z[half − k]) / i. Four bins from below and four from above at a time. Writes Z[half].
private func unravel(
  _ zr: UnsafeMutablePointer<Double>, _ zi: UnsafeMutablePointer<Double>, _ half: Int, _ wr: UnsafePointer<Double>,
  _ wi: UnsafePointer<Double>, _ xr: UnsafeMutablePointer<Float>, _ xi: UnsafeMutablePointer<Float>
) {
  unsafe zr[half] = zr[0]
  unsafe zi[half] = zi[0]
  for k in stride(from: 0, to: half / 2, by: 4) {
    let m = half - k - 3
    let (ar, ai) = unsafe (load4(zr + k), load4(zi + k))
    let (br, bi) = unsafe (load4(zr + m).reversed, load4(zi + m).reversed)
    let (cr, ci) = unsafe (load4(wr + k), load4(wi + k))
    let (er, ei, or, oi) = (ar + br, ai - bi, ai + bi, br - ar)
    let (tr, ti) = (cr * or - ci * oi, cr * oi + ci * or)
    unsafe store4(SIMD4<Float>(er + tr), xr + k)
    unsafe store4(SIMD4<Float>(ei + ti), xi + k)
    unsafe store4(SIMD4<Float>(er - tr).reversed, xr + m)
    unsafe store4(SIMD4<Float>(ti - ei).reversed, xi + m)
  }
  unsafe xr[half / 2] = Float(2 * zr[half / 2])
  unsafe xi[half / 2] = Float(-2 * zi[half / 2])
  // Without a sign: a negative real part must stand at +π.
  unsafe xi[0] = 0
  unsafe xi[half] = 0
}

/// The reverse: Z of even + i · odd samples, twice as large, from the spectrum X of real ones.
private func ravel(
  _ xr: UnsafeMutablePointer<Float>, _ xi: UnsafeMutablePointer<Float>, _ half: Int, _ wr: UnsafePointer<Float>,
  _ wi: UnsafePointer<Float>, _ zr: UnsafeMutablePointer<Float>, _ zi: UnsafeMutablePointer<Float>
) {
  unsafe xi[0] = 0
  unsafe xi[half] = 0
  for k in stride(from: 0, to: half / 2, by: 4) {
    let m = half - k - 3
    let (ar, ai) = unsafe (load4(xr + k), load4(xi + k))
    let (br, bi) = unsafe (load4(xr + m).reversed, load4(xi + m).reversed)
    let (cr, ci) = unsafe (load4(wr + k), load4(wi + k))
    let (er, ei, dr, di) = (ar + br, ai - bi, ar - br, ai + bi)
    let (or, oi) = (cr * dr - ci * di, cr * di + ci * dr)
    unsafe store4(er - oi, zr + k)
    unsafe store4(ei + or, zi + k)
    unsafe store4((er + oi).reversed, zr + m)
    unsafe store4((or - ei).reversed, zi + m)
  }
  unsafe zr[half / 2] = 2 * xr[half / 2]
  unsafe zi[half / 2] = -2 * xi[half / 2]
}
