import RealModule
import TimbreCore

/// Whether two models that were tested on the same clips differ by more than chance.
public struct PairedComparison: Sendable, Hashable {
  /// Rows that only the first gets right, and that only the second gets right.
  public let onlyFirst: Int
  public let onlySecond: Int
  /// Rows of both.
  public let rows: Int
  /// The second's score less the first's.
  public let accuracyDifference: Double
  public let uarDifference: Double
  /// 95 % of the difference in UAR, over resampled clusters.
  public let uarInterval: Interval
  /// McNemar's exact test: how likely a difference in accuracy as large is by chance, both sides.
  public let mcNemar: Double
  /// The same for UAR, by exchanging the two models' answers clip by clip.
  public let permutation: Double

  /// Exchanges that every comparison draws; a p below 1 / 10,001 cannot be told by them.
  public static let draws = 10_000

  /// Exchanges that a comparison may draw which is corrected together with others: so many that the smallest p they can tell stays
  /// at 0.025 when multiplied by their number.
  public static func draws(among comparisons: Int) -> Int { max(draws, 40 * comparisons) }

  /// - Parameters:
  ///   - truth: The class index of each row, of which both models have one answer.
  ///   - clips: Rows of one clip are exchanged together.
  ///   - clusters: Who is resampled for the interval: speakers or clips.
  ///   - comparisons: How many comparisons are corrected together.
  public init(
    truth: [Int], first: [Int], second: [Int], classCount: Int, clips: [String], clusters: [String], seed: UInt64,
    among comparisons: Int = 1
  ) {
    precondition(truth.count == first.count && truth.count == second.count && truth.count == clips.count)
    rows = truth.count
    onlyFirst = truth.indices.count { first[$0] == truth[$0] && second[$0] != truth[$0] }
    onlySecond = truth.indices.count { first[$0] != truth[$0] && second[$0] == truth[$0] }
    mcNemar = Self.mcNemar(onlyFirst, onlySecond)
    accuracyDifference = truth.isEmpty ? 0 : Double(onlySecond - onlyFirst) / Double(truth.count)
    let hits = HitTable(truth: truth, first: first, second: second, classCount: classCount)
    uarDifference = hits.difference
    permutation = Self.permutation(
      hits, units: Self.members(of: clips), seed: seed, most: Self.draws(among: comparisons))
    uarInterval = Self.interval(hits, units: Self.members(of: clusters), seed: seed)
  }

  /// Twice the smaller tail of a fair coin thrown once for each row that only one gets right (McNemar 1947, exact).
  static func mcNemar(_ b: Int, _ c: Int) -> Double {
    let n = b + c
    guard n > 0 else { return 1 }
    // Largest terms last, each from the one before.
    var term = Double.exp(-Double(n) * .log(2))
    if term > 0 {
      var tail = term
      for k in stride(from: 1, through: min(b, c), by: 1) {
        term *= Double(n - k + 1) / Double(k)
        tail += term
      }
      return min(1, 2 * tail)
    }
    // Beyond 1,000 rows the first term is 0 in double precision: logarithms instead.
    var tail = 0.0
    for k in 0...min(b, c) {
      tail += .exp(
        .logGamma(Double(n) + 1) - .logGamma(Double(k) + 1) - .logGamma(Double(n - k) + 1) - Double(n) * .log(2))
    }
    return min(1, 2 * tail)
  }

  private static func members(of names: [String]) -> [[Int]] {
    var indices: [String: Int] = [:]
    var members: [[Int]] = []
    for (row, name) in names.enumerated() {
      if let index = indices[name] {
        members[index].append(row)
      } else {
        indices[name] = members.count
        members.append([row])
      }
    }
    return members
  }

  /// So many exchanges with as large a difference tell p well enough: more are drawn only for rarer ones (Besag and Clifford 1991).
  private static let enough = 20

  /// The share of exchanges that make the UARs differ as much; what was seen counts as one of them.
  ///
  /// - Parameter most: How many exchanges may be drawn to tell a small p.
  private static func permutation(_ hits: HitTable, units: [[Int]], seed: UInt64, most: Int) -> Double {
    let shares = units.map { hits.shares(of: $0) }.filter { $0 != 0 }
    let seen = shares.reduce(0, +).magnitude
    guard !shares.isEmpty else { return 1 }
    var random = RandomSource(seed: seed, "permutation")
    var asLarge = 0
    for _ in 0..<draws {
      var sum = 0.0
      var bits = random.next()
      for (index, share) in shares.enumerated() {
        if index & 63 == 0, index > 0 { bits = random.next() }
        sum += bits & 1 == 0 ? share : -share
        bits >>= 1
      }
      // Equal but for the order of the sum counts as equal.
      if sum.magnitude >= seen - 1e-12 { asLarge += 1 }
    }
    var drawn = draws
    let coins = Coins(shares)
    while drawn < most, asLarge < enough {
      drawn += 1
      if coins.tossed(&random).magnitude >= seen - 1e-12 { asLarge += 1 }
    }
    return Double(asLarge + 1) / Double(drawn + 1)
  }

  private static func interval(_ hits: HitTable, units: [[Int]], seed: UInt64) -> Interval {
    guard !units.isEmpty else { return Interval(lower: 0, upper: 0) }
    var random = RandomSource(seed: seed, "paired bootstrap")
    let counts = units.map { hits.counts(of: $0) }
    let classes = hits.classCount
    var differences: [Double] = []
    differences.reserveCapacity(1_000)
    for _ in 0..<1_000 {
      var (support, gained) = ([Int](repeating: 0, count: classes), [Int](repeating: 0, count: classes))
      for _ in units.indices {
        let drawn = counts[random.index(below: units.count)]
        for label in 0..<classes {
          support[label] += drawn.support[label]
          gained[label] += drawn.gained[label]
        }
      }
      let present = (0..<classes).filter { support[$0] > 0 }
      let sum = present.reduce(0.0) { $0 + Double(gained[$1]) / Double(support[$1]) }
      differences.append(sum / Double(max(1, present.count)))
    }
    differences.sort()
    func at(_ percent: Double) -> Double {
      interpolatedPercentile(percent, ofSorted: differences.count) { differences[$0] }
    }
    return Interval(lower: at(2.5), upper: at(97.5))
  }
}

/// Exchanges of answers, drawn fast: of the clips that weigh the same, only the number of those exchanged matters.
private struct Coins {
  private let weights: [(weight: Double, count: Int)]

  init(_ shares: [Double]) {
    var counts: [Double: Int] = [:]
    for share in shares { counts[share.magnitude, default: 0] += 1 }
    weights = counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  func tossed(_ random: inout RandomSource) -> Double {
    var sum = 0.0
    for (weight, count) in weights {
      var (heads, left) = (0, count)
      while left >= 64 {
        heads += random.next().nonzeroBitCount
        left -= 64
      }
      if left > 0 { heads += (random.next() >> (64 - left)).nonzeroBitCount }
      sum += weight * Double(2 * heads - count)
    }
    return sum
  }
}

/// What each row adds to the difference of two recalls.
private struct HitTable {
  let classCount: Int
  private let truth: [Int]
  /// 1 where only the second is right, −1 where only the first is.
  private let gain: [Int]
  private let support: [Int]
  private let present: Int

  init(truth: [Int], first: [Int], second: [Int], classCount: Int) {
    self.classCount = classCount
    self.truth = truth
    gain = truth.indices.map { (second[$0] == truth[$0] ? 1 : 0) - (first[$0] == truth[$0] ? 1 : 0) }
    var support = [Int](repeating: 0, count: classCount)
    for label in truth { support[label] += 1 }
    self.support = support
    present = support.count { $0 > 0 }
  }

  /// What rows contribute to the difference in UAR.
  func shares(of rows: [Int]) -> Double {
    rows.reduce(0.0) { $0 + Double(gain[$1]) / (Double(support[truth[$1]]) * Double(present)) }
  }

  var difference: Double { shares(of: Array(truth.indices)) }

  func counts(of rows: [Int]) -> (support: [Int], gained: [Int]) {
    var (support, gained) = ([Int](repeating: 0, count: classCount), [Int](repeating: 0, count: classCount))
    for row in rows {
      support[truth[row]] += 1
      gained[truth[row]] += gain[row]
    }
    return (support, gained)
  }
}

/// p-values corrected for how many there are, by Holm's step-down method (1979), in their own order.
public func holmCorrected(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { values[$0] < values[$1] }
  var corrected = values
  var largest = 0.0
  for (rank, index) in order.enumerated() {
    largest = max(largest, min(1, values[index] * Double(values.count - rank)))
    corrected[index] = largest
  }
  return corrected
}
