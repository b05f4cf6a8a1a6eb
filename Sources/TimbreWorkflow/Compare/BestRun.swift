import TimbreCore
import TimbreReport

/// The run with the highest UAR, and what the tests say of the others beside it.
public struct BestRun: Sendable {
  /// Places among the runs, as everywhere here; of several with the highest UAR the first.
  public let run: Int
  public let uar: Double
  /// Others with exactly that UAR.
  public let equals: [Int]
  /// Tested against it: no difference in UAR is shown, or one is.
  public let alike: [Int]
  public let different: [Int]
  public let untested: [Int]
  /// Whether all runs were tested on the same rows.
  public let areRowsShared: Bool
  /// How many trials it was the highest of, where all are of one experiment and were tested on the same rows.
  public let tried: Int?
  /// What there is to say of it.
  public let sentences: [String]

  /// - Returns: nil where no run has a UAR.
  init?(of comparison: RunComparison) {
    let runs = comparison.runs
    let scores = runs.map { $0.score(ShownScore.primary.key)?.value }
    guard let highest = scores.compactMap(\.self).max(), let best = scores.firstIndex(of: highest) else { return nil }
    run = best
    uar = highest
    let others = runs.indices.filter { $0 != best }
    equals = others.filter { scores[$0] == highest }
    untested = others.filter { comparison.pair(best, $0) == nil }
    alike = others.filter { comparison.pair(best, $0)?.differsInUAR == false }
    different = others.filter { comparison.pair(best, $0)?.differsInUAR == true }
    areRowsShared = comparison.rows.areShared
    let areTrials = runs.allSatisfy { $0.experiment != nil && $0.experiment == runs[0].experiment }
    tried = areRowsShared && areTrials ? runs.count : nil

    func names(_ places: [Int]) -> String { Self.list(places.map { runs[$0].name }) }
    var sentences = [
      "Highest UAR: \(names([best] + equals)), \(Numbers.fixed(highest, 3))"
        + (equals.isEmpty ? "." : " (the tests below are of \(runs[best].name)).")
    ]
    if !alike.isEmpty {
      sentences.append(
        "Not distinguishable from it by the exchange test of UAR (p ≥ \(RunPair.level)): \(names(alike)).")
    }
    if !different.isEmpty { sentences.append("It differs from \(names(different)) (p < \(RunPair.level)).") }
    if !untested.isEmpty {
      let remedy = comparison.tested == .first ? "; timbre compare --pairs all tests every pair" : ""
      sentences.append("Not tested against it: \(names(untested))\(remedy).")
    }
    if !areRowsShared {
      sentences.append(
        "The runs were not tested on the same rows, so the highest score may be that of the easiest rows.")
    }
    if let tried {
      sentences.append(
        "The highest of \(tried) trials on the same test rows is optimistic, since these rows chose it: test the choice on "
          + "data that no trial has seen.")
    }
    self.sentences = sentences
  }

  /// "a, b and c", with a count of what is beyond the first few.
  static func list(_ names: [String], most: Int = 8) -> String {
    if names.count > most + 1 {
      return names.prefix(most).joined(separator: ", ") + " and \(names.count - most) others"
    }
    guard names.count > 1, let last = names.last else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }
}

extension RunComparison {
  /// The run with the highest UAR; nil where none has one.
  public var best: BestRun? { BestRun(of: self) }
}
