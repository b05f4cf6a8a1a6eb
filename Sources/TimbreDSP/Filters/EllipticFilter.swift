import RealModule

/// A complex number in double precision.
private struct Point {
  var re: Double
  var im: Double

  init(_ re: Double, _ im: Double = 0) {
    self.re = re
    self.im = im
  }

  var conjugate: Point { Point(re, -im) }
  var magnitude: Double { Double.hypot(re, im) }
  var squareRoot: Point {
    let size = magnitude
    let (a, b) = (((size + re) / 2).squareRoot(), (max(0, size - re) / 2).squareRoot())
    return Point(a, im < 0 ? -b : b)
  }

  static func + (a: Point, b: Point) -> Point { Point(a.re + b.re, a.im + b.im) }
  static func - (a: Point, b: Point) -> Point { Point(a.re - b.re, a.im - b.im) }
  static func * (a: Point, b: Point) -> Point { Point(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re) }
  static func / (a: Point, b: Point) -> Point {
    let size = b.re * b.re + b.im * b.im
    return Point((a.re * b.re + a.im * b.im) / size, (a.im * b.re - a.re * b.im) / size)
  }
}

/// y[n] = x[n] + b₁·x[n−1] + b₂·x[n−2] − a₁·y[n−1] − a₂·y[n−2]
struct SecondOrderSection: Sendable, Hashable {
  var b1: Double
  var b2: Double
  var a1: Double
  var a2: Double

  /// Its gain for a constant.
  var steadyGain: Double { (1 + b1 + b2) / (1 + a1 + a2) }
}

/// A filter as a cascade of sections after a gain.
struct SectionCascade: Sendable, Hashable {
  var gain: Double
  var sections: [SecondOrderSection]
}

/// An elliptic bandpass of the lowest order that keeps a ripple and an attenuation, by the bilinear transform:
/// `scipy.signal.iirdesign(…, ftype="ellip")`. Its sections are those of the same filter, perhaps in another order.
///
/// - Parameters:
///   - pass: Edges of the passband as shares of half the sample rate.
///   - stop: Edges of the stopband, around those of the passband and within 0 and 1.
///   - ripple: The largest loss in the passband, in dB.
///   - attenuation: The smallest loss in the stopband, in dB.
/// - Returns: nil where the demands are too hard to meet in double precision.
func ellipticBandpass(
  pass: ClosedRange<Double>, stop: ClosedRange<Double>, ripple: Double, attenuation: Double
) -> SectionCascade? {
  func warped(_ edge: Double) -> Double { .tan(.pi * edge / 2) }
  let (low, high) = (warped(pass.lowerBound), warped(pass.upperBound))
  let widths = [stop.lowerBound, stop.upperBound].map { edge in
    let w = warped(edge)
    return abs((w * w - low * high) / (w * (low - high)))
  }
  let selectivity = 1 / min(widths[0], widths[1])
  let tolerance = Double.expMinusOne(0.1 * ripple * .log(10)) / Double.expMinusOne(0.1 * attenuation * .log(10))
  let order = Double(
    ellipticK(selectivity * selectivity) * ellipticK(complement: tolerance)
      / (ellipticK(complement: selectivity * selectivity) * ellipticK(tolerance))
  ).rounded(.up)
  guard order >= 1, order <= 64 else { return nil }
  let prototype = ellipticPrototype(order: Int(order), ripple: ripple, tolerance: tolerance)
  // To a bandpass, then to discrete time at a rate of 2.
  let (width, center) = (4 * (high - low), 16 * low * high)
  func split(_ point: Point) -> [Point] {
    let half = point * Point(width / 2)
    let root = (half * half - Point(center)).squareRoot
    return [half + root, half - root]
  }
  let excess = prototype.poles.count - prototype.zeros.count
  let poles = prototype.poles.flatMap(split)
  let zeros = prototype.zeros.flatMap(split) + [Point](repeating: Point(0), count: excess)
  var gain = Point(prototype.gain * Double.pow(width, Double(excess)))
  for zero in zeros { gain = gain * (Point(4) - zero) }
  for pole in poles { gain = gain / (Point(4) - pole) }
  func mapped(_ point: Point) -> Point { (Point(4) + point) / (Point(4) - point) }
  let discreteZeros = zeros.map(mapped) + [Point](repeating: Point(-1), count: poles.count - zeros.count)
  let cascade = SectionCascade(gain: gain.re, sections: sections(zeros: discreteZeros, poles: poles.map(mapped)))
  let numbers = cascade.sections.flatMap { [$0.b1, $0.b2, $0.a1, $0.a2] } + [cascade.gain]
  return numbers.allSatisfy(\.isFinite) ? cascade : nil
}

/// Pairs poles with the zeros next to them, those nearest to the unit circle last.
private func sections(zeros: [Point], poles: [Point]) -> [SecondOrderSection] {
  /// Conjugate pairs by their upper member, and real roots two by two, as x² + c₁x + c₂.
  func quadratics(_ roots: [Point]) -> [(root: Point, c1: Double, c2: Double)] {
    let upper = roots.filter { $0.im > 1e-12 * $0.magnitude }
    let real = roots.filter { abs($0.im) <= 1e-12 * $0.magnitude }.map(\.re).sorted()
    let pairs = stride(from: 0, to: real.count - 1, by: 2).map { (real[$0], real[$0 + 1]) }
    return upper.map { ($0, -2 * $0.re, $0.re * $0.re + $0.im * $0.im) }
      + pairs.map { (Point(($0 + $1) / 2), -($0 + $1), $0 * $1) }
  }
  var free = quadratics(zeros)
  var made: [(radius: Double, section: SecondOrderSection)] = []
  for pole in quadratics(poles).sorted(by: { $0.c2 > $1.c2 }) {
    let nearest = free.indices.min { (free[$0].root - pole.root).magnitude < (free[$1].root - pole.root).magnitude }
    let zero = nearest.map { free.remove(at: $0) }
    made.append(
      (pole.c2, SecondOrderSection(b1: zero?.c1 ?? 0, b2: zero?.c2 ?? 0, a1: pole.c1, a2: pole.c2)))
  }
  return made.sorted { $0.radius < $1.radius }.map(\.section)
}

/// The elliptic lowpass of an order with its passband to 1 rad/s: `scipy.signal.ellipap`.
private func ellipticPrototype(
  order: Int, ripple: Double, tolerance: Double
) -> (zeros: [Point], poles: [Point], gain: Double) {
  let loss = Double.expMinusOne(0.1 * ripple * .log(10))
  if order == 1 {
    let pole = -(1 / loss).squareRoot()
    return ([], [Point(pole)], -pole)
  }
  let modulus = modulusOfDegree(order, tolerance)
  let quarter = ellipticK(modulus)
  let depth =
    quarter * inverseJacobiSC(1 / loss.squareRoot(), tolerance) / (Double(order) * ellipticK(tolerance))
  let v = jacobi(depth, 1 - modulus)
  var (zeros, poles): ([Point], [Point]) = ([], [])
  for j in stride(from: 1 - order % 2, to: order, by: 2) {
    let u = jacobi(Double(j) * quarter / Double(order), modulus)
    let scale = 1 - (u.dn * v.sn) * (u.dn * v.sn)
    let pole = Point(-(u.cn * u.dn * v.sn * v.cn) / scale, -(u.sn * v.dn) / scale)
    if j == 0 {
      poles.append(Point(pole.re))
    } else {
      poles += [pole, pole.conjugate]
      let zero = Point(0, 1 / (modulus.squareRoot() * u.sn))
      zeros += [zero, zero.conjugate]
    }
  }
  var gain = Point(1)
  for pole in poles { gain = gain * (Point(0) - pole) }
  for zero in zeros { gain = gain / (Point(0) - zero) }
  return (zeros, poles, order.isMultiple(of: 2) ? gain.re / (1 + loss).squareRoot() : gain.re)
}

/// The parameter m for which the ratio of quarter periods is `degree` times smaller than that of `m1`, by theta functions.
private func modulusOfDegree(_ degree: Int, _ m1: Double) -> Double {
  let nome = Double.exp(-.pi * ellipticK(complement: m1) / ellipticK(m1))
  let q = Double.pow(nome, 1 / Double(degree))
  var (above, below) = (0.0, 1.0)
  for k in 0...7 { above += Double.pow(q, Double(k * (k + 1))) }
  for k in 1...8 { below += 2 * Double.pow(q, Double(k * k)) }
  let ratio = above / below
  return 16 * q * ratio * ratio * ratio * ratio
}

/// The complete elliptic integral of the first kind of parameter m, by the arithmetic-geometric mean.
private func ellipticK(_ m: Double) -> Double { ellipticK(complement: 1 - m) }

/// The same of parameter 1 − m₁, for m₁ near 0.
private func ellipticK(complement m1: Double) -> Double {
  var (a, b) = (1.0, m1.squareRoot())
  guard b > 0 else { return .infinity }
  for _ in 0..<40 where abs(a - b) > 1e-16 * a { (a, b) = ((a + b) / 2, (a * b).squareRoot()) }
  return .pi / (a + b)
}

/// Jacobi's elliptic functions of parameter m, by descending Landen steps.
private func jacobi(_ u: Double, _ m: Double) -> (sn: Double, cn: Double, dn: Double) {
  var (a, c) = ([1.0], [m.squareRoot()])
  var b = (1 - m).squareRoot()
  while abs(c[c.count - 1] / a[a.count - 1]) > 1e-16, a.count < 16 {
    let last = a[a.count - 1]
    c.append((last - b) / 2)
    a.append((last + b) / 2)
    b = (last * b).squareRoot()
  }
  var phi = Double(1 << (a.count - 1)) * a[a.count - 1] * u
  var before = phi
  for index in stride(from: a.count - 1, to: 0, by: -1) {
    before = phi
    phi = (phi + .asin(c[index] / a[index] * .sin(phi))) / 2
  }
  let (sn, cn) = (Double.sin(phi), Double.cos(phi))
  let fold = Double.cos(phi - before)
  return (sn, cn, abs(fold) < 0.1 ? (1 - m * sn * sn).squareRoot() : cn / fold)
}

/// The real solution v of sc(v, 1 − m) = w, as SciPy finds it: the imaginary part of the inverse sn of i·w, by Landen steps.
private func inverseJacobiSC(_ w: Double, _ m: Double) -> Double {
  // sn(i·v | m) = i·sc(v | 1 − m): every step keeps the number imaginary, and √(1 − (k·iw)²) = √(1 + (k·w)²).
  var k = m.squareRoot()
  var quarter = Double.pi / 2
  var w = w
  for _ in 0..<10 where k > 0 {
    let complement = ((1 - k) * (1 + k)).squareRoot()
    let next = (1 - complement) / (1 + complement)
    w = 2 * w / ((1 + next) * (1 + (1 + k * w * k * w).squareRoot()))
    quarter *= 1 + next
    k = next
  }
  return quarter * 2 / .pi * .asinh(w)
}
