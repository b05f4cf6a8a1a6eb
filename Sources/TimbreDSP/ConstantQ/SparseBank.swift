import RealModule
import TimbreCore

/// Filters in the frequency domain, each a stretch of coefficients around its frequency: they multiply the spectrum of a frame.
struct SparseBank: Sendable {
  struct Row: Sendable {
    /// First bin of the spectrum, counted from `range.lowerBound`, and number of coefficients, a multiple of 4.
    let start: Int
    let count: Int
    /// Where the real parts begin in `weights`; the imaginary parts follow them.
    let offset: Int
  }

  let nFFT: Int
  /// The bins that some filter reads.
  let range: Range<Int>
  private let rows: [Row]
  private let weights: [Float]
  /// What each row's sum is multiplied by.
  var scales: [Double]
  var count: Int { rows.count }

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
    var weights: [Float] = []
    var found: [Row] = []
    for (frequency, length) in zip(frequencies, lengths) {
      var spectrum = wavelet(
        frequency: frequency, length: length, sampleRate: sampleRate, size: size, nFFT: nFFT, parameters)
      transform.forward(&spectrum, scratch: &scratch)
      for bin in 0..<bins {
        let square = SIMD2<Double>(spectrum[bin])
        magnitudes[bin] = Float((square * square).sum().squareRoot())
      }
      let threshold = sparsityThreshold(magnitudes, quantile: parameters.sparsity)
      let kept = magnitudes.indices.filter { magnitudes[$0] >= threshold && magnitudes[$0] > 0 }
      let start = kept.first ?? 0
      let count = kept.last.map { ($0 - start + 4) / 4 * 4 } ?? 0
      found.append(Row(start: start, count: count, offset: weights.count))
      weights += repeatElement(0, count: 2 * count)
      for bin in kept {
        let place = found[found.count - 1].offset + bin - start
        weights[place] = ofMagnitudes ? magnitudes[bin] : spectrum[bin].x
        weights[place + count] = ofMagnitudes ? 0 : spectrum[bin].y
      }
    }
    let filled = found.filter { $0.count > 0 }
    let first = filled.map(\.start).min() ?? 0
    range = first..<max(first, min(bins, filled.map { $0.start + $0.count }.max() ?? 0))
    rows = found.map { Row(start: max(0, $0.start - first), count: $0.count, offset: $0.offset) }
    self.weights = weights
    scales = [Double](repeating: 1, count: rows.count)
  }

  /// The magnitude of each filter's response to one spectrum.
  ///
  /// - Parameters:
  ///   - real: Real parts of the bins in `range` and at least 4 zeros after them.
  ///   - imaginary: Imaginary parts likewise.
  ///   - target: Where the results go, one for each row.
  func apply(
    _ real: UnsafePointer<Float>, _ imaginary: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>
  ) {
    typealias Lanes = SIMD4<Float>
    let (real, imaginary) = unsafe (UnsafeRawPointer(real), UnsafeRawPointer(imaginary))
    unsafe rows.withUnsafeBufferPointer { rows in
      unsafe weights.withUnsafeBytes { weights in
        guard let weights = weights.baseAddress else { return }
        for index in 0..<rows.count {
          let row = unsafe rows[index]
          let (xr, xi) = unsafe (real + 4 * row.start, imaginary + 4 * row.start)
          let wr = unsafe weights + 4 * row.offset
          let wi = unsafe wr + 4 * row.count
          var (a, b) = (Lanes(repeating: 0), Lanes(repeating: 0))
          var (c, d) = (a, b)
          for place in stride(from: 0, to: 4 * row.count, by: 16) {
            let x = unsafe xr.loadUnaligned(fromByteOffset: place, as: Lanes.self)
            let y = unsafe xi.loadUnaligned(fromByteOffset: place, as: Lanes.self)
            let u = unsafe wr.loadUnaligned(fromByteOffset: place, as: Lanes.self)
            let v = unsafe wi.loadUnaligned(fromByteOffset: place, as: Lanes.self)
            a += u * x
            b += v * y
            c += u * y
            d += v * x
          }
          let (re, im) = (Double((a - b).sum()), Double((c + d).sum()))
          unsafe target[index] = Float((re * re + im * im).squareRoot() * scales[index])
        }
      }
    }
  }
}
