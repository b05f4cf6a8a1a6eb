/// The place of a maximum within an interval by Brent's method (Algorithms for Minimization without Derivatives, 1973, chapter 5):
/// parabolas through the best three points, golden sections where they do not help. It begins at the golden section and stops at
/// the usual tolerance, because with two maxima in the interval the way decides which is found, and Praat goes this one. Whoever
/// searches evaluates `trial` and hands the value back, so that no closure sits in the loop.
struct PeakSearch {
  private var low: Double
  private var high: Double
  private(set) var trial: Double
  /// The best place so far, the second and the third best, and their values.
  private(set) var best: Double
  private var second: Double
  private var third: Double
  private(set) var highest = 0.0
  private var secondValue = 0.0
  private var thirdValue = 0.0
  private var rounds = 0

  private static let golden = 0.5 * (3 - 5.0.squareRoot())
  private static let precision = Double.ulpOfOne.squareRoot()

  init(low: Double, high: Double) {
    self.low = low
    self.high = high
    trial = low + Self.golden * (high - low)
    (best, second, third) = (trial, trial, trial)
  }

  mutating func begin(_ value: Double) { (highest, secondValue, thirdValue) = (value, value, value) }

  /// Chooses the next `trial`; false when the maximum is found.
  mutating func next() -> Bool {
    let middle = 0.5 * (low + high)
    // Places count from 1, as in Praat; the precision is relative to them.
    let tolerance = Self.precision * (best + 1).magnitude + 1e-10 / 3
    rounds += 1
    if rounds > 60 || (best - middle).magnitude + 0.5 * (high - low) <= 2 * tolerance { return false }
    var step = Self.golden * ((best < middle ? high : low) - best)
    if (best - second).magnitude >= tolerance {
      let r = (best - second) * (thirdValue - highest)
      let q = (best - third) * (secondValue - highest)
      var rise = (best - third) * q - (best - second) * r
      var scale = 2 * (q - r)
      if scale > 0 { rise = -rise } else { scale = -scale }
      if rise.magnitude < (step * scale).magnitude, rise > scale * (low - best + 2 * tolerance),
        rise < scale * (high - best - 2 * tolerance)
      {
        step = rise / scale
      }
    }
    if step.magnitude < tolerance { step = step > 0 ? tolerance : -tolerance }
    trial = best + step
    return true
  }

  mutating func accept(_ value: Double) {
    if value >= highest {
      if trial < best { high = best } else { low = best }
      (third, thirdValue) = (second, secondValue)
      (second, secondValue) = (best, highest)
      (best, highest) = (trial, value)
    } else {
      if trial < best { low = trial } else { high = trial }
      if value >= secondValue || second == best {
        (third, thirdValue) = (second, secondValue)
        (second, secondValue) = (trial, value)
      } else if value >= thirdValue || third == best || third == second {
        (third, thirdValue) = (trial, value)
      }
    }
  }
}
