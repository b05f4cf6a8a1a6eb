import RealModule

/// Finds all roots of zᵐ − a₁zᵐ⁻¹ − … − aₘ at once, by the method of Ehrlich and Aberth. Each step divides by the whole polynomial,
/// never by one with roots taken out, so that roots come out as exact as the coefficients let them be.
struct PolynomialRoots {
  private(set) var real: [Double]
  private(set) var imaginary: [Double]
  private let order: Int

  init(order: Int) {
    self.order = order
    real = [Double](repeating: 0, count: order)
    imaginary = real
    reset()
  }

  /// Begins on a circle within the unit circle, off the real axis and unlike its own mirror image.
  private mutating func reset() {
    for index in 0..<order {
      let angle = 2 * Double.pi * (Double(index) + 0.5) / Double(order) + 0.1 / Double(order)
      real[index] = 0.9 * .cos(angle)
      imaginary[index] = 0.9 * .sin(angle)
    }
  }

  mutating func solve(_ a: [Double]) {
    reset()
    for _ in 0..<80 {
      var largest = 0.0
      for index in 0..<order { largest = max(largest, improve(index, a)) }
      if largest < 1e-30 { return }
    }
  }

  /// Moves a root by one step and returns the square of the step.
  private mutating func improve(_ index: Int, _ a: [Double]) -> Double {
    let (x, y) = (real[index], imaginary[index])
    // Horner's scheme for the value and the derivative.
    var (pr, pi, dr, di) = (1.0, 0.0, 0.0, 0.0)
    for coefficient in a {
      (dr, di) = (dr * x - di * y + pr, dr * y + di * x + pi)
      (pr, pi) = (pr * x - pi * y - coefficient, pr * y + pi * x)
    }
    if pr == 0, pi == 0 { return 0 }
    // 1 / step = p′/p − Σ 1 / (z − other)
    let size = pr * pr + pi * pi
    var (sr, si) = ((dr * pr + di * pi) / size, (di * pr - dr * pi) / size)
    for other in 0..<order where other != index {
      let (u, v) = (x - real[other], y - imaginary[other])
      let distance = u * u + v * v
      // Two roots in one place do not push each other.
      guard distance > 0 else { continue }
      sr -= u / distance
      si += v / distance
    }
    let norm = sr * sr + si * si
    guard norm > 0, norm.isFinite else { return 0 }
    real[index] = x - sr / norm
    imaginary[index] = y + si / norm
    return 1 / norm
  }
}
