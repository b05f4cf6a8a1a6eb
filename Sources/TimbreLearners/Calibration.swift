import RealModule

/// From a decision value to a probability: 1 / (1 + e^(a · value + b)).
package struct Sigmoid: Sendable, Hashable {
  package var a: Double
  package var b: Double

  package init(a: Double, b: Double) {
    self.a = a
    self.b = b
  }

  package func probability(_ value: Double) -> Double { Double.exp(logSigmoid(-(a * value + b))) }
}

extension Sigmoid {
  /// Platt's sigmoid (1999), as Lin, Lin and Weng (2007) fit it: Newton's method with a line search, on targets a little inside 0 and 1.
  ///
  /// - Parameters:
  ///   - values: Decision values of rows that the machine was not trained on.
  ///   - isPositive: Which of them are of the class that high values mean.
  package static func fitted(_ values: [Double], isPositive: [Bool]) -> Sigmoid {
    let positives = Double(isPositive.count { $0 })
    let negatives = Double(isPositive.count) - positives
    let (high, low) = ((positives + 1) / (positives + 2), 1 / (negatives + 2))
    let targets = isPositive.map { $0 ? high : low }
    var best = Sigmoid(a: 0, b: Double.log((negatives + 1) / (positives + 1)))
    var least = best.loss(values, targets)
    for _ in 0..<100 {
      // The ridge keeps the Hessian invertible.
      var (h11, h22, h21, g1, g2) = (1e-12, 1e-12, 0.0, 0.0, 0.0)
      for (value, target) in zip(values, targets) {
        let p = best.probability(value)
        let (weight, slope) = (p * (1 - p), target - p)
        h11 += value * value * weight
        h22 += weight
        h21 += value * weight
        g1 += value * slope
        g2 += slope
      }
      if abs(g1) < 1e-5, abs(g2) < 1e-5 { break }
      let determinant = h11 * h22 - h21 * h21
      let (stepA, stepB) = (-(h22 * g1 - h21 * g2) / determinant, -(h11 * g2 - h21 * g1) / determinant)
      let descent = g1 * stepA + g2 * stepB
      var size = 1.0
      while size >= 1e-10 {
        let next = Sigmoid(a: best.a + size * stepA, b: best.b + size * stepB)
        let loss = next.loss(values, targets)
        if loss < least + 1e-4 * size * descent {
          (best, least) = (next, loss)
          break
        }
        size /= 2
      }
      if size < 1e-10 { break }
    }
    return best
  }

  /// Cross-entropy.
  private func loss(_ values: [Double], _ targets: [Double]) -> Double {
    zip(values, targets).reduce(0) { sum, pair in
      let z = a * pair.0 + b
      return sum - pair.1 * logSigmoid(-z) - (1 - pair.1) * logSigmoid(z)
    }
  }
}

/// Probabilities of classes from those of pairs, by the second method of Wu, Lin and Weng (2004): the p that make
/// Σᵢ Σⱼ (rⱼᵢ pᵢ − rᵢⱼ pⱼ)² least.
///
/// - Parameter pairs: rᵢⱼ, the probability of i where it is i or j, for i < j, row by row; each within 0 and 1.
package func coupled(_ pairs: [Double], classes: Int) -> [Double] {
  if classes == 2 { return [pairs[0], 1 - pairs[0]] }
  var r = [[Double]](repeating: [Double](repeating: 0, count: classes), count: classes)
  var next = pairs.makeIterator()
  for i in 0..<classes {
    for j in i + 1..<classes {
      let value = next.next() ?? 0.5
      (r[i][j], r[j][i]) = (value, 1 - value)
    }
  }
  var q = r
  for i in 0..<classes {
    q[i][i] = r.reduce(0) { $0 + $1[i] * $1[i] }
    for j in 0..<classes where j != i { q[i][j] = -r[j][i] * r[i][j] }
  }
  var p = [Double](repeating: 1 / Double(classes), count: classes)
  func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
  // libsvm stops at 0.005 / classes; nearer to the solution costs little.
  for _ in 0..<1_000 {
    var products = q.map { dot($0, p) }
    var total = dot(p, products)
    if products.allSatisfy({ abs($0 - total) < 1e-9 }) { break }
    for i in 0..<classes {
      let change = (total - products[i]) / q[i][i]
      let shrink = 1 / (1 + change)
      p[i] += change
      total = (total + change * (change * q[i][i] + 2 * products[i])) * shrink * shrink
      for j in 0..<classes {
        products[j] = (products[j] + change * q[i][j]) * shrink
        p[j] *= shrink
      }
    }
  }
  return p
}
