import RealModule

/// Where the middle 95 % of a bootstrap's resamples begin and end.
///
/// The plain percentiles, 2.5 and 97.5, give too narrow an interval where few clusters were drawn from: with eight speakers it holds
/// the truth in 88 % of cases. Resampling n clusters spreads by √((n − 1) / n) too little, and the spread itself is only estimated.
/// Hesterberg's expanded percentiles (The American Statistician 69(4), 2015) make good for both, as Student's t does for a mean.
package enum BootstrapLevel {
  /// Percent of the resamples to leave out on either side: 100 Φ(−√(n / (n − 1)) t), t for 95 % and n − 1 degrees of freedom.
  package static func tail(clusters n: Int) -> Double {
    guard n > 1 else { return 0 }
    // Beyond, the difference to 2.5 is less than a tenth of a percent of it.
    guard n <= 10_000 else { return 2.5 }
    let z = (Double(n) / Double(n - 1)).squareRoot() * student(freedom: n - 1)
    return 50 * Double.erfc(z / 2.0.squareRoot())
  }

  /// The t that 95 % do not exceed on either side.
  private static func student(freedom: Int) -> Double {
    var (low, high) = (1.0, 20.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if inside(middle, freedom) < 0.95 { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// P(|T| < t), by the finite sums of Abramowitz and Stegun, 26.7.3 and 26.7.4.
  private static func inside(_ t: Double, _ freedom: Int) -> Double {
    let angle = Double.atan(t / Double(freedom).squareRoot())
    let (sine, square) = (Double.sin(angle), Double.cos(angle) * Double.cos(angle))
    let isOdd = !freedom.isMultiple(of: 2)
    if freedom == 1 { return 2 * angle / .pi }
    var (term, sum) = (isOdd ? Double.cos(angle) : 1, 0.0)
    var power = isOdd ? 1 : 0
    while power <= freedom - 2 {
      sum += term
      term *= square * Double(power + 1) / Double(power + 2)
      power += 2
    }
    return isOdd ? 2 / .pi * (angle + sine * sum) : sine * sum
  }
}
