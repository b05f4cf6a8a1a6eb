import RealModule
import TimbreCore

/// Frames of real numbers, one after the other, each at the start of `stride` values of which the last are 0.
///
/// The zeros let kernels read whole SIMD vectors.
public struct Spectrogram: Sendable {
  public let bins: Int
  public let frames: Int
  public let stride: Int
  public internal(set) var values: [Float]
  /// The largest value of each frame, to the last bit, where it is known: of spectra, not of what filters make of them.
  var peaks: [Float] = []

  static func stride(forBins bins: Int) -> Int { (bins + 15) / 8 * 8 }

  init(bins: Int, frames: Int) {
    self.bins = bins
    self.frames = frames
    stride = Self.stride(forBins: bins)
    values = [Float](repeating: 0, count: frames * stride)
  }

  /// - Parameter row: Writes the bins of a frame, every one.
  init(bins: Int, frames: Int, row: (Int, UnsafeMutablePointer<Float>) -> Void) {
    self.bins = bins
    self.frames = frames
    let stride = Self.stride(forBins: bins)
    self.stride = stride
    // Zeros that are written over soon would go through memory for nothing.
    values = unsafe [Float](unsafeUninitializedCapacity: frames * stride) { target, count in
      if let target = target.baseAddress {
        for frame in 0..<frames {
          unsafe row(frame, target + frame * stride)
          unsafe (target + frame * stride + bins).initialize(repeating: 0, count: stride - bins)
        }
      }
      count = frames * stride
    }
  }

  public subscript(bin bin: Int, frame frame: Int) -> Float { values[frame * stride + bin] }

  /// Frames × bins without the zeros between frames.
  public var compact: [Float] {
    if stride == bins { return values }
    return unsafe [Float](unsafeUninitializedCapacity: frames * bins) { target, count in
      unsafe values.withUnsafeBufferPointer { values in
        guard let target = target.baseAddress, let source = values.baseAddress else { return }
        for frame in 0..<frames {
          unsafe (target + frame * bins).initialize(from: source + frame * stride, count: bins)
        }
      }
      count = frames * bins
    }
  }
}

extension Spectrogram {
  /// |STFT| of a signal, in single precision.
  static func magnitudes(of signal: [Float], _ parameters: STFTParameters) throws -> Spectrogram {
    // The few bins of a short transform are often equal but for rounding, which then makes the peaks.
    if parameters.nFFT <= 256 { return try preciseMagnitudes(of: signal, parameters) }
    try parameters.validate()
    let framing = try Framing(signal, parameters)
    let transform = FourierTransform.of(length: parameters.nFFT)
    let window = parameters.windowValues.map(Float.init)
    let input = AlignedBuffer<Float>(count: parameters.nFFT, filledWith: 0)
    let output = AlignedBuffer<Float>(count: 2 * parameters.bins + 16, filledWith: 0)
    try checkSize(frames: framing.frames, bins: parameters.bins)
    WorkDone.transforms.add(framing.frames)
    var peaks = [Float](repeating: 0, count: framing.frames)
    let (size, hop) = (parameters.nFFT, parameters.hopLength)
    var result = unsafe Spectrogram(bins: parameters.bins, frames: framing.frames) { frame, row in
      unsafe window.withUnsafeBufferPointer { window in
        guard let w = window.baseAddress else { return }
        _ = unsafe framing.withFrame(frame, hop: hop) { unsafe multiply($0, w, into: input.pointer, count: size) }
      }
      transform.forward(input, into: output)
      peaks[frame] = unsafe writeMagnitudes(of: output.pointer, into: row, count: parameters.bins)
    }
    result.peaks = peaks
    return result
  }

  /// |X| of a complex spectrum.
  init(magnitudesOf spectrum: ComplexFrames) {
    self.init(bins: spectrum.bins, frames: spectrum.frames)
    for frame in 0..<frames {
      var largest: Float = 0
      for bin in 0..<bins {
        let re = Double(spectrum.real(bin: bin, frame: frame))
        let im = Double(spectrum.imaginary(bin: bin, frame: frame))
        values[frame * stride + bin] = Float((re * re + im * im).squareRoot())
        largest = max(largest, values[frame * stride + bin])
      }
      peaks.append(largest)
    }
  }

  /// Every value to the power of `exponent`, as NumPy raises a float32 array.
  func raised(to exponent: Double) -> Spectrogram {
    if exponent == 1 { return self }
    var result = self
    var peaks = peaks.map { $0 * $0 }
    let count = values.count
    unsafe result.values.withUnsafeMutableBufferPointer { target in
      if exponent == 2 {
        for index in 0..<count { unsafe target[index] *= target[index] }
      } else {
        let power = Float(exponent)
        for frame in 0..<frames {
          var largest: Float = 0
          for index in frame * stride..<frame * stride + bins {
            unsafe target[index] = Float.pow(target[index], power)
            largest = unsafe max(largest, target[index])
          }
          // The power of the largest is not for certain the largest power, because powers are rounded.
          if !peaks.isEmpty { peaks[frame] = largest }
        }
      }
    }
    result.peaks = peaks
    return result
  }
}

/// - Throws: A diagnostic for a spectrogram that no memory holds, rather than a crash.
func checkSize(frames: Int, bins: Int) throws {
  let limit = 1 << 30
  guard frames > limit / bins else { return }
  throw Diagnostic(
    .invalidParameters, "a spectrogram of \(frames) frames × \(bins) bins is too large",
    help: "raise hop_length, lower n_fft, or cut the audio into shorter clips")
}

private func multiply(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>, count: Int
) {
  let whole = count & ~15
  for index in stride(from: 0, to: whole, by: 16) {
    unsafe (SIMD16.load(a, index) * SIMD16.load(b, index)).store(result, index)
  }
  for index in whole..<count { unsafe result[index] = a[index] * b[index] }
}

/// Writes magnitudes and returns the largest.
func writeMagnitudes(of complex: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, count: Int)
  -> Float
{
  var largest: Float = 0
  var lanes = SIMD8<Float>(repeating: 0)
  let raw = unsafe UnsafeRawPointer(complex)
  var index = 0
  while index + 8 <= count {
    let pairs = unsafe raw.loadUnaligned(fromByteOffset: index * 8, as: SIMD16<Float>.self)
    let squares = pairs * pairs
    let sums = squares.evenHalf + squares.oddHalf
    lanes.replace(with: sums, where: sums .> lanes)
    unsafe sums.squareRoot().store(target, index)
    index += 8
  }
  while index < count {
    let sum = unsafe complex[2 * index] * complex[2 * index] + complex[2 * index + 1] * complex[2 * index + 1]
    largest = max(largest, sum)
    unsafe target[index] = sum.squareRoot()
    index += 1
  }
  largest = max(largest, lanes.max())
  // Squares of very quiet or very loud numbers leave the range of single precision; such frames are rare.
  if largest > 1e-20, largest < 1e30 { return largest.squareRoot() }
  largest = 0
  for index in 0..<count {
    let (re, im) = unsafe (Double(complex[2 * index]), Double(complex[2 * index + 1]))
    unsafe target[index] = Float((re * re + im * im).squareRoot())
    largest = unsafe max(largest, target[index])
  }
  return largest
}
