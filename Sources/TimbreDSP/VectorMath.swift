// Elementary functions without branches, so that loops over them become SIMD code. Accurate to about 1e-11, so that a result
// rounded to single precision is the correctly rounded one nearly always.

/// Adding and subtracting it rounds a double of magnitude below 2⁵¹ to an integer, halves to even; its low bits then hold the integer.
let roundingShift = 0x1.8p52

/// The angle of x + iy within ±π, as `atan2`.
@inline(__always)
func arcTangent(_ y: Float, _ x: Float) -> Float {
  let (a, b) = (Double(x).magnitude, Double(y).magnitude)
  let (large, small) = (a > b ? a : b, a > b ? b : a)
  // Above tan(π/8), the angle from π/4 is smaller: one division either way.
  let isSteep = small > large * 0.414_213_562_373_095
  let numerator = isSteep ? small - large : small
  let denominator = isSteep ? small + large : large
  let t = numerator / (denominator == 0 ? 1 : denominator)
  let z = t * t
  var p = z * -0.037_701_681_562_353_186 + 0.069_770_020_195_248_37
  p = p * z - 0.089_932_165_590_487_86
  p = p * z + 0.111_035_348_356_519_86
  p = p * z - 0.142_853_912_547_588_95
  p = p * z + 0.199_999_931_887_554_88
  p = p * z - 0.333_333_332_783_830_15
  p = p * z + 0.999_999_999_999_271
  var angle = p * t + (isSteep ? .pi / 4 : 0)
  angle = b > a ? .pi / 2 - angle : angle
  angle = x.sign == .minus ? .pi - angle : angle
  return Float(y.sign == .minus ? -angle : angle)
}

/// Sine and cosine of an angle of magnitude below 2²⁸, rounded to single precision.
@inline(__always)
func sineCosine(_ angle: Float) -> (sine: Float, cosine: Float) {
  let x = Double(angle)
  let shifted = x * 0.636_619_772_367_581_343 + roundingShift
  let quarters = shifted - roundingShift
  // π/2 in three parts of 24 bits, whose products with the number of quarter turns are exact.
  var r = x - quarters * 1.570_796_251_296_997_070_31
  r -= quarters * 7.549_789_415_861_596_353_35e-08
  r -= quarters * 5.390_302_858_158_119_052_9e-15
  let z = r * r
  var s = z * 1.589_690_995_211_55e-10 - 2.505_076_025_340_686e-08
  s = s * z + 2.755_731_370_707_007e-06
  s = s * z - 1.984_126_982_985_795e-04
  s = s * z + 8.333_333_333_322_49e-03
  s = s * z - 1.666_666_666_666_663_2e-01
  s = s * z * r + r
  var c = z * -1.135_964_755_778_82e-11 + 2.087_572_321_298_175e-09
  c = c * z - 2.755_731_435_139_066e-07
  c = c * z + 2.480_158_728_947_673e-05
  c = c * z - 1.388_888_888_887_305_6e-03
  c = c * z + 4.166_666_666_666_659_5e-02
  c = c * z * z - 0.5 * z + 1
  let turn = shifted.bitPattern
  let isOdd = turn & 1 != 0
  let sine = isOdd ? c : s
  let cosine = isOdd ? s : c
  return (
    Float(Double(bitPattern: sine.bitPattern ^ ((turn & 2) << 62))),
    Float(Double(bitPattern: cosine.bitPattern ^ (((turn &+ 1) & 2) << 62)))
  )
}
