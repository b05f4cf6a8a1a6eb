// Elementary functions without branches, so that loops over them become SIMD code.

/// Adding and subtracting it rounds a double of magnitude below 2⁵¹ to an integer, halves to even; its low bits then hold the integer.
let roundingShift = 0x1.8p52

/// x · y + z rounded once, as a fused multiply-add: the product of two floats is exact in double precision.
@inline(__always)
private func fused(_ x: Float, _ y: Float, _ z: Float) -> Float { Float(Double(x) * Double(y) + Double(z)) }

/// The angle of x + iy within ±π, as `np.angle` of a complex64 number, to the last bit in 99 of 100 cases.
///
/// Over many frames a last bit of an angle decides how a sum of phases rounds, so that a truer angle would be another sound.
/// NumPy's single-precision `arctan2` on processors with AVX-512 behaves as a polynomial of the rounded quotient, even and odd
/// powers apart; the coefficients were fitted to its results. Within 4 units in the last place of the true angle.
@inline(__always)
func arcTangent(_ y: Float, _ x: Float) -> Float {
  let (a, b) = (x.magnitude, y.magnitude)
  let isSteep = b > a
  let large = isSteep ? b : a
  let q = (isSteep ? -a : b) / (large == 0 ? 1 : large)
  let z = q * q
  let w = z * z
  // The innermost terms weigh too little for their rounding to show.
  let even = fused((0.002_718_771_6 * w + 0.041_934_412) * w + 0.106_148_7, w, 0.199_919_2)
  let odd = fused((-0.015_573_07 * w - 0.074_444_123) * w - 0.141_975_28, w, -0.333_330_42)
  let slope = fused(odd, z, fused(even, w, 1))
  // π rounded to nearest; Swift's own constant is rounded towards 0.
  let angle = fused(slope, q, isSteep ? 1.570_796_4 : 0)
  let turned = x.sign == .minus ? 3.141_592_7 - angle : angle
  return y.sign == .minus ? -turned : turned
}

/// Sine and cosine of an angle of magnitude below 2²⁸, within a unit in the last place of 1.
@inline(__always)
func sineCosine(_ angle: Float) -> (sine: Float, cosine: Float) {
  let x = Double(angle)
  let shifted = x * (2 / .pi) + roundingShift
  let quarters = shifted - roundingShift
  // π/2 in two parts, the first of 32 bits, whose product with the number of quarter turns is exact.
  let r = Float((x - quarters * 0x1.921fb544p0) - quarters * 0x1.0b4611a626331p-34)
  let z = r * r
  let s = ((-0.000_195_17 * z + 0.008_332_18) * z - 0.166_666_55) * z * r + r
  let c = ((0.000_024_438_395 * z - 0.001_388_736_7) * z + 0.041_666_647) * z * z + (1 - 0.5 * z)
  let turn = UInt32(truncatingIfNeeded: shifted.bitPattern)
  let isOdd = turn & 1 != 0
  let sine = isOdd ? c : s
  let cosine = isOdd ? s : c
  return (
    Float(bitPattern: sine.bitPattern ^ ((turn & 2) << 30)),
    Float(bitPattern: cosine.bitPattern ^ (((turn &+ 1) & 2) << 30))
  )
}
