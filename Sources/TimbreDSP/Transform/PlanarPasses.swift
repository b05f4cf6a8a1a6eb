// What makes a complex transform of half the length into one of real samples, on real and imaginary parts that lie apart.

/// The spectrum X of real samples from Z, that of even + i · odd ones, both halved: X[k] = E + wᵏ O with E = Z[k] + conj Z[half − k]
/// and O = (Z[k] − conj Z[half − k]) / i. Four bins from below and four from above at a time. Writes Z[half].
func unravel(
  _ zr: UnsafeMutablePointer<Double>, _ zi: UnsafeMutablePointer<Double>, _ half: Int, _ wr: UnsafePointer<Double>,
  _ wi: UnsafePointer<Double>, _ xr: UnsafeMutablePointer<Float>, _ xi: UnsafeMutablePointer<Float>
) {
  unsafe zr[half] = zr[0]
  unsafe zi[half] = zi[0]
  for k in stride(from: 0, to: half / 2, by: 4) {
    let m = half - k - 3
    let (ar, ai) = unsafe (load4(zr + k), load4(zi + k))
    let (br, bi) = unsafe (load4(zr + m).reversed, load4(zi + m).reversed)
    let (cr, ci) = unsafe (load4(wr + k), load4(wi + k))
    let (er, ei, or, oi) = (ar + br, ai - bi, ai + bi, br - ar)
    let (tr, ti) = (cr * or - ci * oi, cr * oi + ci * or)
    unsafe store4(SIMD4<Float>(er + tr), xr + k)
    unsafe store4(SIMD4<Float>(ei + ti), xi + k)
    unsafe store4(SIMD4<Float>(er - tr).reversed, xr + m)
    unsafe store4(SIMD4<Float>(ti - ei).reversed, xi + m)
  }
  unsafe xr[half / 2] = Float(2 * zr[half / 2])
  unsafe xi[half / 2] = Float(-2 * zi[half / 2])
  // Without a sign: a negative real part must stand at +π.
  unsafe xi[0] = 0
  unsafe xi[half] = 0
}

/// The reverse: Z of even + i · odd samples, twice as large, from the spectrum X of real ones.
func ravel(
  _ xr: UnsafeMutablePointer<Float>, _ xi: UnsafeMutablePointer<Float>, _ half: Int, _ wr: UnsafePointer<Float>,
  _ wi: UnsafePointer<Float>, _ zr: UnsafeMutablePointer<Float>, _ zi: UnsafeMutablePointer<Float>
) {
  unsafe xi[0] = 0
  unsafe xi[half] = 0
  var k = 0
  while k + 8 <= half / 2 {
    let m = half - k - 7
    let (ar, ai) = unsafe (SIMD8.load(xr, k), SIMD8.load(xi, k))
    let (br, bi) = unsafe (SIMD8.load(xr, m).reversed, SIMD8.load(xi, m).reversed)
    let (cr, ci) = unsafe (SIMD8.load(wr, k), SIMD8.load(wi, k))
    let (er, ei, dr, di) = (ar + br, ai - bi, ar - br, ai + bi)
    let (or, oi) = (cr * dr - ci * di, cr * di + ci * dr)
    unsafe (er - oi).store(zr, k)
    unsafe (ei + or).store(zi, k)
    unsafe (er + oi).reversed.store(zr, m)
    unsafe (or - ei).reversed.store(zi, m)
    k &+= 8
  }
  // The last four from below and from above, where the length is an odd multiple of 16.
  if k < half / 2 {
    let m = half - k - 3
    let (ar, ai) = unsafe (load4(xr + k), load4(xi + k))
    let (br, bi) = unsafe (load4(xr + m).reversed, load4(xi + m).reversed)
    let (cr, ci) = unsafe (load4(wr + k), load4(wi + k))
    let (er, ei, dr, di) = (ar + br, ai - bi, ar - br, ai + bi)
    let (or, oi) = (cr * dr - ci * di, cr * di + ci * dr)
    unsafe store4(er - oi, zr + k)
    unsafe store4(ei + or, zi + k)
    unsafe store4((er + oi).reversed, zr + m)
    unsafe store4((or - ei).reversed, zi + m)
  }
  unsafe zr[half / 2] = 2 * xr[half / 2]
  unsafe zi[half / 2] = -2 * xi[half / 2]
}

extension SIMD4 {
  @inline(__always)
  var reversed: SIMD4 { SIMD4(self[3], self[2], self[1], self[0]) }
}

extension SIMD8 {
  @inline(__always)
  var reversed: SIMD8 { SIMD8(lowHalf: highHalf.reversed, highHalf: lowHalf.reversed) }
}
