import RealModule
import TimbreCore

/// A sum in single precision of at most this many vectors is handed to double precision, which keeps the rounding of long sums small.
private let vectorsPerBlock = 256

extension Spectrogram {
  /// The mean frequency of each frame, weighted by the values, in bins: `librosa.feature.spectral_centroid` over the bins' width.
  public func centroids() -> [Double] {
    (0..<frames).map { frame in
      unsafe values.withUnsafeBufferPointer { values in
        guard let row = values.baseAddress else { return 0 }
        return unsafe centroid(of: row + frame * stride, vectors: stride / 8)
      }
    }
  }

  /// (Σ w · |bin − centroid|ᵖ)^(1/p) of each frame, in bins; the weights w are the values, divided by their sum where `norm`.
  /// It is `librosa.feature.spectral_bandwidth` over the bins' width.
  /// - Parameter p: From 0.01 to 32, for which all powers are within the range of double precision.
  public func bandwidths(norm: Bool, p: Double) -> [Double] {
    var powers = [Double](repeating: 0, count: p == 2 ? 0 : bins)
    return (0..<frames).map { frame in
      unsafe values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return 0 }
        let row = unsafe base + frame * stride
        let centre = unsafe centroid(of: row, vectors: stride / 8)
        let sum = unsafe weight(of: row, vectors: stride / 8)
        let scale = norm ? usable(sum) : 1
        if p == 2 { return unsafe (squaredDeviation(of: row, vectors: stride / 8, from: centre) / scale).squareRoot() }
        // In units of the largest deviation, so that a large p does not leave the range of numbers.
        let unit = max(centre, Double(bins - 1) - centre, 1e-9)
        unsafe powers.withUnsafeMutableBufferPointer { powers in
          for bin in 0..<bins {
            let deviation = abs(Double(bin) - centre) / unit
            let power = fastExp(p * fastLog(max(deviation, 1e-30)))
            unsafe powers[bin] = deviation == 0 ? 0 : power
          }
        }
        var total = 0.0
        for bin in 0..<bins { total += unsafe Double(row[bin]) * powers[bin] }
        return Double.pow(total / scale, 1 / p) * unit
      }
    }
  }

  /// The lowest bin of each frame at which the sum of the values so far reaches `share` of the frame's: what
  /// `librosa.feature.spectral_rolloff` finds, which sums one value after the other in single precision.
  public func rolloffs(share: Float) -> [Int] {
    var sums = [SIMD4<Float>](repeating: SIMD4(), count: bins)
    var result = [Int](repeating: 0, count: frames)
    for first in Swift.stride(from: 0, to: frames, by: 4) {
      // Four frames at once: one sum has to wait for itself.
      let starts = SIMD4(0, 1, 2, 3).clamped(
        lowerBound: SIMD4(repeating: 0), upperBound: SIMD4(repeating: frames - 1 - first))
      unsafe values.withUnsafeBufferPointer { values in
        unsafe sums.withUnsafeMutableBufferPointer { sums in
          guard let base = values.baseAddress else { return }
          let a = unsafe base + first * stride
          let (b, c, d) = unsafe (a + starts.y * stride, a + starts.z * stride, a + starts.w * stride)
          var sum = SIMD4<Float>()
          for bin in 0..<bins {
            sum += unsafe SIMD4(a[bin], b[bin], c[bin], d[bin])
            unsafe sums[bin] = sum
          }
        }
      }
      for lane in 0..<min(4, frames - first) {
        let threshold = share * sums[bins - 1][lane]
        // Sums never fall: the first that reaches the threshold is found by halving.
        var (low, high) = (0, bins - 1)
        while low < high {
          let middle = (low + high) / 2
          if sums[middle][lane] < threshold { low = middle + 1 } else { high = middle }
        }
        result[first + lane] = low
      }
    }
    return result
  }

  /// The geometric over the arithmetic mean of max(amin, valueᵖᵒʷᵉʳ) of each frame: `librosa.feature.spectral_flatness`.
  /// - Parameter amin: At least 1e-37.
  /// - Throws: A diagnostic where a power leaves the range of single precision.
  public func flatness(power: Double, amin: Float) throws -> [Float] {
    let source = power == 1 || power == 2 ? self : raised(to: power)
    guard source.peaks.allSatisfy({ (power == 2 ? $0 * $0 : $0).isFinite }) else {
      throw Diagnostic(
        .notFinite, "magnitudes to the power of \(short(power)) are too large for single precision",
        help: "lower power, or scale the audio to within ±1")
    }
    return (0..<frames).map { frame in
      unsafe source.values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return 0 }
        let row = unsafe base + frame * stride
        let means = unsafe meansOfRow(row, count: bins, squaring: power == 2, amin: amin)
        return Float(means.geometric / means.arithmetic)
      }
    }
  }
}

/// librosa leaves what is too small to divide by as it is.
private func usable(_ sum: Double) -> Double { sum < Double(Float.leastNormalMagnitude) ? 1 : sum }

private func weight(of row: UnsafePointer<Float>, vectors: Int) -> Double {
  let raw = unsafe UnsafeRawPointer(row)
  var total = 0.0
  for start in stride(from: 0, to: vectors, by: vectorsPerBlock) {
    var lanes = SIMD8<Float>()
    for vector in start..<min(vectors, start + vectorsPerBlock) {
      lanes += unsafe raw.loadUnaligned(fromByteOffset: 32 * vector, as: SIMD8<Float>.self)
    }
    total += Double(lanes.sum())
  }
  return total
}

private func centroid(of row: UnsafePointer<Float>, vectors: Int) -> Double {
  let raw = unsafe UnsafeRawPointer(row)
  let (places, step) = (SIMD8<Float>(0, 1, 2, 3, 4, 5, 6, 7), SIMD8<Float>(repeating: 8))
  var (total, moment) = (0.0, 0.0)
  for start in stride(from: 0, to: vectors, by: vectorsPerBlock) {
    var (sums, moments, place) = (SIMD8<Float>(), SIMD8<Float>(), places)
    for vector in start..<min(vectors, start + vectorsPerBlock) {
      let x = unsafe raw.loadUnaligned(fromByteOffset: 32 * vector, as: SIMD8<Float>.self)
      sums += x
      moments += x * place
      place += step
    }
    let sum = Double(sums.sum())
    total += sum
    moment += Double(moments.sum()) + Double(8 * start) * sum
  }
  return moment / usable(total)
}

/// Σ value · (bin − centre)².
private func squaredDeviation(of row: UnsafePointer<Float>, vectors: Int, from centre: Double) -> Double {
  let raw = unsafe UnsafeRawPointer(row)
  let (places, step) = (SIMD8<Float>(0, 1, 2, 3, 4, 5, 6, 7), SIMD8<Float>(repeating: 8))
  var total = 0.0
  for start in stride(from: 0, to: vectors, by: vectorsPerBlock) {
    var distance = places + Float(Double(8 * start) - centre)
    var lanes = SIMD8<Float>()
    for vector in start..<min(vectors, start + vectorsPerBlock) {
      let x = unsafe raw.loadUnaligned(fromByteOffset: 32 * vector, as: SIMD8<Float>.self)
      lanes += x * (distance * distance)
      distance += step
    }
    total += Double(lanes.sum())
  }
  return total
}

/// Geometric and arithmetic mean of max(amin, x) or max(amin, x²).
///
/// The product of all values is kept as a mantissa and an exponent, which needs one logarithm a frame.
private func meansOfRow(
  _ row: UnsafePointer<Float>, count: Int, squaring: Bool, amin: Float
) -> (geometric: Double, arithmetic: Double) {
  var products = SIMD8<Double>(repeating: 1)
  var sums = SIMD8<Double>()
  var exponents = SIMD8<UInt64>()
  let least = SIMD8<Float>(repeating: amin)
  // Six values in single precision, and a mantissa, stay within the range of double precision.
  let block = 6 * 8
  for start in stride(from: 0, to: count, by: block) {
    let end = min(count, start + block)
    for index in stride(from: start, to: end, by: 8) {
      var x = unsafe SIMD8<Float>.load(row, index)
      if squaring { x *= x }
      x.replace(with: least, where: x .< least)
      var values = SIMD8<Double>(x)
      // The zeros behind the row are no values of it.
      if index + 8 > count { for lane in count - index..<8 { values[lane] = 0 } }
      sums += values
      if index + 8 > count { for lane in count - index..<8 { values[lane] = 1 } }
      products *= values
    }
    let bits = unsafe unsafeBitCast(products, to: SIMD8<UInt64>.self)
    exponents &+= bits &>> 52
    products = unsafe unsafeBitCast(
      (bits & 0x000F_FFFF_FFFF_FFFF) | Double(1).bitPattern, to: SIMD8<Double>.self)
  }
  let blocks = (count + block - 1) / block
  let exponent = Double(exponents.wrappedSum()) - Double(1023 * 8 * blocks)
  var product = 1.0
  for lane in 0..<8 { product *= products[lane] }
  let logarithm = Double.log(product) + exponent * .log(2)
  return (Double.exp(logarithm / Double(count)), sums.sum() / Double(count))
}
