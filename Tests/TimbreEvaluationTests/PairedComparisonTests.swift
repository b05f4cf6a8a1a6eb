import Testing
import TimbreCore
import TimbreEvaluation

@Suite struct PairedComparisonTests {
  /// Rows of which only the first model gets `lost` right and only the second `won`.
  private static func comparison(lost: Int, won: Int, both: Int, among comparisons: Int = 1) -> PairedComparison {
    let count = lost + won + both
    let truth = (0..<count).map { $0 % 2 }
    let first = truth.enumerated().map { $0 < lost || $0 >= lost + won ? $1 : 1 - $1 }
    let second = truth.enumerated().map { $0 < lost ? 1 - $1 : $1 }
    let clips = (0..<count).map(String.init)
    return PairedComparison(
      truth: truth, first: first, second: second, classCount: 2, clips: clips, clusters: clips, seed: 1,
      among: comparisons)
  }

  // scipy.stats.binomtest(min(b, c), b + c).pvalue
  @Test(
    arguments: [
      (0, 0, 1), (1, 1, 1), (0, 5, 0.0625), (2, 10, 0.03857421875), (40, 25, 0.08168153394154003),
      (900, 1000, 0.023108845108901193),
    ])
  func mcNemarIsABinomialTest(_ lost: Int, _ won: Int, _ expected: Double) {
    let test = Self.comparison(lost: lost, won: won, both: 10)
    #expect(test.onlyFirst == lost)
    #expect(test.onlySecond == won)
    #expect(abs(test.mcNemar - expected) < 1e-6 * expected + 1e-9, "\(test.mcNemar)")
  }

  @Test func equalModelsDoNotDiffer() {
    let test = Self.comparison(lost: 0, won: 0, both: 50)
    #expect(test.permutation == 1)
    #expect(test.uarDifference == 0)
    #expect(test.uarInterval == Interval(lower: 0, upper: 0))
  }

  @Test func theExchangeAgreesWithTheExactTest() {
    // With classes of one size an exchange of answers is a fair coin for each row that only one gets right.
    let test = Self.comparison(lost: 10, won: 24, both: 66)
    #expect(abs(test.permutation - test.mcNemar) < 0.01, "\(test.permutation) \(test.mcNemar)")
    #expect(abs(test.uarDifference - 0.14) < 1e-12)
    #expect(test.uarInterval.lower > 0 && test.uarInterval.upper < 0.3)
  }

  @Test func amongManyComparisonsRarerChancesAreTold() {
    // The exact p is 2 · (1 + 22 + 231) / 2²²; 20 exchanges as large tell it within a fifth or so.
    let rare = Self.comparison(lost: 2, won: 20, both: 60, among: 10_000)
    #expect((0.4...2).contains(rare.permutation / 1.2112e-4), "\(rare.permutation)")
    let never = Self.comparison(lost: 0, won: 40, both: 30, among: 5_000)
    #expect(never.permutation == 1 / 200_001.0)
    #expect(Self.comparison(lost: 0, won: 40, both: 30).permutation == 1 / 10_001.0)
    // What chance often makes needs no more exchanges, and so gives the same bits.
    let common = Self.comparison(lost: 10, won: 14, both: 66)
    #expect(Self.comparison(lost: 10, won: 14, both: 66, among: 5_000) == common)
  }

  @Test func chanceIsFoundSignificantAsOftenAsItSays() {
    var random = RandomSource(seed: 4, "chance")
    var found = 0
    for _ in 0..<200 {
      let truth = (0..<80).map { _ in random.index(below: 3) }
      let answers = (0..<2).map { _ in truth.map { random.uniform() < 0.6 ? $0 : ($0 + 1) % 3 } }
      let clips = truth.indices.map(String.init)
      let test = PairedComparison(
        truth: truth, first: answers[0], second: answers[1], classCount: 3, clips: clips, clusters: clips, seed: 2)
      if test.permutation < 0.05 { found += 1 }
    }
    // 10 of 200 are expected; 2 to 20 hold 99.9 % of a fair count.
    #expect((2...20).contains(found), "\(found)")
  }

  // statsmodels.stats.multitest.multipletests(p, method="holm")
  @Test func holmCorrects() {
    #expect(holmCorrected([0.01, 0.04, 0.03, 0.005]) == [0.03, 0.06, 0.06, 0.02])
    #expect(holmCorrected([0.9, 0.8]) == [1, 1])
    #expect(holmCorrected([]) == [])
  }
}
