// The steps of `LaneTransform`, inverse: each takes the spectrum of every group apart into `radix`. With `ido` numbers a spectrum
// and `l1` groups, the input of group k lies at ido · radix · k, its output c at ido · (k + l1 · c).

func inverse2(_ ido: Int, _ l1: Int, _ from: Lanes, _ to: Lanes, _ w: Twiddles) {
  for k in 0..<l1 {
    let (x0, x1) = unsafe (from + ido * 2 * k, from + ido * (2 * k + 1))
    let (y0, y1) = unsafe (to + ido * k, to + ido * (k + l1))
    unsafe (y0[0], y1[0]) = unsafe sumAndDifference(x0[0], x1[ido - 1])
    if ido.isMultiple(of: 2) {
      unsafe y0[ido - 1] = unsafe x0[ido - 1] * 2
      unsafe y1[ido - 1] = unsafe x1[0] * -2
    }
    for i in stride(from: 2, to: ido, by: 2) {
      let ic = ido - i
      let (real, tr) = unsafe sumAndDifference(x0[i - 1], x1[ic - 1])
      let (ti, imaginary) = unsafe sumAndDifference(x0[i], x1[ic])
      unsafe y0[i - 1] = real
      unsafe y0[i] = imaginary
      unsafe (y1[i], y1[i - 1]) = unsafe rotated(ti, tr, w[i - 2], w[i - 1])
    }
  }
}

func inverse3(_ ido: Int, _ l1: Int, _ from: Lanes, _ to: Lanes, _ w: Twiddles) {
  let taui: Float = 0.866_025_403_784_438_6
  for k in 0..<l1 {
    let (x0, x1, x2) = unsafe (from + ido * 3 * k, from + ido * (3 * k + 1), from + ido * (3 * k + 2))
    let (y0, y1, y2) = unsafe (to + ido * k, to + ido * (k + l1), to + ido * (k + 2 * l1))
    let tr2 = unsafe x1[ido - 1] * 2
    let cr2 = unsafe x0[0] + tr2 * -0.5
    unsafe y0[0] = unsafe x0[0] + tr2
    unsafe (y2[0], y1[0]) = unsafe sumAndDifference(cr2, x2[0] * (2 * taui))
    for i in stride(from: 2, to: ido, by: 2) {
      let ic = ido - i
      let (ar, ai, br, bi) = unsafe (x2[i - 1], x2[i], x1[ic - 1], x1[ic])
      let (tr2, ti2) = (ar + br, ai - bi)
      let (cr2, ci2) = unsafe (x0[i - 1] + tr2 * -0.5, x0[i] + ti2 * -0.5)
      unsafe y0[i - 1] = unsafe x0[i - 1] + tr2
      unsafe y0[i] = unsafe x0[i] + ti2
      let (cr3, ci3) = ((ar - br) * taui, (ai + bi) * taui)
      let (dr3, dr2) = sumAndDifference(cr2, ci3)
      let (di2, di3) = sumAndDifference(ci2, cr3)
      unsafe (y1[i], y1[i - 1]) = unsafe rotated(di2, dr2, w[i - 2], w[i - 1])
      unsafe (y2[i], y2[i - 1]) = unsafe rotated(di3, dr3, w[ido + i - 3], w[ido + i - 2])
    }
  }
}

/// - Parameter needed: How many numbers of the output are read; the others may be left alone.
func inverse4(_ ido: Int, _ l1: Int, _ from: Lanes, _ to: Lanes, _ w: Twiddles, needed: Int) {
  // Groups of which more than the first output is read, then those of which only that is.
  let whole = needed > 2 * ido * l1 ? l1 : min(l1, max(0, needed - ido * l1 + ido - 1) / ido)
  let rows = min(l1, (needed + ido - 1) / ido)
  let root: Float = 1.414_213_562_373_095
  for k in 0..<whole {
    let x0 = unsafe from + ido * 4 * k
    let (x1, x2, x3) = unsafe (x0 + ido, x0 + 2 * ido, x0 + 3 * ido)
    let (y0, y1) = unsafe (to + ido * k, to + ido * (k + l1))
    let (y2, y3) = unsafe (to + ido * (k + 2 * l1), to + ido * (k + 3 * l1))
    let (tr2, tr1) = unsafe sumAndDifference(x0[0], x3[ido - 1])
    let tr3 = unsafe x1[ido - 1] * 2
    let tr4 = unsafe x2[0] * 2
    let last = unsafe (x0[ido - 1], x1[0], x2[ido - 1], x3[0])
    unsafe (y0[0], y2[0]) = sumAndDifference(tr2, tr3)
    unsafe (y3[0], y1[0]) = sumAndDifference(tr1, tr4)
    if ido.isMultiple(of: 2) {
      let (ti1, ti2) = sumAndDifference(last.3, last.1)
      let (tr2, tr1) = sumAndDifference(last.0, last.2)
      unsafe y0[ido - 1] = tr2 + tr2
      unsafe y1[ido - 1] = (tr1 - ti1) * root
      unsafe y2[ido - 1] = ti2 + ti2
      unsafe y3[ido - 1] = (tr1 + ti1) * -root
    }
    var i = 2
    while i < ido {
      let ic = ido - i
      let v = unsafe w + i
      let (tr2, tr1) = unsafe sumAndDifference(x0[i - 1], x3[ic - 1])
      let (ti1, ti2) = unsafe sumAndDifference(x0[i], x3[ic])
      let (tr4, ti3) = unsafe sumAndDifference(x2[i], x1[ic])
      let (tr3, ti4) = unsafe sumAndDifference(x2[i - 1], x1[ic - 1])
      let (real, cr3) = sumAndDifference(tr2, tr3)
      let (imaginary, ci3) = sumAndDifference(ti2, ti3)
      let (cr4, cr2) = sumAndDifference(tr1, tr4)
      let (ci2, ci4) = sumAndDifference(ti1, ti4)
      unsafe y0[i - 1] = real
      unsafe y0[i] = imaginary
      unsafe (y1[i], y1[i - 1]) = unsafe rotated(ci2, cr2, v[-2], v[-1])
      unsafe (y2[i], y2[i - 1]) = unsafe rotated(ci3, cr3, v[ido - 3], v[ido - 2])
      unsafe (y3[i], y3[i - 1]) = unsafe rotated(ci4, cr4, v[2 * ido - 4], v[2 * ido - 3])
      i += 2
    }
  }
  for k in min(whole, rows)..<rows {
    let x0 = unsafe from + ido * 4 * k
    let (x1, x2, x3) = unsafe (x0 + ido, x0 + 2 * ido, x0 + 3 * ido)
    let y0 = unsafe to + ido * k
    unsafe y0[0] = unsafe (x0[0] + x3[ido - 1]) + x1[ido - 1] * 2
    if ido.isMultiple(of: 2) {
      let tr2 = unsafe x0[ido - 1] + x2[ido - 1]
      unsafe y0[ido - 1] = tr2 + tr2
    }
    var i = 2
    while i < ido {
      let ic = ido - i
      unsafe y0[i - 1] = unsafe (x0[i - 1] + x3[ic - 1]) + (x2[i - 1] + x1[ic - 1])
      unsafe y0[i] = unsafe (x0[i] - x3[ic]) + (x2[i] - x1[ic])
      i += 2
    }
  }
}

func inverse5(_ ido: Int, _ l1: Int, _ from: Lanes, _ to: Lanes, _ w: Twiddles) {
  let (c1, s1): (Float, Float) = (0.309_016_994_374_947_42, 0.951_056_516_295_153_57)
  let (c2, s2): (Float, Float) = (-0.809_016_994_374_947_42, 0.587_785_252_292_473_13)
  for k in 0..<l1 {
    let x0 = unsafe from + ido * 5 * k
    let (x1, x2, x3, x4) = unsafe (x0 + ido, x0 + 2 * ido, x0 + 3 * ido, x0 + 4 * ido)
    let y0 = unsafe to + ido * k
    let (y1, y2) = unsafe (y0 + ido * l1, y0 + ido * 2 * l1)
    let (y3, y4) = unsafe (y0 + ido * 3 * l1, y0 + ido * 4 * l1)
    let ti5 = unsafe x2[0] + x2[0]
    let ti4 = unsafe x4[0] + x4[0]
    let tr2 = unsafe x1[ido - 1] + x1[ido - 1]
    let tr3 = unsafe x3[ido - 1] + x3[ido - 1]
    let x = unsafe x0[0]
    unsafe y0[0] = x + tr2 + tr3
    let (cr2, cr3) = (x + tr2 * c1 + tr3 * c2, x + tr2 * c2 + tr3 * c1)
    let (ci5, ci4) = (ti5 * s1 + ti4 * s2, ti5 * s2 - ti4 * s1)
    unsafe (y4[0], y1[0]) = sumAndDifference(cr2, ci5)
    unsafe (y3[0], y2[0]) = sumAndDifference(cr3, ci4)
    for i in stride(from: 2, to: ido, by: 2) {
      let ic = ido - i
      let v = unsafe w + i
      let (tr2, tr5) = unsafe sumAndDifference(x2[i - 1], x1[ic - 1])
      let (ti5, ti2) = unsafe sumAndDifference(x2[i], x1[ic])
      let (tr3, tr4) = unsafe sumAndDifference(x4[i - 1], x3[ic - 1])
      let (ti4, ti3) = unsafe sumAndDifference(x4[i], x3[ic])
      let (r, m) = unsafe (x0[i - 1], x0[i])
      unsafe y0[i - 1] = r + tr2 + tr3
      unsafe y0[i] = m + ti2 + ti3
      let (cr2, ci2) = (r + tr2 * c1 + tr3 * c2, m + ti2 * c1 + ti3 * c2)
      let (cr3, ci3) = (r + tr2 * c2 + tr3 * c1, m + ti2 * c2 + ti3 * c1)
      let (cr5, cr4) = (tr5 * s1 + tr4 * s2, tr5 * s2 - tr4 * s1)
      let (ci5, ci4) = (ti5 * s1 + ti4 * s2, ti5 * s2 - ti4 * s1)
      let (dr4, dr3) = sumAndDifference(cr3, ci4)
      let (di3, di4) = sumAndDifference(ci3, cr4)
      let (dr5, dr2) = sumAndDifference(cr2, ci5)
      let (di2, di5) = sumAndDifference(ci2, cr5)
      unsafe (y1[i], y1[i - 1]) = unsafe rotated(di2, dr2, v[-2], v[-1])
      unsafe (y2[i], y2[i - 1]) = unsafe rotated(di3, dr3, v[ido - 3], v[ido - 2])
      unsafe (y3[i], y3[i - 1]) = unsafe rotated(di4, dr4, v[2 * ido - 4], v[2 * ido - 3])
      unsafe (y4[i], y4[i - 1]) = unsafe rotated(di5, dr5, v[3 * ido - 5], v[3 * ido - 4])
    }
  }
}
