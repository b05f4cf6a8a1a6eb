import Testing
import TimbreCore
import TimbreEvaluation

@Suite struct SplitTests {
  let emotions = ["angry", "calm", "happy", "sad"]
  let views = ["original", "noisy", "stretched"]

  @Test func wholeSpeakersGoToOneSide() throws {
    let table = SplitTable(items: corpus(speakers: 16, labels: emotions, takes: 2), views: views)
    let split = try options(.speaker) { $0.validation = .share(0.1) }.split(table, workflowSeed: 7)
    #expect(table.speakers(split.test).count == 4)
    #expect(table.speakers(split.validation).count == 2)
    #expect(table.speakers(split.train).count == 10)
    #expect(split.train.count == 10 * 8 * 3)
    #expect(split.test.count == 4 * 8)
    #expect(split.validation.count == 2 * 8)
    #expect(split.unused.count == 6 * 8 * 2)
    #expect(table.views(split.train) == Set(views))
    #expect(table.views(split.test + split.validation) == ["original"])
  }

  @Test func twoSpeakersGiveOneToEachSide() throws {
    let table = SplitTable(items: corpus(speakers: 2, labels: emotions, takes: 1), views: ["original"])
    for share in [0.01, 0.5, 0.98] {
      let split = try options(.speaker) { $0.test = .share(share) }.split(table, workflowSeed: 1)
      #expect(table.speakers(split.test).count == 1 && table.speakers(split.train).count == 1)
    }
  }

  @Test func listedSpeakersAreTested() throws {
    let table = SplitTable(items: corpus(speakers: 5, labels: emotions, takes: 1), views: views)
    let split = try options(.speaker) {
      $0.test = .names(["s2", "s5"])
      $0.validation = .names(["s1"])
    }.split(table, workflowSeed: 1)
    #expect(table.speakers(split.test) == ["s2", "s5"])
    #expect(table.speakers(split.validation) == ["s1"])
    #expect(table.speakers(split.train) == ["s3", "s4"])
  }

  @Test func aListedTestLeavesTheRestToTheDraw() throws {
    let table = SplitTable(items: corpus(speakers: 5, labels: emotions, takes: 1), views: views)
    let split = try options(.speaker) {
      $0.test = .names(["s2"])
      $0.validation = .share(0.2)
    }.split(table, workflowSeed: 1)
    #expect(table.speakers(split.validation).count == 1)
    #expect(table.speakers(split.validation).isDisjoint(with: ["s2"]))
  }

  @Test func aColumnSaysTheSide() throws {
    let table = SplitTable(items: corpus(speakers: 5, labels: emotions, takes: 1), views: views)
    let split = try options(.column) {
      $0.column = "set"
      $0.validation = .names(["dev"])
    }.split(table, workflowSeed: 1)
    #expect(table.speakers(split.test) == ["s1"])
    #expect(table.speakers(split.validation) == ["s2"])
    #expect(table.speakers(split.train) == ["s3", "s4", "s5"])
  }

  @Test func testViewsAreChosen() throws {
    let table = SplitTable(items: corpus(speakers: 5, labels: emotions, takes: 1), views: views)
    for (chosen, expected) in [
      (TestViews.all, views), (.original, ["original"]), (.names(["noisy", "original"]), ["original", "noisy"]),
    ] {
      let split = try options(.clip) { $0.testViews = chosen }.split(table, workflowSeed: 1)
      #expect(table.views(split.test) == Set(expected))
      #expect(table.clips(split.test).isDisjoint(with: table.clips(split.train)))
      #expect(split.unused.count == table.clips(split.test).count * (3 - expected.count))
    }
  }

  /// What `sklearn.model_selection.train_test_split` counts: test = ceil(n · share).
  @Test(arguments: [(8, 0.25), (7, 0.2), (10, 0.33)])
  func rowsAreCountedAsScikitLearnDoes(_ takes: Int, _ share: Double) throws {
    let table = SplitTable(items: corpus(speakers: 3, labels: emotions, takes: takes), views: views)
    let split = try options(.row) { $0.test = .share(share) }.split(table, workflowSeed: 1)
    #expect(split.test.count == Int((Double(table.rows.count) * share).rounded(.up)))
    #expect(split.train.count == table.rows.count - split.test.count)
    #expect(split.unused.isEmpty)
    #expect(table.views(split.test) == Set(views))
  }

  @Test func theSeedDecides() throws {
    let table = SplitTable(items: corpus(speakers: 12, labels: emotions, takes: 3), views: views)
    for unit in [SplitUnit.speaker, .clip, .row] {
      let split = { try options(unit).split(table, workflowSeed: $0) }
      #expect(try split(1) == split(1))
      #expect(try Set((1...5).map(split)).count > 1)
      #expect(try options(unit) { $0.seed = 3 }.split(table, workflowSeed: 1) == split(3))
    }
  }

  @Test func speakersAreDrawnWhateverTheOrderOfClips() throws {
    let items = corpus(speakers: 12, labels: emotions, takes: 2)
    var random = RandomSource(seed: 5)
    let shuffled = random.permutation(items.count).map { items[$0] }
    let drawn = try [items, shuffled].map { items in
      let table = SplitTable(items: items, views: views)
      return table.speakers(try options(.speaker).split(table, workflowSeed: 1).test)
    }
    #expect(drawn[0] == drawn[1])
  }

  @Test func identicalRecordingsOfTwoSpeakersStayTogether() throws {
    var items = corpus(speakers: 6, labels: emotions, takes: 1)
    items[0].recording = RecordingID("same")  // s1
    items[22].recording = RecordingID("same")  // s6
    let table = SplitTable(items: items, views: views)
    for seed in 0..<30 {
      let split = try options(.speaker) { $0.test = .share(0.3) }.split(table, workflowSeed: UInt64(seed))
      #expect(table.speakers(split.test).contains("s1") == table.speakers(split.test).contains("s6"))
      try checkSplit(split, of: table, allowLeak: false)
    }
  }

  @Test func theGuardSpeaksWhenAllSpeakersShareARecording() throws {
    var items = corpus(speakers: 3, labels: emotions, takes: 1)
    for index in [0, 4, 8] { items[index].recording = RecordingID("silence") }
    let table = SplitTable(items: items, views: views)
    let split = try options(.speaker).split(table, workflowSeed: 1)
    let error = #expect(throws: Diagnostic.self) { try checkSplit(split, of: table, allowLeak: false) }
    #expect(error?.kind == .leak)
  }

  @Test func classesOfFewSpeakersAreKeptOnBothSides() throws {
    // "fear" is said by two of twelve speakers only: one of them has to be tested, the other trained on.
    var items = corpus(speakers: 12, labels: emotions, takes: 1)
    for speaker in ["s3", "s8"] { items.append(SplitItem(clip: "\(speaker)-fear", label: "fear", speaker: speaker)) }
    let table = SplitTable(items: items, views: views)
    for seed in 0..<20 {
      let split = try options(.speaker).split(table, workflowSeed: UInt64(seed))
      #expect(table.labels(split.test).contains("fear") && table.labels(split.train).contains("fear"))
    }
  }
}
