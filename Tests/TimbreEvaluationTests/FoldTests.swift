import Testing
import TimbreCore
import TimbreEvaluation

@Suite struct FoldTests {
  private static let labels = ["calm", "sad", "angry"]

  private static func table(speakers: Int = 6, takes: Int = 4, views: [String] = ["original"]) -> SplitTable {
    SplitTable(items: corpus(speakers: speakers, labels: labels, takes: takes), views: views)
  }

  @Test(arguments: [SplitUnit.speaker, .clip])
  func everythingIsTestedOnceByAModelThatHasNotSeenIt(_ unit: SplitUnit) throws {
    let table = Self.table()
    let folds = try options(unit) { $0.folds = .count(3) }.splits(table, workflowSeed: 5)
    #expect(folds.map(\.name) == ["1", "2", "3"])
    #expect(folds.flatMap(\.split.test).sorted() == Array(table.rows.indices))
    for (_, split) in folds {
      #expect(Set(split.train).isDisjoint(with: split.test))
      #expect(split.train.count + split.test.count == table.rows.count)
      #expect(!LeakReport(of: split, in: table).isLeak)
      if unit == .speaker { #expect(table.speakers(split.train).isDisjoint(with: table.speakers(split.test))) }
    }
  }

  @Test func classesAreSpreadEvenly() throws {
    let table = Self.table(speakers: 3, takes: 10)
    let folds = try options(.clip) { $0.folds = .count(5) }.splits(table, workflowSeed: 1)
    for (_, split) in folds {
      for label in Self.labels { #expect(table.count(label, split.test) == 6) }
    }
  }

  @Test func oneSpeakerIsLeftOutAtATime() throws {
    let table = Self.table()
    let folds = try options(.speaker) { $0.folds = .leaveOneOut }.splits(table, workflowSeed: 1)
    #expect(folds.map(\.name) == ["s1", "s2", "s3", "s4", "s5", "s6"])
    for (name, split) in folds { #expect(table.speakers(split.test) == [name]) }
  }

  @Test func validationComesFromWhatTrains() throws {
    let table = Self.table(views: ["original", "noisy"])
    let folds = try options(.speaker) {
      $0.folds = .count(3)
      $0.validation = .share(0.2)
    }.splits(table, workflowSeed: 1)
    for (_, split) in folds {
      #expect(!split.validation.isEmpty)
      #expect(table.speakers(split.validation).isDisjoint(with: table.speakers(split.train)))
      #expect(table.speakers(split.validation).isDisjoint(with: table.speakers(split.test)))
      #expect(table.views(split.test) == ["original"])
      #expect(table.views(split.train) == ["original", "noisy"])
    }
  }

  @Test func copiesOfARecordingStayInOneFold() throws {
    var items = corpus(speakers: 2, labels: Self.labels, takes: 6)
    items[0].recording = RecordingID("same")
    items[7].recording = RecordingID("same")
    let table = SplitTable(items: items, views: ["original"])
    for seed in 0..<5 {
      for (_, split) in try options(.clip, { $0.folds = .count(4) }).splits(table, workflowSeed: UInt64(seed)) {
        #expect(split.test.contains(0) == split.test.contains(7))
      }
    }
  }

  @Test func theDrawDependsOnTheSeedAlone() throws {
    let table = Self.table()
    let twice = try (0..<2).map { _ in try options(.clip) { $0.folds = .count(3) }.splits(table, workflowSeed: 9) }
    #expect(twice[0].map(\.split) == twice[1].map(\.split))
    let other = try options(.clip) { $0.folds = .count(3) }.splits(table, workflowSeed: 10)
    #expect(other.map(\.split) != twice[0].map(\.split))
  }

  @Test func tooManyFoldsAndATestSideBesideThemAreRefused() throws {
    let few = #expect(throws: Diagnostic.self) {
      try options(.speaker) { $0.folds = .count(7) }.splits(Self.table(), workflowSeed: 1)
    }
    #expect(few?.message == "7 folds need as many speakers, and there are 6")
    let findings = options(.speaker) {
      $0.folds = .count(2)
      $0.test = .share(0.5)
    }.findings(views: ["original"])
    #expect(findings.map(\.message) == ["\"test\" has no effect beside \"folds\", which test everything once"])
  }

  @Test func aClassOfOneSpeakerCannotBeLearntInItsFold() throws {
    var items = corpus(speakers: 3, labels: Self.labels, takes: 2)
    for index in items.indices where items[index].speaker != "s2" && items[index].label == "sad" {
      items[index].label = "calm"
    }
    let error = #expect(throws: Diagnostic.self) {
      try options(.speaker) { $0.folds = .leaveOneOut }
        .splits(SplitTable(items: items, views: ["original"]), workflowSeed: 1)
    }
    #expect(error?.message.hasPrefix("fold s2: class \"sad\" has no row on the training side") == true)
  }
}
