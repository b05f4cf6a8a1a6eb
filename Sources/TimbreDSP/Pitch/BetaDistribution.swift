import RealModule

/// The distribution function of the beta distribution, `scipy.stats.beta.cdf`: the regularised incomplete beta function, by its
/// continued fraction (Lentz's method), on the side of the mean where that converges fast. Within some 1e-14.
package func betaCumulative(_ x: Double, _ a: Double, _ b: Double) -> Double {
  if x <= 0 { return 0 }
  if x >= 1 { return 1 }
  let logFactor =
    .logGamma(a + b) - .logGamma(a) - .logGamma(b) + a * .log(x) + b * Double.log(onePlus: -x)
  let factor = Double.exp(logFactor)
  let value =
    x < (a + 1) / (a + b + 2)
    ? factor * betaFraction(x, a, b) / a : 1 - factor * betaFraction(1 - x, b, a) / b
  return value.isFinite ? min(1, max(0, value)) : (x < a / (a + b) ? 0 : 1)
}

private func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
  let least = 1e-300
  func kept(_ value: Double) -> Double { abs(value) < least ? least : value }
  var c = 1.0
  var d = 1 / kept(1 - (a + b) * x / (a + 1))
  var result = d
  // The number of terms grows with the root of the larger shape.
  for index in 1...20_000 {
    let m = Double(index)
    let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / kept(1 + even * d)
    c = kept(1 + even / c)
    result *= d * c
    let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / kept(1 + odd * d)
    c = kept(1 + odd / c)
    result *= d * c
    if abs(d * c - 1) < 1e-16 { break }
  }
  return result
}
