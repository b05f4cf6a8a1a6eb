import TimbreDSP

/// `soxr_hq` for long signals, in about half of libsoxr's time, where its bits are not asked for.
///
/// What libsoxr makes of an impulse is measured once for each of its filters, and the same filter applied by `MeasuredResampling`; results
/// differ from libsoxr's by about 1e-6 of the largest sample. The first of them are libsoxr's own, because it begins the second of
/// its two filters without what the first one leaves before the signal.
///
/// Where the rates are not in a ratio of small numbers, libsoxr counts the places of its results in units of 2⁻³². What that rounds adds up
/// to 2e-10 of the largest sample a result, which is why very long signals of such rates are left to it.
package enum MeasuredSoxr {
  /// Rates that are further apart, and shorter signals, are libsoxr's.
  private static let farthest = 8.0
  private static let shortest = 4096
  private static let longest = 1 << 17
  /// Of a ratio in lowest terms the largest number, up to which libsoxr has a filter for each place.
  private static let largestTerm = 640.0
  /// How far the filter reaches to either side, in samples at the lower of both rates.
  private static let reach = 104.0
  private static let recipe = ResamplerType.soxrHQ.soxrRecipe

  private struct Rates: Hashable {
    var from: Double
    var to: Double
  }
  private static let cache = Cache<Rates, MeasuredResampling>(limit: 64)
  /// To rates above the first, not in a ratio of small numbers and not four times as high, libsoxr has one filter, which is measured
  /// here: so shifts that are drawn anew for every clip do not wait for it.
  private static let upwards = Rates(from: 1, to: 2.0.squareRoot())

  /// Where it is the quicker one: halving and doubling take a single filter of libsoxr's, and short signals are over before the filter
  /// is looked up.
  package static func suits(_ type: ResamplerType, samples: Int, from: Double, to: Double) -> Bool {
    let ratio = max(from / to, to / from)
    guard type == .soxrHQ, samples >= shortest, ratio <= farthest, ratio.significand > 1 else { return false }
    return Double(samples) * to / from <= Double(longest) || isSimple(from, to)
  }

  /// Whether they are in a ratio of small numbers.
  private static func isSimple(_ from: Double, _ to: Double) -> Bool {
    max(from, to) / greatestDivisor(from, to) <= largestTerm
  }

  /// Of two whole numbers; tiny for others.
  private static func greatestDivisor(_ a: Double, _ b: Double) -> Double {
    var (a, b) = (a, b)
    while b > 0 { (a, b) = (b, a.truncatingRemainder(dividingBy: b)) }
    return a
  }

  package static func resample(_ samples: [Float], from: Double, to: Double) throws -> [Float] {
    let filter = try filter(from: from, to: to)
    // As many as libsoxr gives.
    let count = Int((Double(samples.count) / (from / to) + 0.5).rounded(.down))
    var result = filter.resample(samples, from: from, to: to, count: count)
    let first = min(count, Int((reach * to / min(from, to)).rounded(.up)))
    let beginning = try soxrBeginning(samples, from: from, to: to, recipe: recipe, count: first)
    for (index, value) in zip(0..<first, beginning) { result[index] = value }
    return result
  }

  private static func filter(from: Double, to: Double) throws -> MeasuredResampling {
    let isUpwards = from < to && to < 4 * from && !isSimple(from, to)
    let rates = isUpwards ? upwards : Rates(from: from, to: to)
    return try cache.value(for: rates) {
      let (from, to) = (rates.from, rates.to)
      let place = Int(((reach + 16) * from / min(from, to)).rounded(.up))
      var impulse = [Float](repeating: 0, count: 2 * place + 1)
      impulse[place] = 1
      let response = try soxrResample(
        impulse, from: from, to: to, recipe: recipe,
        count: Int(Double(impulse.count) * to / from) + 1)
      return MeasuredResampling(
        response: response.map(Double.init), centre: Double(place) * to / from, reach: reach, from: from, to: to)
    }
  }
}
