// Elementary functions without branches on whole vectors. Long chains of dependent steps keep a processor waiting: kernels that loop over
// them work on eight numbers at a time, and in two passes where a division comes first. The longest work on sixteen: a processor with
// vectors that wide has half as many instructions to get through, and others make two or four of each, no slower than of half as many.

/// Adding and subtracting it rounds a double of magnitude below 2⁵¹ to an integer, halves to even; its low bits then hold the integer.
let roundingShift = 0x1.8p52

private typealias Floats = SIMD8<Float>

extension SIMD where Scalar: BitwiseCopyable, Self: BitwiseCopyable {
  @inline(__always)
  static func load(_ pointer: UnsafePointer<Scalar>, _ index: Int) -> Self {
    unsafe UnsafeRawPointer(pointer + index).loadUnaligned(as: Self.self)
  }

  @inline(__always)
  func store(_ pointer: UnsafeMutablePointer<Scalar>, _ index: Int) {
    unsafe UnsafeMutableRawPointer(pointer + index).storeBytes(of: self, as: Self.self)
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
func binaryLogarithm(_ x: SIMD8<Double>) -> SIMD8<Double> {
  var bits = unsafe unsafeBitCast(x, to: SIMD8<UInt64>.self)
  // Of √½ and more the exponent is 0. It becomes a double as the low bits of 2⁵², less that.
  let above = bits &- 0x3FE6_A09E_667F_3BCD
  let exponent = unsafe unsafeBitCast((above &>> 52) ^ 0x4330_0000_0000_0800, to: SIMD8<Double>.self) - (0x1p52 + 2048)
  bits = bits &- (above & 0xFFF0_0000_0000_0000)
  let m = unsafe unsafeBitCast(bits, to: SIMD8<Double>.self)
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
func doubles(_ x: SIMD8<Float>) -> SIMD8<Double> {
  SIMD8(Double(x[0]), Double(x[1]), Double(x[2]), Double(x[3]), Double(x[4]), Double(x[5]), Double(x[6]), Double(x[7]))
}

@inline(__always)
func floats(_ x: SIMD8<Double>) -> SIMD8<Float> {
  SIMD8(Float(x[0]), Float(x[1]), Float(x[2]), Float(x[3]), Float(x[4]), Float(x[5]), Float(x[6]), Float(x[7]))
}

@inline(__always)
func floats(_ x: SIMD4<Double>) -> SIMD4<Float> { SIMD4(Float(x[0]), Float(x[1]), Float(x[2]), Float(x[3])) }

/// Sine and cosine of angles of magnitude below 2²⁸, within 2 units in the last place of 1, without the sign that both share; `sign`
/// holds that one. Angles come in halves of eight, as many doubles as a wide vector holds; the series are of sixteen floats.
@inline(__always)
func sineCosine(_ low: SIMD8<Double>, _ high: SIMD8<Double>) -> (
  sine: SIMD16<Float>, cosine: SIMD16<Float>, sign: SIMD16<UInt32>
) {
  let (a, b) = (halfTurns(low), halfTurns(high))
  let r = SIMD16<Float>(lowHalf: a.rest, highHalf: b.rest)
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
  return (s * r, c, SIMD16(lowHalf: a.turn, highHalf: b.turn) &<< 31)
}

/// An angle in half turns: what is left of it beside the nearest whole number, and the low bits of that.
@inline(__always)
private func halfTurns(_ angle: SIMD8<Double>) -> (rest: SIMD8<Float>, turn: SIMD8<UInt32>) {
  let halfTurns = angle * (1 / .pi)
  let shifted = halfTurns + roundingShift
  let turn = unsafe SIMD8<UInt32>(truncatingIfNeeded: unsafeBitCast(shifted, to: SIMD8<UInt64>.self))
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
