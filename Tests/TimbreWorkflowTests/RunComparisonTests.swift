import Testing
import TimbreCore
import TimbreEvaluation
import TimbreReport
import TimbreWorkflow

@Suite struct RunComparisonTests {
  /// One bad run, two good ones that differ in two clips, and one between.
  private static func four() throws -> (made: MadeRuns, runs: [RunRecord]) {
    let made = try MadeRuns()
    return (
      made,
      [
        try made.add("bad", wrong: Set(0..<40)), try made.add("good", wrong: [1, 2, 3, 4]),
        try made.add("alike", wrong: [1, 2, 3, 4, 50]), try made.add("between", wrong: Set(30..<46)),
      ]
    )
  }

  @Test func everyPairIsTestedAndCorrectedTogether() throws {
    let (made, runs) = try Self.four()
    let all = try withExtendedLifetime(made) { try RunComparison(runs, pairs: .all, jobs: 2) }
    #expect(all.pairs.map { [$0.first, $0.second] } == [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]])
    #expect(all.pairs.map(\.mcNemar) == holmCorrected(all.pairs.map(\.test.mcNemar)))
    #expect(all.pairs.map(\.permutation) == holmCorrected(all.pairs.map(\.test.permutation)))
    #expect(all.correction.hasSuffix("over 6 comparisons: every pair of 4 runs."))
    let pair = try #require(all.pair(3, 1))
    #expect(pair.first == 1 && pair.second == 3)
    // Only "between" is right on clips 1 to 4, only "good" on those from 30 to 45.
    #expect(pair.test.onlySecond == 4 && pair.test.onlyFirst == 16)
    let first = try RunComparison(runs)
    #expect(first.pairs.map { [$0.first, $0.second] } == [[0, 1], [0, 2], [0, 3]])
    #expect(first.correction.hasSuffix("over 3 comparisons: each run with the first."))
    #expect(first.pairs.map(\.test) == Array(all.pairs.prefix(3).map(\.test)))
    #expect(first.pairTable == nil && first.json["pairs"] == nil)
    // More comparisons, more correction.
    #expect(zip(first.pairs, all.pairs).allSatisfy { $0.mcNemar <= $1.mcNemar })
    #expect(all.json["pairs"]?.arrayValue?.count == 6 && all.pairCSV.rows.count == 6)
    #expect(all.json["tests"]?["comparisons"] == 6 && first.json["tests"]?["pairs"] == "first")
  }

  @Test func theBestIsNotSaidToBeatWhatCannotBeToldFromIt() throws {
    let (made, runs) = try Self.four()
    let best = try #require(try withExtendedLifetime(made) { try RunComparison(runs, pairs: .all).best })
    #expect(best.run == 1 && abs(best.uar - 0.95) < 1e-12 && best.equals == [])
    #expect(best.alike == [2] && best.different == [0, 3] && best.untested == [])
    #expect(best.sentences.contains { $0.hasPrefix("Not distinguishable from it") && $0.hasSuffix(": alike.") })
    #expect(!best.sentences.joined().contains("winner"))
    // Against the first alone, most is not known.
    let first = try #require(try RunComparison(runs).best)
    #expect(first.run == 1 && first.different == [0] && first.alike == [] && first.untested == [2, 3])
    #expect(first.sentences.contains { $0.contains("alike and between; timbre compare --pairs all") })
    let equal = try #require(try RunComparison([runs[1], made.add("same", wrong: [1, 2, 3, 4])]).best)
    #expect(equal.equals == [1] && equal.alike == [1])
    #expect(equal.sentences[0].hasPrefix("Highest UAR: good and same, 0.950"))
  }

  @Test func theBestOfManyTrialsIsCalledOptimisticOnlyOnOneTestPart() throws {
    let (made, runs) = try Self.four()
    let best = try #require(try RunComparison(runs).best)
    #expect(
      best.tried == 4
        && best.sentences.last?.contains("highest of 4 trials on the same test rows is optimistic") == true)
    let other = try made.add("elsewhere", wrong: [], clips: 40..<120)
    let mixed = try #require(try RunComparison(runs + [other], pairs: .all).best)
    #expect(mixed.run == 4 && mixed.tried == nil && !mixed.areRowsShared)
    #expect(mixed.sentences.last?.contains("not tested on the same rows") == true)
    let apart = try RunComparison([runs[0], made.add("apart", wrong: [], clips: 100..<120)], pairs: .all)
    #expect(apart.pairs.isEmpty && apart.best?.untested == [0] && apart.correction.contains("no test"))
    #expect(apart.text.contains("no common test row"))
    // Runs of two experiments were not chosen from one sweep.
    let second = try MadeRuns()
    let strangers = try RunComparison([runs[0], second.add("x", wrong: [])])
    #expect(strangers.best?.areRowsShared == true && strangers.best?.tried == nil)
  }

  @Test func ofManyPairsOnlyThoseThatDifferAreListed() throws {
    let made = try MadeRuns()
    // One that errs much, and nine that are much the same.
    var runs = [try made.add("bad", wrong: Set(0..<50))]
    for index in 1..<10 { runs.append(try made.add("r\(index)", wrong: [index, index + 20])) }
    let comparison = try RunComparison(runs, pairs: .all, jobs: 2)
    let table = try #require(comparison.pairTable)
    #expect(comparison.pairs.count == 45)
    #expect(table.rows.map { $0[1] } == [String](repeating: "bad", count: 9))
    #expect(table.sentence.hasPrefix("Of 45 pairs, 9 differ in UAR and 9 in accuracy"))
    #expect(comparison.text.contains("only those are listed"))
    let many = [RunRecord](repeating: runs[0], count: RunComparison.mostForAllPairs + 1)
    let refusal = #expect(throws: Diagnostic.self) { try RunComparison(many, pairs: .all) }
    #expect(refusal?.message.contains("20100 comparisons") == true && refusal?.help?.contains("--pairs first") == true)
  }

  @Test func aPageOfManyRunsShowsSomeInFull() throws {
    let made = try MadeRuns()
    let runs = try (0..<30).map { try made.add("r\($0)", wrong: Set(0..<40 - $0)) }
    let page = try RunComparison(runs, pairs: .all).page(title: "many", report: { _ in nil }, clip: { _, _ in nil })
    #expect(page.runs.filter(\.isDetailed).map(\.name) == ["r0"] + (7..<30).map { "r\($0)" })
    #expect(page.pairs?.rows.count ?? 999 <= 200)
    let html = page.html()
    #expect(html.contains("the 23 others with the highest UAR; a comparison of fewer runs shows those of the other 6"))
    #expect(html.contains("over 435 comparisons: every pair of 30 runs") && html.contains("Highest UAR: r29"))
    #expect(!html.contains("r3 beside r0") && html.contains("r8 beside r0"))
  }
}
