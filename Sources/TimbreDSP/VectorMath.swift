// Elementary functions without branches on whole vectors. Long chains of dependent steps keep a processor waiting: kernels that loop over
// them work on eight numbers at a time, and in two passes where a division comes first.

/// Adding and subtracting it rounds a double of magnitude below 2⁵¹ to an integer, halves to even; its low bits then hold the integer.
let roundingShift = 0x1.8p52

private typealias Floats = SIMD8<Float>
private typealias Doubles = SIMD8<Double>

extension SIMD8<Float> {
  @inline(__always)
  fileprivate var bits: SIMD8<UInt32> { unsafe unsafeBitCast(self, to: SIMD8<UInt32>.self) }

  @inline(__always)
  fileprivate init(bits: SIMD8<UInt32>) { self = unsafe unsafeBitCast(bits, to: SIMD8<Float>.self) }

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
func isAny(_ mask: SIMDMask<SIMD8<Int32>>) -> Bool {
  let words = unsafe unsafeBitCast(mask, to: SIMD4<UInt64>.self)
  return (words[0] | words[1]) | (words[2] | words[3]) != 0
}

/// One bit a lane, the first lane's lowest.
@inline(__always)
func laneBits(_ mask: SIMDMask<SIMD8<Int32>>) -> UInt32 {
  let words = unsafe unsafeBitCast(mask, to: SIMD8<UInt32>.self)
  let lanes = words & SIMD8(1, 2, 4, 8, 16, 32, 64, 128)
  let half = lanes.lowHalf | lanes.highHalf
  let pair = half.lowHalf | half.highHalf
  return pair.x | pair.y
}

@inline(__always)
func load4<Scalar>(_ pointer: UnsafePointer<Scalar>) -> SIMD4<Scalar> where Scalar: SIMDScalar {
  unsafe UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Scalar>.self)
}

@inline(__always)
func store4<Scalar>(_ values: SIMD4<Scalar>, _ pointer: UnsafeMutablePointer<Scalar>) where Scalar: SIMDScalar {
  unsafe UnsafeMutableRawPointer(pointer).storeBytes(of: values, as: SIMD4<Scalar>.self)
}

/// log₂ of positive normal numbers, to about 2 units in the last place; exact for powers of two.
///
/// x = m · 2ᵉ with m in [√½, √2); log m = 2 artanh(s), s = (m − 1)/(m + 1), by its series.
@inline(__always)
func binaryLogarithm(_ x: SIMD4<Double>) -> SIMD4<Double> {
  var bits = unsafe unsafeBitCast(x, to: SIMD4<UInt64>.self)
  // Of √½ and more the exponent is 0. It becomes a double as the low bits of 2⁵², less that.
  let above = bits &- 0x3FE6_A09E_667F_3BCD
  let exponent = unsafe unsafeBitCast((above &>> 52) ^ 0x4330_0000_0000_0800, to: SIMD4<Double>.self) - (0x1p52 + 2048)
  bits = bits &- (above & 0xFFF0_0000_0000_0000)
  let m = unsafe unsafeBitCast(bits, to: SIMD4<Double>.self)
  let s = (m - 1) / (m + 1)
  let z = s * s
  // 1/(2n + 1); |s| ≤ 0.1716, so what is left out is below 1e-17.
  var series = z * (1.0 / 21) + 1.0 / 19
  series = series * z + 1.0 / 17
  series = series * z + 1.0 / 15
  series = series * z + 1.0 / 13
  series = series * z + 1.0 / 11
  series = series * z + 1.0 / 9
  series = series * z + 1.0 / 7
  series = series * z + 1.0 / 5
  series = series * z + 1.0 / 3
  series = series * z + 1
  return exponent + s * series * 2.885_390_081_777_926_8
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
/// - Parameter count: A multiple of 8.
func writeAngles(
  real: UnsafePointer<Float>, imaginary: UnsafePointer<Float>, into angles: UnsafeMutablePointer<Float>,
  scratch: UnsafeMutablePointer<Float>, count: Int
) {
  for index in stride(from: 0, to: count, by: 8) {
    let a = unsafe Floats(bits: Floats.load(real, index).bits & 0x7FFF_FFFF)
    let b = unsafe Floats(bits: Floats.load(imaginary, index).bits & 0x7FFF_FFFF)
    let isSteep = a .< b
    let steep = unsafe unsafeBitCast(isSteep, to: SIMD8<UInt32>.self)
    let large = a.replacing(with: b, where: isSteep)
    let small = b.replacing(with: a, where: isSteep)
    // 0 / 0 is to be 0.
    let least = Floats(repeating: .leastNonzeroMagnitude)
    let divisor = least.replacing(with: large, where: large .> least)
    unsafe (Floats(bits: small.bits ^ (steep & 0x8000_0000)) / divisor).store(angles, index)
    unsafe Floats(bits: steep & Float(1.570_796_4).bitPattern).store(scratch, index)
  }
  for index in stride(from: 0, to: count, by: 8) {
    let q = unsafe Floats.load(angles, index)
    let angle = unsafe arcTangent(q, from: Floats.load(scratch, index))
    let (x, y) = unsafe (Floats.load(real, index).bits, Floats.load(imaginary, index).bits)
    // π − angle left of the imaginary axis. π is rounded to nearest; Swift's own constant is rounded towards 0.
    let isLeft = unsafe unsafeBitCast(unsafeBitCast(x, to: SIMD8<Int32>.self) &>> 31, to: SIMD8<UInt32>.self)
    let turned = Floats(bits: angle.bits ^ (x & 0x8000_0000)) + Floats(bits: isLeft & Float(3.141_592_7).bitPattern)
    unsafe Floats(bits: turned.bits ^ (y & 0x8000_0000)).store(angles, index)
  }
}

/// `base` + arctan q for |q| ≤ 1. The last steps are fused multiply-adds, x · y + z rounded once: the product of two floats is exact in
/// double precision. The innermost terms weigh too little for their rounding to show.
@inline(__always)
private func arcTangent(_ q: SIMD8<Float>, from base: SIMD8<Float>) -> SIMD8<Float> {
  let z = q * q
  let w = z * z
  let fourth = Doubles(w)
  let e = (w * 0.002_718_771_6 + 0.041_934_412) * w + 0.106_148_7
  let o = (w * -0.015_573_07 - 0.074_444_123) * w - 0.141_975_28
  let even = Doubles(Floats(Doubles(e) * fourth + Double(Float(0.199_919_2))))
  let odd = Doubles(Floats(Doubles(o) * fourth + Double(Float(-0.333_330_42))))
  // Numbers of a known binade (1 ..< 2, then ½ ..< 1) round to single precision by a shift, sooner than by converting.
  let shift = 0x1.8p29
  let one = (even * fourth + (shift + 1)) - shift
  let slope = (odd * Doubles(z) + one + shift / 2) - shift / 2
  return Floats(slope * Doubles(q) + Doubles(base))
}

/// Sine and cosine of angles of magnitude below 2²⁸, within 2 units in the last place of 1, without the sign that both share; `sign`
/// holds that one. Angles come in halves of four, as many doubles as a vector holds; the series are of eight floats.
@inline(__always)
func sineCosine(_ low: SIMD4<Double>, _ high: SIMD4<Double>) -> (
  sine: SIMD8<Float>, cosine: SIMD8<Float>, sign: SIMD8<UInt32>
) {
  let (a, b) = (halfTurns(low), halfTurns(high))
  let r = Floats(lowHalf: a.rest, highHalf: b.rest)
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
  return (s * r, c, SIMD8(lowHalf: a.turn, highHalf: b.turn) &<< 31)
}

/// An angle in half turns: what is left of it beside the nearest whole number, and the low bits of that.
@inline(__always)
private func halfTurns(_ angle: SIMD4<Double>) -> (rest: SIMD4<Float>, turn: SIMD4<UInt32>) {
  let halfTurns = angle * (1 / .pi)
  let shifted = halfTurns + roundingShift
  let turn = unsafe SIMD4<UInt32>(truncatingIfNeeded: unsafeBitCast(shifted, to: SIMD4<UInt64>.self))
  return (floats(halfTurns - (shifted - roundingShift)), turn)
}

/// Writes magnitudes of `count` complex numbers, a multiple of 8.
func writeMagnitudes(
  real: UnsafePointer<Float>, imaginary: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, count: Int
) {
  var largest = Floats(repeating: 0)
  for index in stride(from: 0, to: count, by: 8) {
    let (re, im) = unsafe (Floats.load(real, index), Floats.load(imaginary, index))
    let sum = re * re + im * im
    largest.replace(with: sum, where: sum .> largest)
    unsafe sum.squareRoot().store(target, index)
  }
  // Squares of very quiet or very loud numbers leave the range of single precision; such frames are rare.
  if largest.max() > 1e-20, largest.max() < 1e30 { return }
  for index in 0..<count {
    let (re, im) = unsafe (Double(real[index]), Double(imaginary[index]))
    unsafe target[index] = Float((re * re + im * im).squareRoot())
  }
}
