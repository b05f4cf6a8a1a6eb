// Logarithm and exponential in double precision, without branches, so that loops over them become SIMD code. Their relative
// error stays below 1e-12, which is far below the single precision that results are kept in.

/// log x of a positive normal number.
///
/// x = m · 2ᵉ with m in [√½, √2); log m = 2 artanh s, s = (m − 1)/(m + 1), by its series.
@inline(__always)
func fastLog(_ x: Double) -> Double {
  let bits = x.bitPattern
  // Half of √2's mantissa below: the exponent rounds so that m lies around 1. It is kept 1024 too large, and so without a sign: not
  // every processor shifts vectors of signed 64-bit integers.
  let bias: UInt64 = 1024 << 52
  let exponent = (bits &+ bias &- 0x3FE6_A09E_667F_3BCD) &>> 52
  let m = Double(bitPattern: bits &+ bias &- (exponent &<< 52))
  let s = (m - 1) / (m + 1)
  let z = s * s
  // 2 Σ z^k / (2k + 1); s² ≤ 0.0295, so that what is left out is below 1e-14.
  var series = z * (2.0 / 17) + 2.0 / 15
  series = series * z + 2.0 / 13
  series = series * z + 2.0 / 11
  series = series * z + 2.0 / 9
  series = series * z + 2.0 / 7
  series = series * z + 2.0 / 5
  series = series * z + 2.0 / 3
  series = series * z + 2
  // The low bits of 2⁵² take in a small integer, and taking 2⁵² away again leaves the integer.
  let power = Double(bitPattern: exponent | 0x4330_0000_0000_0000) - (0x1p52 + 1024)
  return power * 0.693_147_180_559_945_3 + s * series
}

/// eˣ, for x from −700 to 700; what lies beyond is taken as the nearer of these.
@inline(__always)
func fastExp(_ x: Double) -> Double {
  let low = x < -700 ? -700 : x
  let clamped = low > 700 ? 700 : low
  let shifted = clamped * 1.442_695_040_888_963_4 + roundingShift
  let whole = shifted - roundingShift
  let r = (clamped - whole * 0x1.62e42feep-1) - whole * 0x1.a39ef35793c76p-33
  // Σ rᵏ / k!; |r| ≤ 0.3466, so that what is left out is below 1e-14.
  var series = r * (1.0 / 39_916_800) + 1.0 / 3_628_800
  series = series * r + 1.0 / 362_880
  series = series * r + 1.0 / 40_320
  series = series * r + 1.0 / 5_040
  series = series * r + 1.0 / 720
  series = series * r + 1.0 / 120
  series = series * r + 1.0 / 24
  series = series * r + 1.0 / 6
  series = series * r + 0.5
  series = series * r + 1
  series = series * r + 1
  let scale = Double(bitPattern: (shifted.bitPattern &+ 1023) &<< 52)
  return series * scale
}
