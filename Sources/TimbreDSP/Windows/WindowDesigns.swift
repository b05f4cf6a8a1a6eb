import RealModule

/// Windows that are designed rather than written down: each returns all of its `count` values, symmetric.
enum WindowDesigns {
  /// Dolph and Chebyshev's window, whose sidelobes all lie `attenuation` dB under the main lobe: `scipy.signal.windows.chebwin`.
  static func chebyshev(attenuation: Double, count: Int) -> [Double] {
    let order = Double(count - 1)
    let beta = Double.cosh(Double.acosh(Double.pow(10, abs(attenuation) / 20)) / order)
    let isOdd = !count.isMultiple(of: 2)
    // The window's transform is a Chebyshev polynomial of the cosine.
    let spectrum = (0..<count).map { index in
      let x = beta * .cos(.pi * Double(index) / Double(count))
      if x > 1 { return Double.cosh(order * .acosh(x)) }
      if x < -1 { return (isOdd ? 1 : -1) * Double.cosh(order * .acosh(-x)) }
      return .cos(order * .acos(x))
    }
    let half: [Double]
    if isOdd {
      half = transformed(spectrum).map(\.real)
    } else {
      // Half a sample aside: the transform of p · exp(iπk/count), taken of its real and imaginary parts apart.
      let turns = (0..<count).map { Double.pi * Double($0) / Double(count) }
      let real = transformed(zip(spectrum, turns).map { $0 * .cos($1) })
      let imaginary = transformed(zip(spectrum, turns).map { $0 * .sin($1) })
      half = zip(real, imaginary).map { $0.real - $1.imaginary }
    }
    let right = Array(half[1...(count / 2)])
    let values = right.reversed() + (isOdd ? [half[0]] : []) + right
    let largest = values.max() ?? 1
    return values.map { $0 / largest }
  }

  /// Taylor's window, with `nbar` sidelobes of nearly equal height `level` dB under the main lobe: `scipy.signal.windows.taylor`.
  static func taylor(nbar: Int, level: Double, isNormalised: Bool, count: Int) -> [Double] {
    let a = Double.acosh(.pow(10, level / 20)) / .pi
    let dilation = Double(nbar * nbar) / (a * a + (Double(nbar) - 0.5) * (Double(nbar) - 0.5))
    let orders = (1..<max(nbar, 1)).map(Double.init)
    let weights = orders.enumerated().map { index, order in
      var numerator = index.isMultiple(of: 2) ? 1.0 : -1
      var denominator = 2.0
      for other in orders {
        numerator *= 1 - order * order / dilation / (a * a + (other - 0.5) * (other - 0.5))
        if other != order { denominator *= 1 - order * order / (other * other) }
      }
      return numerator / denominator
    }
    let length = Double(count)
    func value(_ n: Double) -> Double {
      zip(weights, orders).reduce(1) { $0 + 2 * $1.0 * .cos(2 * .pi * $1.1 * (n - length / 2 + 0.5) / length) }
    }
    let scale = isNormalised ? 1 / value((length - 1) / 2) : 1
    return (0..<count).map { value(Double($0)) * scale }
  }

  /// Roots of the running sums of a Kaiser window, whose squares add up to 1 over half a length:
  /// `scipy.signal.windows.kaiser_bessel_derived`.
  static func kaiserBesselDerived(kaiser: [Double]) -> [Double] {
    var sums: [Double] = []
    for value in kaiser { sums.append((sums.last ?? 0) + value) }
    let total = sums.last ?? 1
    let rising = sums.dropLast().map { ($0 / total).squareRoot() }
    return rising + rising.reversed()
  }

  /// The first length / 2 + 1 complex numbers of a Fourier transform.
  private static func transformed(_ values: [Double]) -> [(real: Double, imaginary: Double)] {
    let transform = PreciseFourierTransform.of(length: values.count)
    let input = AlignedBuffer<Double>(count: values.count, filledWith: 0)
    let output = AlignedBuffer<Double>(count: 2 * transform.bins, filledWith: 0)
    for (index, value) in values.enumerated() { unsafe input.pointer[index] = value }
    transform.forward(input, into: output)
    return (0..<transform.bins).map { unsafe (output.pointer[2 * $0], output.pointer[2 * $0 + 1]) }
  }
}
