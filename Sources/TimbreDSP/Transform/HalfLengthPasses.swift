import RealModule

/// The passes that make a complex transform of half the length into one of real samples, on interleaved numbers in single precision.
///
/// FFTW's own real transforms take three times as long as its complex ones of half the length. Even samples are taken for real parts
/// and odd ones for imaginary parts, which is how they lie in memory. See Press et al., Numerical Recipes, 12.3.
@safe struct HalfLengthPasses: Sendable {
  private let half: Int
  /// −i/2 · wᵏ with w = e^(−2πi/length), for the first half of the bins: each real part twice, and each imaginary part twice, first
  /// negative. So a product of complex numbers is two of vectors.
  private let real: [Float]
  private let imaginary: [Float]

  /// Whether the passes, which take four bins from below and four from above, can do this length.
  static func fits(_ length: Int) -> Bool { length >= 16 && length.isMultiple(of: 16) }

  init(length: Int) {
    half = length / 2
    let angles = (0..<half / 2).map { 2 * Double.pi * Double($0) / Double(length) }
    real = angles.flatMap { [Float(-0.5 * Double.sin($0)), Float(-0.5 * Double.sin($0))] }
    imaginary = angles.flatMap { [Float(0.5 * Double.cos($0)), Float(-0.5 * Double.cos($0))] }
  }

  /// From the transform Z of the pairs to that of the samples, in place: X[k] = E + wᵏ O and X[half − k] = conj(E − wᵏ O) with
  /// E = (Z[k] + conj Z[half − k]) / 2 and O = (Z[k] − conj Z[half − k]) / 2i.
  func unravel(_ spectrum: UnsafeMutablePointer<Float>) {
    unsafe (spectrum[2 * half], spectrum[2 * half + 1]) = unsafe (spectrum[0], spectrum[1])
    @inline(__always)
    func pair(_ a: SIMD8<Float>, _ b: SIMD8<Float>, wr: SIMD8<Float>, wi: SIMD8<Float>) -> (SIMD8<Float>, SIMD8<Float>)
    {
      let (e, d) = (0.5 * (a + b), a - b)
      let t = d * wr + d.swapped * wi
      return (e + t, e - t)
    }
    unsafe forEachQuartet(spectrum, pair)
    unsafe spectrum[half + 1].negate()
    unsafe (spectrum[1], spectrum[2 * half + 1]) = (0, 0)
  }

  /// The reverse, twice as large: Z[k] = E + iO and Z[half − k] = conj(E − iO) with E = X[k] + conj X[half − k] and
  /// O = (X[k] − conj X[half − k]) · w⁻ᵏ.
  func ravel(_ spectrum: UnsafeMutablePointer<Float>) {
    unsafe (spectrum[1], spectrum[2 * half + 1]) = (0, 0)
    let middle = unsafe (2 * spectrum[half], -2 * spectrum[half + 1])
    @inline(__always)
    func pair(_ a: SIMD8<Float>, _ b: SIMD8<Float>, wr: SIMD8<Float>, wi: SIMD8<Float>) -> (SIMD8<Float>, SIMD8<Float>)
    {
      let (e, d) = (a + b, 2 * (a - b))
      // i · w⁻ᵏ is conj(−i · wᵏ).
      let t = d * wr - d.swapped * wi
      return (e + t, e - t)
    }
    unsafe forEachQuartet(spectrum, pair)
    unsafe (spectrum[half], spectrum[half + 1]) = middle
  }

  /// Replaces the numbers at k by the first result for them, those at half − k, conjugate, and the factors of k, and these by the
  /// conjugates of the second.
  @inline(__always)
  private func forEachQuartet(
    _ spectrum: UnsafeMutablePointer<Float>,
    _ body: (SIMD8<Float>, SIMD8<Float>, SIMD8<Float>, SIMD8<Float>) -> (SIMD8<Float>, SIMD8<Float>)
  ) {
    let z = UnsafeMutableRawPointer(spectrum)
    unsafe real.withUnsafeBytes { real in
      unsafe imaginary.withUnsafeBytes { imaginary in
        guard let wr = real.baseAddress, let wi = imaginary.baseAddress else { return }
        // Places in bytes, eight for a number.
        var (low, high) = (0, 8 * (half - 3))
        while low < high {
          let a = unsafe z.loadUnaligned(fromByteOffset: low, as: SIMD8<Float>.self)
          let b = unsafe z.loadUnaligned(fromByteOffset: high, as: SIMD8<Float>.self).mirrored
          let r = unsafe wr.loadUnaligned(fromByteOffset: low, as: SIMD8<Float>.self)
          let i = unsafe wi.loadUnaligned(fromByteOffset: low, as: SIMD8<Float>.self)
          let (below, above) = body(a, b, r, i)
          unsafe z.storeBytes(of: below, toByteOffset: low, as: SIMD8<Float>.self)
          unsafe z.storeBytes(of: above.mirrored, toByteOffset: high, as: SIMD8<Float>.self)
          low &+= 32
          high &-= 32
        }
      }
    }
  }
}

/// Four interleaved complex numbers.
extension SIMD8<Float> {
  /// Imaginary parts before real ones.
  @inline(__always)
  fileprivate var swapped: Self { Self(self[1], self[0], self[3], self[2], self[5], self[4], self[7], self[6]) }

  /// The conjugates, the last one first. Numbers move as whole words of 64 bits, which is one instruction.
  @inline(__always)
  fileprivate var mirrored: Self {
    let words = unsafe unsafeBitCast(self, to: SIMD4<UInt64>.self)
    let sign = SIMD4<UInt64>(repeating: 1 << 63)
    return unsafe unsafeBitCast(SIMD4(words[3], words[2], words[1], words[0]) ^ sign, to: Self.self)
  }
}
