// Elementary functions without branches on whole vectors of four: as many as the registers of any x86-64 processor hold, so that the steps of
// one iteration stay in them, while the processor itself begins the next one.

/// Adding and subtracting it rounds a double of magnitude below 2⁵¹ to an integer, halves to even; its low bits then hold the integer.
let roundingShift = 0x1.8p52

private typealias Floats = SIMD4<Float>

extension SIMD4<Float> {
  @inline(__always)
  fileprivate var bits: SIMD4<UInt32> { unsafe unsafeBitCast(self, to: SIMD4<UInt32>.self) }

  @inline(__always)
  fileprivate init(bits: SIMD4<UInt32>) { self = unsafe unsafeBitCast(bits, to: SIMD4<Float>.self) }
}

extension SIMD8<Float> {
  @inline(__always)
  static func load(_ pointer: UnsafePointer<Float>, _ index: Int) -> SIMD8<Float> {
    unsafe UnsafeRawPointer(pointer + index).loadUnaligned(as: SIMD8<Float>.self)
  }

  @inline(__always)
  func store(_ pointer: UnsafeMutablePointer<Float>, _ index: Int) {
    unsafe UnsafeMutableRawPointer(pointer + index).storeBytes(of: self, as: SIMD8<Float>.self)
  }
}

@inline(__always)
func load4<Scalar>(_ pointer: UnsafePointer<Scalar>) -> SIMD4<Scalar> where Scalar: SIMDScalar {
  unsafe UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Scalar>.self)
}

@inline(__always)
func store4<Scalar>(_ values: SIMD4<Scalar>, _ pointer: UnsafeMutablePointer<Scalar>) where Scalar: SIMDScalar {
  unsafe UnsafeMutableRawPointer(pointer).storeBytes(of: values, as: SIMD4<Scalar>.self)
}

/// Number by number: the compiler leaves the library's own conversion of vectors a call.
@inline(__always)
func doubles(_ x: SIMD4<Float>) -> SIMD4<Double> {
  SIMD4(Double(x[0]), Double(x[1]), Double(x[2]), Double(x[3]))
}

@inline(__always)
func floats(_ x: SIMD4<Double>) -> SIMD4<Float> { SIMD4(Float(x[0]), Float(x[1]), Float(x[2]), Float(x[3])) }

/// The angles of complex numbers within ±π, as `np.angle` of complex64 numbers, to the last bit in 99 of 100 cases.
///
/// Over many frames a last bit of an angle decides how a sum of phases rounds, so that a truer angle would be another sound.
/// NumPy's single-precision `arctan2` on processors with AVX-512 behaves as a polynomial of the rounded quotient, even and odd
/// powers apart; the coefficients were fitted to its results. Within 4 units in the last place of the true angle.
/// - Parameter count: A multiple of 4.
/// - Returns: The largest squared magnitude.
private func writeAnglesAndMagnitudes(
  real: UnsafePointer<Float>, imaginary: UnsafePointer<Float>, angles: UnsafeMutablePointer<Float>,
  magnitudes: UnsafeMutablePointer<Float>, count: Int
) -> Float {
  var largest = Floats(repeating: 0)
  var index = 0
  while index < count {
    let (re, im) = unsafe (load4(real + index), load4(imaginary + index))
    let sum = re * re + im * im
    largest.replace(with: sum, where: sum .> largest)
    unsafe store4(sum.squareRoot(), magnitudes + index)
    let (x, y) = (re.bits, im.bits)
    let (a, b) = (x & 0x7FFF_FFFF, y & 0x7FFF_FFFF)
    let steep = unsafe unsafeBitCast(Floats(bits: a) .< Floats(bits: b), to: SIMD4<UInt32>.self)
    let exchange = (a ^ b) & steep
    let large = Floats(bits: a ^ exchange)
    // 0 / 0 is to be 0.
    let least = Floats(repeating: .leastNonzeroMagnitude)
    let divisor = least.replacing(with: large, where: large .> least)
    let quotient = Floats(bits: b ^ exchange ^ (steep & 0x8000_0000)) / divisor
    let angle = arcTangent(quotient, from: Floats(bits: steep & Float(1.570_796_4).bitPattern))
    // π − angle left of the imaginary axis. π is rounded to nearest; Swift's own constant is rounded towards 0.
    let isLeft = unsafe unsafeBitCast(unsafeBitCast(x, to: SIMD4<Int32>.self) &>> 31, to: SIMD4<UInt32>.self)
    let turned = Floats(bits: angle.bits ^ (x & 0x8000_0000)) + Floats(bits: isLeft & Float(3.141_592_7).bitPattern)
    unsafe store4(Floats(bits: turned.bits ^ (y & 0x8000_0000)), angles + index)
    index &+= 4
  }
  return largest.max()
}

/// Angles as above, and magnitudes.
func writePolar(
  real: UnsafePointer<Float>, imaginary: UnsafePointer<Float>, angles: UnsafeMutablePointer<Float>,
  magnitudes: UnsafeMutablePointer<Float>, count: Int
) {
  let largest = unsafe writeAnglesAndMagnitudes(
    real: real, imaginary: imaginary, angles: angles, magnitudes: magnitudes, count: count)
  // Squares of very quiet or very loud numbers leave the range of single precision; such frames are rare.
  if largest > 1e-20, largest < 1e30 { return }
  for index in 0..<count {
    let (re, im) = unsafe (Double(real[index]), Double(imaginary[index]))
    unsafe magnitudes[index] = Float((re * re + im * im).squareRoot())
  }
}

/// `base` + arctan q for |q| ≤ 1. The last steps are fused multiply-adds, x · y + z rounded once: the product of two floats is exact in
/// double precision. The innermost terms weigh too little for their rounding to show.
@inline(__always)
private func arcTangent(_ q: SIMD4<Float>, from base: SIMD4<Float>) -> SIMD4<Float> {
  let z = q * q
  let w = z * z
  let fourth = doubles(w)
  let e = (w * 0.002_718_771_6 + 0.041_934_412) * w + 0.106_148_7
  let o = (w * -0.015_573_07 - 0.074_444_123) * w - 0.141_975_28
  let even = doubles(floats(doubles(e) * fourth + Double(Float(0.199_919_2))))
  let odd = doubles(floats(doubles(o) * fourth + Double(Float(-0.333_330_42))))
  // Numbers of a known binade (1 ..< 2, then ½ ..< 1) round to single precision by a shift, sooner than by converting.
  let shift = 0x1.8p29
  let one = (even * fourth + (shift + 1)) - shift
  let slope = (odd * doubles(z) + one + shift / 2) - shift / 2
  return floats(slope * doubles(q) + doubles(base))
}

/// Sine and cosine of angles of magnitude below 2²⁸, within 2 units in the last place of 1, without the sign that both share; `sign`
/// holds that one.
@inline(__always)
func sineCosine(_ angle: SIMD4<Double>) -> (sine: SIMD4<Float>, cosine: SIMD4<Float>, sign: SIMD4<UInt32>) {
  let halfTurns = angle * (1 / .pi)
  let shifted = halfTurns + roundingShift
  let r = floats(halfTurns - (shifted - roundingShift))
  let z = r * r
  // Least maximal errors over a quarter turn to either side: 5e-9 and 2e-10.
  var s = z * 0.077_560_39 - 0.598_242_1
  s = s * z + 2.550_069_8
  s = s * z - 5.167_71
  s = s * z + 3.141_592_7
  var c = z * -0.024_396_718 + 0.234_937_57
  c = c * z - 1.335_212_1
  c = c * z + 4.058_709
  c = c * z - 4.934_802
  c = c * z + 1
  let turn = unsafe SIMD4<UInt32>(truncatingIfNeeded: unsafeBitCast(shifted, to: SIMD4<UInt64>.self))
  return (s * r, c, turn &<< 31)
}
