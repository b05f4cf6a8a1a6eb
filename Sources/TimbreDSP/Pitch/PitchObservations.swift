import RealModule
import TimbreCore

/// The two shapes of a beta distribution.
public struct BetaShapes: ParameterValue, Hashable {
  public let a: Double
  public let b: Double

  /// pYIN's prior over thresholds: a mean of 0.1.
  public static let pyin = BetaShapes(a: 2, b: 18)

  private static let range = NumberRange(0, 100_000, excludesLower: true)
  public static var parameterType: ParameterType { .list(of: .number(range), count: 2...2) }

  private init(a: Double, b: Double) {
    self.a = a
    self.b = b
  }

  public init?(json: JSONValue) {
    guard let items = json.arrayValue, items.count == 2, let a = items[0].doubleValue, let b = items[1].doubleValue,
      Self.range.contains(a), Self.range.contains(b)
    else { return nil }
    self.init(a: a, b: b)
  }

  public var json: JSONValue { .array([a.json, b.json]) }
}

/// What one frame says about its pitch.
package struct PitchObservation {
  /// Pitch bins with a probability above 0, the lowest first.
  package var candidates: [(bin: Int, probability: Double)]
  /// Their sum, at most 1.
  package var voicedProbability: Double

  package init(candidates: [(bin: Int, probability: Double)], voicedProbability: Double) {
    self.candidates = candidates
    self.voicedProbability = voicedProbability
  }
}

/// The probabilities of pYIN's pitch candidates: each threshold of a prior picks troughs of the difference function, of which
/// shorter periods are the more probable (Mauch and Dixon 2014, as in `librosa.pyin`).
struct PitchObserver {
  private let sampleRate: Double
  private let parameters: PitchTracking
  private let bins: Int
  private let thresholds: [Double]
  /// The prior's mass below each threshold, from the one before it; and that below the first, the first two, …
  private let masses: [Double]
  private let sums: [Double]
  /// The Boltzmann distribution's weight of the k-th trough, and what divides it for each number of troughs.
  private let weights: [Double]
  private let scales: [Double]

  init(_ parameters: PitchTracking, sampleRate: Int, bins: Int, mostTroughs: Int) {
    self.parameters = parameters
    self.sampleRate = Double(sampleRate)
    self.bins = bins
    let count = parameters.nThresholds
    let step = 1 / Double(count)
    thresholds = (1...count).map { $0 == count ? 1 : Double($0) * step }
    let shapes = parameters.betaParameters
    let cumulative = [0] + thresholds.map { betaCumulative($0, shapes.a, shapes.b) }
    masses = (0..<count).map { cumulative[$0 + 1] - cumulative[$0] }
    var sums = [0.0]
    for mass in masses { sums.append((sums.last ?? 0) + mass) }
    self.sums = sums
    let lambda = parameters.boltzmannParameter
    weights = (0...mostTroughs).map { Double.exp(-lambda * Double($0)) }
    scales = (0...mostTroughs).map { number in
      let scale = (1 - .exp(-lambda)) / (1 - .exp(-lambda * Double(number)))
      // A parameter that rounds away leaves all troughs alike.
      return number == 0 ? 0 : scale.isFinite ? scale : 1 / Double(number)
    }
  }

  func observe(_ troughs: ArraySlice<PitchTrough>) -> PitchObservation {
    let count = thresholds.count
    // The first threshold above each trough, and how many troughs lie below each threshold.
    var firsts: [Int] = []
    firsts.reserveCapacity(troughs.count)
    var numbers = [Int](repeating: 0, count: count + 1)
    for trough in troughs {
      let first = firstThreshold(above: trough.height)
      firsts.append(first)
      numbers[first] += 1
    }
    for index in 1...count { numbers[index] += numbers[index - 1] }
    let deepest = troughs.indices.min { troughs[$0].height < troughs[$1].height }
    var positions = [Int](repeating: 0, count: count)
    var candidates: [(bin: Int, probability: Double)] = []
    for (index, trough) in zip(troughs.indices, troughs) {
      let first = firsts[index - troughs.startIndex]
      var probability = 0.0
      for threshold in first..<count {
        let prior = scales[numbers[threshold]] * weights[positions[threshold]]
        probability += min(1, prior) * masses[threshold]
        positions[threshold] += 1
      }
      if index == deepest { probability += parameters.noTroughProb * sums[first] }
      guard probability > 0 else { continue }
      let frequency = sampleRate / trough.refinedPeriod
      let place = (Double(12 * parameters.binsPerSemitone) * .log2(frequency / parameters.yin.fmin))
        .rounded(.toNearestOrEven)
      let bin = Int(max(0, min(Double(bins), place)))
      // Of two in one bin the longer period counts; what is too high for the last bin is dropped.
      if candidates.last?.bin == bin { candidates.removeLast() }
      if bin < bins { candidates.append((bin, probability)) }
    }
    candidates.reverse()
    let voiced = candidates.reduce(0) { $0 + $1.probability }
    return PitchObservation(candidates: candidates, voicedProbability: min(1, voiced))
  }

  /// The number of thresholds that are not above `height`.
  private func firstThreshold(above height: Double) -> Int {
    let count = thresholds.count
    guard height < 1 else { return count }
    var index = max(0, min(count - 1, Int(max(0, height) * Double(count))))
    while index > 0, height < thresholds[index - 1] { index -= 1 }
    while index < count, !(height < thresholds[index]) { index += 1 }
    return index
  }
}
