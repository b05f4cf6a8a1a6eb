import TimbreCore
import TimbreEvaluation
import TimbreMachine
import TimbreReport

/// Runs side by side: what differs in their settings, how they did, and whether the differences are real.
public struct RunComparison: Sendable {
  /// Which runs are tested against each other.
  public enum Pairs: String, Sendable, CaseIterable {
    /// Every run against the first.
    case first
    /// Every run against every other.
    case all
  }

  public let runs: [RunRecord]
  public let settings: [SettingDifference]
  public let tested: Pairs
  /// Those that were tested, which have a row in common, by the place of the first and then of the second.
  public let pairs: [RunPair]
  let rows: TestedRows
  private let places: [Int: Int]

  /// Every pair of more runs would take hours.
  public static let mostForAllPairs = 200

  /// - Throws: A `.badRun` diagnostic for fewer than two runs, and for more than `mostForAllPairs` of which every pair is asked for.
  public init(_ runs: [RunRecord], pairs tested: Pairs = .first, jobs: Int = 1) throws {
    guard runs.count > 1 else {
      throw Diagnostic(.badRun, "a comparison needs at least two runs", help: "name more run folders, or an experiment")
    }
    guard tested == .first || runs.count <= Self.mostForAllPairs else {
      let count = runs.count * (runs.count - 1) / 2
      throw Diagnostic(
        .badRun,
        "every pair of \(runs.count) runs would be \(count) comparisons; at most "
          + "\(Self.mostForAllPairs) runs are compared so",
        help: "name fewer runs, or test each against the first: --pairs first")
    }
    var runs = runs
    // Folders of one name are told apart by where they are.
    let names = runs.map(\.name)
    for index in runs.indices where names.count(where: { $0 == names[index] }) > 1 {
      runs[index].name = runs[index].path
    }
    self.runs = runs
    self.tested = tested
    settings = SettingDifference.between(runs.map(\.workflow))
    let rows = TestedRows(runs)
    self.rows = rows
    let couples = runs.indices.flatMap { first in
      tested == .all || first == 0 ? (first + 1..<runs.count).map { (first, $0) } : []
    }.filter { rows.meet($0, $1) }
    var pairs = Workers(jobs).map(couples.count) { index in
      let (first, second) = couples[index]
      let (test, isOverSpeakers) = rows.test(first, second, among: couples.count)
      return RunPair(first: first, second: second, test: test, isOverSpeakers: isOverSpeakers)
    }
    let mcNemar = holmCorrected(pairs.map(\.test.mcNemar))
    let permutation = holmCorrected(pairs.map(\.test.permutation))
    for index in pairs.indices {
      pairs[index].mcNemar = mcNemar[index]
      pairs[index].permutation = permutation[index]
    }
    self.pairs = pairs
    let count = runs.count
    places = Dictionary(uniqueKeysWithValues: pairs.enumerated().map { ($1.first * count + $1.second, $0) })
  }

  /// The test of two runs, in either order; nil where it was not made.
  public func pair(_ one: Int, _ other: Int) -> RunPair? {
    places[min(one, other) * runs.count + max(one, other)].map { pairs[$0] }
  }

  /// How p-values are corrected, in a sentence.
  public var correction: String {
    let count = pairs.count
    if count == 0 { return "No two of these runs have tested the same row, so there is no test." }
    if count == 1 { return "There is one comparison, so no p-value is corrected." }
    let family =
      tested == .first
      ? "each run with the first"
      : count == runs.count * (runs.count - 1) / 2
        ? "every pair of \(runs.count) runs" : "every pair of \(runs.count) runs that share a test row"
    return "Each test's p-values are corrected by Holm's method over \(Numbers.grouped(count)) comparisons: \(family)."
  }
}

/// Two runs, tested on the rows that both have tested.
public struct RunPair: Sendable {
  /// Corrected p-values below it count as a difference.
  public static let level = 0.05

  /// Places among the runs.
  public let first: Int
  public let second: Int
  public let test: PairedComparison
  /// Whether the interval is over speakers.
  public let isOverSpeakers: Bool
  /// Corrected for as many comparisons as there are.
  public internal(set) var mcNemar: Double
  public internal(set) var permutation: Double

  init(first: Int, second: Int, test: PairedComparison, isOverSpeakers: Bool) {
    self.first = first
    self.second = second
    self.test = test
    self.isOverSpeakers = isOverSpeakers
    mcNemar = test.mcNemar
    permutation = test.permutation
  }

  public var differsInUAR: Bool { permutation < Self.level }
  public var differsInAccuracy: Bool { mcNemar < Self.level }
  public var differs: Bool { differsInUAR || differsInAccuracy }
}
