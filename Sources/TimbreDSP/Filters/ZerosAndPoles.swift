import RealModule

/// A point of the complex plane: a zero or a pole of a filter.
struct Root: Hashable, Sendable {
  var real, imaginary: Double

  init(_ real: Double, _ imaginary: Double = 0) {
    self.real = real
    self.imaginary = imaginary
  }

  /// On the unit circle.
  init(angle: Double) { self.init(Double.cos(angle), Double.sin(angle)) }

  var conjugate: Root { Root(real, -imaginary) }
  var magnitude: Double { Double.hypot(real, imaginary) }
  var isReal: Bool { imaginary == 0 }

  /// The principal square root.
  var squareRoot: Root {
    let size = magnitude
    let along = ((size + abs(real)) / 2).squareRoot()
    guard along > 0 else { return Root(0) }
    let across = abs(imaginary) / 2 / along
    let (x, y) = real >= 0 ? (along, across) : (across, along)
    return Root(x, imaginary.sign == .minus ? -y : y)
  }

  static prefix func - (a: Root) -> Root { Root(-a.real, -a.imaginary) }
  static func + (a: Root, b: Root) -> Root { Root(a.real + b.real, a.imaginary + b.imaginary) }
  static func - (a: Root, b: Root) -> Root { Root(a.real - b.real, a.imaginary - b.imaginary) }
  static func * (a: Root, b: Root) -> Root {
    Root(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }
  static func * (a: Double, b: Root) -> Root { Root(a * b.real, a * b.imaginary) }
  static func / (a: Root, b: Root) -> Root {
    let product = a * b.conjugate
    let square = b.real * b.real + b.imaginary * b.imaginary
    return Root(product.real / square, product.imaginary / square)
  }
}

/// A filter as the roots of its numerator and denominator: gain · Π(x − zero) / Π(x − pole). Complex roots come with their conjugates.
struct ZerosAndPoles: Sendable {
  var zeros: [Root]
  var poles: [Root]
  var gain: Double

  /// The analogue low-pass with its edge at 1 rad/s, moved to `edge`: `lp2lp_zpk`.
  func lowPass(to edge: Double) -> ZerosAndPoles {
    ZerosAndPoles(
      zeros: zeros.map { edge * $0 }, poles: poles.map { edge * $0 },
      gain: gain * Double.pow(edge, poles.count - zeros.count))
  }

  /// …turned into a high-pass: `lp2hp_zpk`.
  func highPass(from edge: Double) -> ZerosAndPoles {
    ZerosAndPoles(
      zeros: zeros.map { Root(edge) / $0 } + Array(repeating: Root(0), count: poles.count - zeros.count),
      poles: poles.map { Root(edge) / $0 }, gain: gain * Self.quotient(zeros.map(-), poles.map(-)))
  }

  /// …turned into a band-pass of `width` around `centre`, the geometric mean of its edges: `lp2bp_zpk`.
  func bandPass(centre: Double, width: Double) -> ZerosAndPoles {
    func both(_ roots: [Root]) -> [Root] {
      let scaled = roots.map { width / 2 * $0 }
      let offsets = scaled.map { ($0 * $0 - Root(centre * centre)).squareRoot }
      return zip(scaled, offsets).map { $0 + $1 } + zip(scaled, offsets).map { $0 - $1 }
    }
    let degree = poles.count - zeros.count
    return ZerosAndPoles(
      zeros: both(zeros) + Array(repeating: Root(0), count: degree), poles: both(poles),
      gain: gain * Double.pow(width, degree))
  }

  /// The digital filter, by the bilinear transform at a sample rate of 2: `bilinear_zpk(…, fs=2)`.
  var bilinear: ZerosAndPoles {
    func turned(_ roots: [Root]) -> [Root] { roots.map { (Root(4) + $0) / (Root(4) - $0) } }
    return ZerosAndPoles(
      zeros: turned(zeros) + Array(repeating: Root(-1), count: poles.count - zeros.count), poles: turned(poles),
      gain: gain * Self.quotient(zeros.map { Root(4) - $0 }, poles.map { Root(4) - $0 }))
  }

  /// The real part of Π above / Π below, factor by factor so that nothing overflows.
  private static func quotient(_ above: [Root], _ below: [Root]) -> Double {
    var result = Root(1)
    for index in below.indices { result = (index < above.count ? result * above[index] : result) / below[index] }
    return result.real
  }

  /// The digital filter in sections, each pole with its nearest zeros, the sharpest pole last: `zpk2sos(pairing="nearest")`.
  ///
  /// There may be no more zeros than poles.
  var sections: SecondOrderSections {
    precondition(zeros.count <= poles.count, "no more zeros than poles")
    // A first-order section is one of second order with a zero and a pole at the origin.
    let even = poles.count + poles.count % 2
    var poles = Self.upperHalf(poles + Array(repeating: Root(0), count: even - poles.count))
    var zeros = Self.upperHalf(zeros + Array(repeating: Root(0), count: even - zeros.count))
    var sections: [SecondOrderSections.Section] = []
    while let pole = Self.takeFirst(from: &poles, by: { abs(1 - $0.magnitude) }) {
      let partner =
        pole.isReal ? Self.takeFirst(from: &poles, onlyReal: true, by: { abs(1 - $0.magnitude) }) : pole.conjugate
      let zero = Self.takeFirst(from: &zeros, by: { ($0 - pole).magnitude }) ?? Root(0)
      let other =
        zero.isReal ? Self.takeFirst(from: &zeros, onlyReal: true, by: { ($0 - pole).magnitude }) : zero.conjugate
      let (above, below) = (Self.polynomial(zero, other ?? Root(0)), Self.polynomial(pole, partner ?? Root(0)))
      sections.append(.init(b0: 1, b1: above.linear, b2: above.constant, a1: below.linear, a2: below.constant))
    }
    sections.reverse()
    if !sections.isEmpty {
      sections[0].b0 *= gain
      sections[0].b1 *= gain
      sections[0].b2 *= gain
    }
    return SecondOrderSections(sections)
  }

  /// The real roots, and of each conjugate pair the one above the real axis.
  private static func upperHalf(_ roots: [Root]) -> [Root] {
    roots.compactMap { root in
      if abs(root.imaginary) <= 100 * Double.ulpOfOne * root.magnitude { return Root(root.real) }
      return root.imaginary > 0 ? root : nil
    }
  }

  /// Removes and returns the root of the smallest `measure`; nil where there is none.
  private static func takeFirst(
    from roots: inout [Root], onlyReal: Bool = false, by measure: (Root) -> Double
  ) -> Root? {
    let candidates = roots.indices.filter { !onlyReal || roots[$0].isReal }
    return candidates.min { measure(roots[$0]) < measure(roots[$1]) }.map { roots.remove(at: $0) }
  }

  /// (x − a)(x − b) = x² + linear · x + constant, for two real roots or a conjugate pair.
  private static func polynomial(_ a: Root, _ b: Root) -> (linear: Double, constant: Double) {
    (-(a.real + b.real), (a * b).real)
  }
}
