// The steps of `LaneTransform`, forward: each combines `radix` half-complex spectra of every group into one. With `ido` numbers a
// spectrum and `l1` groups, input c of group k lies at ido · (k + l1 · c), its output at ido · radix · k.
//
// Sums are written in pocketfft's order, on which their rounding depends.

typealias Lanes = UnsafeMutablePointer<Lane>
typealias Twiddles = UnsafePointer<Float>

@inline(__always)
func sumAndDifference(_ a: Lane, _ b: Lane) -> (Lane, Lane) { (a + b, a - b) }

/// (e + if) · (c − id), its real and imaginary part.
@inline(__always)
func rotated(_ e: Lane, _ f: Lane, _ c: Float, _ d: Float) -> (Lane, Lane) { (e * c + f * d, f * c - e * d) }

func forward2(_ ido: Int, _ l1: Int, _ from: Lanes, _ to: Lanes, _ w: Twiddles) {
  for k in 0..<l1 {
    let (x0, x1) = unsafe (from + ido * k, from + ido * (k + l1))
    let (y0, y1) = unsafe (to + ido * 2 * k, to + ido * (2 * k + 1))
    unsafe (y0[0], y1[ido - 1]) = unsafe sumAndDifference(x0[0], x1[0])
    if ido.isMultiple(of: 2) {
      unsafe y1[0] = unsafe -x1[ido - 1]
      unsafe y0[ido - 1] = unsafe x0[ido - 1]
    }
    for i in stride(from: 2, to: ido, by: 2) {
      let ic = ido - i
      let (tr, ti) = unsafe rotated(x1[i - 1], x1[i], w[i - 2], w[i - 1])
      unsafe (y0[i - 1], y1[ic - 1]) = unsafe sumAndDifference(x0[i - 1], tr)
      unsafe (y0[i], y1[ic]) = unsafe sumAndDifference(ti, x0[i])
    }
  }
}

func forward3(_ ido: Int, _ l1: Int, _ from: Lanes, _ to: Lanes, _ w: Twiddles) {
  let taui: Float = 0.866_025_403_784_438_6
  for k in 0..<l1 {
    let (x0, x1, x2) = unsafe (from + ido * k, from + ido * (k + l1), from + ido * (k + 2 * l1))
    let (y0, y1, y2) = unsafe (to + ido * 3 * k, to + ido * (3 * k + 1), to + ido * (3 * k + 2))
    let cr2 = unsafe x1[0] + x2[0]
    unsafe y2[0] = unsafe (x2[0] - x1[0]) * taui
    unsafe y1[ido - 1] = unsafe x0[0] + cr2 * -0.5
    unsafe y0[0] = unsafe x0[0] + cr2
    for i in stride(from: 2, to: ido, by: 2) {
      let ic = ido - i
      let (br, bi) = unsafe rotated(x1[i - 1], x1[i], w[i - 2], w[i - 1])
      let (cr, ci) = unsafe rotated(x2[i - 1], x2[i], w[ido + i - 3], w[ido + i - 2])
      let (sr, si) = (br + cr, bi + ci)
      let tr2 = unsafe x0[i - 1] + sr * -0.5
      let ti2 = unsafe x0[i] + si * -0.5
      unsafe y0[i - 1] = unsafe x0[i - 1] + sr
      unsafe y0[i] = unsafe x0[i] + si
      unsafe (y2[i - 1], y1[ic - 1]) = sumAndDifference(tr2, (bi - ci) * taui)
      unsafe (y2[i], y1[ic]) = sumAndDifference((cr - br) * taui, ti2)
    }
  }
}

/// - Parameter isHalfEmpty: Whether all inputs from the middle on are 0: adding them is left out.
func forward4(_ ido: Int, _ l1: Int, _ from: Lanes, _ to: Lanes, _ w: Twiddles, isHalfEmpty: Bool) {
  if isHalfEmpty && ido == 1 {
    for k in 0..<l1 {
      let (a, b) = unsafe (from[k], from[k + l1])
      let y = unsafe to + 4 * k
      unsafe y[0] = a + b
      unsafe y[1] = a
      unsafe y[2] = -b
      unsafe y[3] = a - b
    }
    return
  }
  let half: Float = 0.707_106_781_186_547_5
  for k in 0..<l1 {
    let (x0, x1) = unsafe (from + ido * k, from + ido * (k + l1))
    let (x2, x3) = unsafe (from + ido * (k + 2 * l1), from + ido * (k + 3 * l1))
    let y0 = unsafe to + ido * 4 * k
    let (y1, y2, y3) = unsafe (y0 + ido, y0 + 2 * ido, y0 + 3 * ido)
    let (tr1, imaginary) = unsafe sumAndDifference(x3[0], x1[0])
    let (tr2, real) = unsafe sumAndDifference(x0[0], x2[0])
    unsafe y2[0] = imaginary
    unsafe y1[ido - 1] = real
    unsafe (y0[0], y3[ido - 1]) = sumAndDifference(tr2, tr1)
    if ido.isMultiple(of: 2) {
      let ti1 = unsafe (x1[ido - 1] + x3[ido - 1]) * -half
      let tr1 = unsafe (x1[ido - 1] - x3[ido - 1]) * half
      unsafe (y0[ido - 1], y2[ido - 1]) = unsafe sumAndDifference(x0[ido - 1], tr1)
      unsafe (y3[0], y1[0]) = unsafe sumAndDifference(ti1, x2[ido - 1])
    }
    var i = 2
    while i < ido {
      let ic = ido - i
      let v = unsafe w + i
      let (cr2, ci2) = unsafe rotated(x1[i - 1], x1[i], v[-2], v[-1])
      let (cr3, ci3) = unsafe rotated(x2[i - 1], x2[i], v[ido - 3], v[ido - 2])
      let (cr4, ci4) = unsafe rotated(x3[i - 1], x3[i], v[2 * ido - 4], v[2 * ido - 3])
      let (tr1, tr4) = sumAndDifference(cr4, cr2)
      let (ti1, ti4) = sumAndDifference(ci2, ci4)
      let (tr2, tr3) = unsafe sumAndDifference(x0[i - 1], cr3)
      let (ti2, ti3) = unsafe sumAndDifference(x0[i], ci3)
      unsafe (y0[i - 1], y3[ic - 1]) = sumAndDifference(tr2, tr1)
      unsafe (y0[i], y3[ic]) = sumAndDifference(ti1, ti2)
      unsafe (y2[i - 1], y1[ic - 1]) = sumAndDifference(tr3, ti4)
      unsafe (y2[i], y1[ic]) = sumAndDifference(tr4, ti3)
      i += 2
    }
  }
}

func forward5(_ ido: Int, _ l1: Int, _ from: Lanes, _ to: Lanes, _ w: Twiddles) {
  let (c1, s1): (Float, Float) = (0.309_016_994_374_947_42, 0.951_056_516_295_153_57)
  let (c2, s2): (Float, Float) = (-0.809_016_994_374_947_42, 0.587_785_252_292_473_13)
  for k in 0..<l1 {
    let x0 = unsafe from + ido * k
    let (x1, x2) = unsafe (x0 + ido * l1, x0 + ido * 2 * l1)
    let (x3, x4) = unsafe (x0 + ido * 3 * l1, x0 + ido * 4 * l1)
    let y0 = unsafe to + ido * 5 * k
    let (y1, y2, y3, y4) = unsafe (y0 + ido, y0 + 2 * ido, y0 + 3 * ido, y0 + 4 * ido)
    let (cr2, ci5) = unsafe sumAndDifference(x4[0], x1[0])
    let (cr3, ci4) = unsafe sumAndDifference(x3[0], x2[0])
    let x = unsafe x0[0]
    unsafe y0[0] = x + cr2 + cr3
    unsafe y1[ido - 1] = x + cr2 * c1 + cr3 * c2
    unsafe y2[0] = ci5 * s1 + ci4 * s2
    unsafe y3[ido - 1] = x + cr2 * c2 + cr3 * c1
    unsafe y4[0] = ci5 * s2 - ci4 * s1
    for i in stride(from: 2, to: ido, by: 2) {
      let ic = ido - i
      let v = unsafe w + i
      let (br, bi) = unsafe rotated(x1[i - 1], x1[i], v[-2], v[-1])
      let (cr, ci) = unsafe rotated(x2[i - 1], x2[i], v[ido - 3], v[ido - 2])
      let (dr, di) = unsafe rotated(x3[i - 1], x3[i], v[2 * ido - 4], v[2 * ido - 3])
      let (er, ei) = unsafe rotated(x4[i - 1], x4[i], v[3 * ido - 5], v[3 * ido - 4])
      let (dr2, di5, di2, dr5) = (br + er, er - br, bi + ei, bi - ei)
      let (dr3, di4, di3, dr4) = (cr + dr, dr - cr, ci + di, ci - di)
      let (r, m) = unsafe (x0[i - 1], x0[i])
      unsafe y0[i - 1] = r + dr2 + dr3
      unsafe y0[i] = m + di2 + di3
      let (tr2, ti2) = (r + dr2 * c1 + dr3 * c2, m + di2 * c1 + di3 * c2)
      let (tr3, ti3) = (r + dr2 * c2 + dr3 * c1, m + di2 * c2 + di3 * c1)
      let (tr5, ti5) = (dr5 * s1 + dr4 * s2, di5 * s1 + di4 * s2)
      let (tr4, ti4) = (dr5 * s2 - dr4 * s1, di5 * s2 - di4 * s1)
      unsafe (y2[i - 1], y1[ic - 1]) = sumAndDifference(tr2, tr5)
      unsafe (y2[i], y1[ic]) = sumAndDifference(ti5, ti2)
      unsafe (y4[i - 1], y3[ic - 1]) = sumAndDifference(tr3, tr4)
      unsafe (y4[i], y3[ic]) = sumAndDifference(ti4, ti3)
    }
  }
}
