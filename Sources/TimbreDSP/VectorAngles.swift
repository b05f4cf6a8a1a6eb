private typealias Floats = SIMD16<Float>
private typealias Bits = SIMD16<UInt32>

extension SIMD16<Float> {
  @inline(__always)
  fileprivate var bits: SIMD16<UInt32> { unsafe unsafeBitCast(self, to: SIMD16<UInt32>.self) }

  @inline(__always)
  fileprivate init(bits: SIMD16<UInt32>) { self = unsafe unsafeBitCast(bits, to: SIMD16<Float>.self) }
}

/// The angles of complex numbers within ±π, as `np.angle` of complex64 numbers, to the last bit in 99 of 100 cases.
///
/// Over many frames a last bit of an angle decides how a sum of phases rounds, so that a truer angle would be another sound.
/// NumPy's single-precision `arctan2` on processors with AVX-512 behaves as a polynomial of the rounded quotient, even and odd
/// powers apart; the coefficients were fitted to its results. Within 4 units in the last place of the true angle.
/// - Parameter count: A multiple of 16.
func writeAngles(
  real: UnsafePointer<Float>, imaginary: UnsafePointer<Float>, into angles: UnsafeMutablePointer<Float>,
  scratch: UnsafeMutablePointer<Float>, count: Int
) {
  for index in stride(from: 0, to: count, by: 16) {
    let a = unsafe Floats(bits: Floats.load(real, index).bits & 0x7FFF_FFFF)
    let b = unsafe Floats(bits: Floats.load(imaginary, index).bits & 0x7FFF_FFFF)
    let isSteep = a .< b
    let steep = unsafe unsafeBitCast(isSteep, to: Bits.self)
    let large = a.replacing(with: b, where: isSteep)
    let small = b.replacing(with: a, where: isSteep)
    // 0 / 0 is to be 0.
    let least = Floats(repeating: .leastNonzeroMagnitude)
    let divisor = least.replacing(with: large, where: large .> least)
    unsafe (Floats(bits: small.bits ^ (steep & 0x8000_0000)) / divisor).store(angles, index)
    unsafe Floats(bits: steep & Float(1.570_796_4).bitPattern).store(scratch, index)
  }
  for index in stride(from: 0, to: count, by: 16) {
    let q = unsafe Floats.load(angles, index)
    let angle = unsafe arcTangent(q, from: Floats.load(scratch, index))
    let (x, y) = unsafe (Floats.load(real, index).bits, Floats.load(imaginary, index).bits)
    // π − angle left of the imaginary axis. π is rounded to nearest; Swift's own constant is rounded towards 0.
    let isLeft = unsafe unsafeBitCast(unsafeBitCast(x, to: SIMD16<Int32>.self) &>> 31, to: Bits.self)
    let turned = Floats(bits: angle.bits ^ (x & 0x8000_0000)) + Floats(bits: isLeft & Float(3.141_592_7).bitPattern)
    unsafe Floats(bits: turned.bits ^ (y & 0x8000_0000)).store(angles, index)
  }
}

/// `base` + arctan q for |q| ≤ 1. The innermost terms weigh too little for it to show that they are not fused.
@inline(__always)
private func arcTangent(_ q: SIMD16<Float>, from base: SIMD16<Float>) -> SIMD16<Float> {
  let z = q * q
  let w = z * z
  let e = (w * 0.002_718_771_6 + 0.041_934_412) * w + 0.106_148_7
  let o = (w * -0.015_573_07 - 0.074_444_123) * w - 0.141_975_28
  let even = fused(fused(e, w, plus: Floats(repeating: 0.199_919_2)), w, plus: Floats(repeating: 1))
  let odd = fused(o, w, plus: Floats(repeating: -0.333_330_42))
  return fused(fused(odd, z, plus: even), q, plus: base)
}

/// x · y + z, rounded once: the same bits on every processor.
@inline(__always)
func fused(_ x: SIMD16<Float>, _ y: SIMD16<Float>, plus z: SIMD16<Float>) -> SIMD16<Float> {
  #if TIMBRE_FMA || arch(arm64)
    z.addingProduct(x, y)
  #else
    SIMD16(
      lowHalf: fusedByDoubles(x.lowHalf, y.lowHalf, plus: z.lowHalf),
      highHalf: fusedByDoubles(x.highHalf, y.highHalf, plus: z.highHalf))
  #endif
}

/// The same where there is no instruction for it. A product of two floats is exact in double precision, so that rounding twice goes wrong
/// only where the first time ends halfway between two floats. Once in 2²⁹ numbers it seems to, and the library's slow function decides.
@inline(__always)
package func fusedByDoubles(_ x: SIMD8<Float>, _ y: SIMD8<Float>, plus z: SIMD8<Float>) -> SIMD8<Float> {
  let sum = doubles(x) * doubles(y) + doubles(z)
  // The bits that a float has no room for are in the lower half of each double. SSE2 compares words of 32 bits, not of 64.
  let lower = unsafe unsafeBitCast(SIMD8<UInt64>(repeating: 0x1FFF_FFFF), to: SIMD16<UInt32>.self)
  let beyond = unsafe unsafeBitCast(sum, to: SIMD16<UInt32>.self) & lower
  // `any` of a mask would go through it lane by lane.
  let halfway = unsafe unsafeBitCast(beyond .== SIMD16<UInt32>(repeating: 0x1000_0000), to: SIMD8<UInt64>.self)
  let four = halfway.lowHalf | halfway.highHalf
  let two = four.lowHalf | four.highHalf
  if two[0] | two[1] != 0 { return fusedByLanes(x, y, plus: z) }
  return floats(sum)
}

@inline(never)
private func fusedByLanes(_ x: SIMD8<Float>, _ y: SIMD8<Float>, plus z: SIMD8<Float>) -> SIMD8<Float> {
  var result = z
  for lane in 0..<8 { result[lane].addProduct(x[lane], y[lane]) }
  return result
}
