import RealModule
import TimbreCore

/// Filters in the frequency domain, each a stretch of coefficients around its frequency: they multiply the spectrum of a frame.
struct SparseBank: Sendable {
  private struct Row: Sendable {
    /// First bin of the spectrum, counted from `range.lowerBound`, and number of coefficients.
    let start: Int
    let count: Int
    /// Where the coefficients begin in `weights`.
    let offset: Int
  }

  typealias Lanes = SIMD8<Float>

  let nFFT: Int
  /// The bins that some filter reads.
  let range: Range<Int>
  private let rows: [Row]
  private var weights: [SIMD2<Float>]
  /// What each row's sum is multiplied by.
  var scales: [Double]

  /// log₂ of the smallest power of two that holds a filter of `length` samples.
  static func exponent(_ length: Double) -> Int { Int(Double.log2(length).rounded(.up)) }

  /// - Parameters:
  ///   - lengths: Of the filters, in samples.
  ///   - nFFT: A power of two that holds the longest filter.
  ///   - ofMagnitudes: Whether it multiplies the magnitudes of a spectrum by those of the filters.
  init(
    _ frequencies: [Double], lengths: [Double], sampleRate: Double, nFFT: Int, ofMagnitudes: Bool = false,
    _ parameters: WaveletParameters
  ) {
    self.nFFT = nFFT
    let transform = SinglePrecisionTransform(length: nFFT)
    let size = 1 << Self.exponent(lengths.max() ?? 1)
    let bins = nFFT / 2 + 1
    var scratch = [SIMD2<Float>](repeating: SIMD2(0, 0), count: nFFT)
    var magnitudes = [Float](repeating: 0, count: bins)
    var weights: [SIMD2<Float>] = []
    var found: [Row] = []
    for (frequency, length) in zip(frequencies, lengths) {
      var spectrum = wavelet(
        frequency: frequency, length: length, sampleRate: sampleRate, size: size, nFFT: nFFT, parameters)
      transform.forward(&spectrum, scratch: &scratch)
      for bin in 0..<bins { magnitudes[bin] = vectorMagnitude(spectrum[bin]) }
      let threshold = sparsityThreshold(magnitudes, quantile: parameters.sparsity)
      func isKept(_ bin: Int) -> Bool { magnitudes[bin] >= threshold && magnitudes[bin] > 0 }
      let start = magnitudes.indices.first(where: isKept) ?? 0
      let end = magnitudes.indices.last(where: isKept).map { $0 + 1 } ?? start
      found.append(Row(start: start, count: end - start, offset: weights.count))
      for bin in start..<end {
        let weight = ofMagnitudes ? SIMD2(magnitudes[bin], 0) : spectrum[bin]
        weights.append(isKept(bin) ? weight : SIMD2(0, 0))
      }
    }
    let filled = found.filter { $0.count > 0 }
    let first = filled.map(\.start).min() ?? 0
    range = first..<max(first, filled.map { $0.start + $0.count }.max() ?? 0)
    rows = found.map { Row(start: max(0, $0.start - first), count: $0.count, offset: $0.offset) }
    self.weights = weights
    scales = [Double](repeating: 1, count: rows.count)
  }

  /// With all coefficients multiplied by a number, and rounded.
  func multiplied(by gain: Double) -> SparseBank {
    if gain == 1 { return self }
    var copy = self
    copy.weights = weights.map { SIMD2<Float>(SIMD2<Double>($0) * gain) }
    return copy
  }

  /// The magnitude of each filter's response to the spectra of eight frames.
  ///
  /// Terms are rounded and added one by one from the lowest bin, as SciPy multiplies sparse matrices: where they cancel, what is left is
  /// their rounding, and it is the same.
  /// - Parameters:
  ///   - spectra: Real and imaginary parts of the bins in `range`, in turn.
  ///   - body: Takes the number of the filter and its responses.
  func apply(to spectra: UnsafePointer<Lanes>, _ body: (Int, Lanes) -> Void) {
    unsafe rows.withUnsafeBufferPointer { rows in
      unsafe weights.withUnsafeBufferPointer { weights in
        for index in 0..<rows.count {
          let row = unsafe rows[index]
          let x = unsafe spectra + 2 * row.start
          var (real, imaginary) = (Lanes(repeating: 0), Lanes(repeating: 0))
          for place in 0..<row.count {
            let w = unsafe weights[row.offset + place]
            let (re, im) = unsafe (x[2 * place], x[2 * place + 1])
            real += w.x * re - w.y * im
            imaginary += w.x * im + w.y * re
          }
          var response = Lanes(repeating: 0)
          for lane in 0..<8 {
            let parts = SIMD2<Float>(SIMD2(Double(real[lane]), Double(imaginary[lane])) * scales[index])
            response[lane] = magnitude(parts)
          }
          body(index, response)
        }
      }
    }
  }
}

/// |x| as NumPy's vector code rounds it, which decides between coefficients of equal size.
private func vectorMagnitude(_ x: SIMD2<Float>) -> Float {
  let (large, small) = (max(abs(x.x), abs(x.y)), min(abs(x.x), abs(x.y)))
  guard large > 0 else { return 0 }
  let ratio = Double(small / large)
  return Float(ratio * ratio + 1).squareRoot() * large
}

/// |x| rounded once.
@inline(__always)
func magnitude(_ x: SIMD2<Float>) -> Float {
  let wide = SIMD2<Double>(x)
  return Float((wide * wide).sum().squareRoot())
}
