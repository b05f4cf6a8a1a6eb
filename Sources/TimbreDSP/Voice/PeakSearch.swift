/// The place of a maximum within an interval by Brent's method: parabolas through the best three points, golden sections where
/// they do not help. Whoever searches evaluates `trial` and hands the value back, so that no closure sits in the loop.
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
  private var step = 0.0
  private var previousStep = 0.0
  private var rounds = 0

  /// Places nearer than this count as one: a maximum's value is then right to the last bit.
  private static let tolerance = 1e-9
  private static let golden = 0.381_966_011_250_105

  init(low: Double, high: Double, guess: Double) {
    self.low = low
    self.high = high
    let inside = guess > low && guess < high ? guess : 0.5 * (low + high)
    (trial, best, second, third) = (inside, inside, inside, inside)
  }

  mutating func begin(_ value: Double) { (highest, secondValue, thirdValue) = (value, value, value) }

  /// Chooses the next `trial`; false when the maximum is found.
  mutating func next() -> Bool {
    let middle = 0.5 * (low + high)
    let tolerance = Self.tolerance
    rounds += 1
    if rounds > 60 || (best - middle).magnitude <= 2 * tolerance - 0.5 * (high - low) { return false }
    var isGolden = true
    if previousStep.magnitude > tolerance {
      let r = (best - second) * (highest - thirdValue)
      let q = (best - third) * (highest - secondValue)
      var p = (best - third) * q - (best - second) * r
      var scale = 2 * (q - r)
      if scale > 0 { p = -p } else { scale = -scale }
      if p.magnitude < (0.5 * scale * previousStep).magnitude, p > scale * (low - best), p < scale * (high - best) {
        previousStep = step
        step = p / scale
        let place = best + step
        if place - low < 2 * tolerance || high - place < 2 * tolerance { step = best < middle ? tolerance : -tolerance }
        isGolden = false
      }
    }
    if isGolden {
      // The first step is small, because the guess is good.
      previousStep = rounds == 1 ? (best < middle ? 0.05 : -0.05) : (best < middle ? high : low) - best
      step = rounds == 1 ? previousStep : Self.golden * previousStep
    }
    trial = best + (step.magnitude >= tolerance ? step : (step > 0 ? tolerance : -tolerance))
    return true
  }

  mutating func accept(_ value: Double) {
    if value >= highest {
      if trial >= best { low = best } else { high = best }
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
