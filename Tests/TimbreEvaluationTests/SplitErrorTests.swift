import Testing
import TimbreCore
import TimbreEvaluation

/// Every way a split can be wrong, and what is said about it.
@Suite struct SplitErrorTests {
  private func refusal(
    _ options: SplitOptions, _ items: [SplitItem], views: [String] = ["original", "noisy"]
  ) -> Diagnostic? {
    do {
      try options.preview(items, views: views, workflowSeed: 1)
      return nil
    } catch {
      return error as? Diagnostic
    }
  }

  private let items = corpus(speakers: 4, labels: ["calm", "sad"], takes: 2)

  @Test func noClips() {
    #expect(refusal(options(.clip), [])?.message == "there is no clip to split")
  }

  @Test func unknownSpeaker() {
    let error = refusal(options(.speaker) { $0.test = .names(["s11"]) }, items)
    #expect(error?.kind == .badSplit && error?.message == "unknown speaker \"s11\"")
    #expect(error?.help == "did you mean \"s1\"?")
  }

  @Test func unknownColumnAndValue() {
    let column = refusal(options(.column) { $0.column = "sett" }, items)
    #expect(column?.message == "no clip has a column \"sett\"" && column?.help == "did you mean \"set\"?")
    let value = refusal(
      options(.column) {
        $0.column = "set"
        $0.test = .names(["tset"])
      }, items)
    #expect(value?.message == "no clip has \"tset\" in column \"set\"" && value?.help == "did you mean \"test\"?")
  }

  @Test func clipsWithoutSpeakerOrValue() {
    var items = items
    items[5].speaker = nil
    let error = refusal(options(.speaker), items)
    #expect(error?.message.contains("1 of 16 have none, e.g. s2-calm-1") == true)
    #expect(error?.help?.contains("\"by\": \"clip\"") == true)
    items[3].attributes = []
    let missing = refusal(options(.column) { $0.column = "set" }, items)
    #expect(missing?.message == "1 of 16 clips have no value in column \"set\", e.g. s1-sad-1")
  }

  @Test func oneSpeaker() {
    let error = refusal(options(.speaker), corpus(speakers: 1, labels: ["calm", "sad"], takes: 2))
    #expect(error?.message.contains("needs at least two speakers, and there is only one") == true)
  }

  @Test func allSpeakersListed() {
    let error = refusal(options(.speaker) { $0.test = .names(["s1", "s2", "s3", "s4"]) }, items)
    #expect(error?.kind == .badSplit && error?.message == "the training side is empty")
  }

  @Test func foldsAndValidationTakeEverything() {
    let error = refusal(
      options(.speaker) {
        $0.folds = .count(4)
        $0.validation = .share(0.75)
      }, items)
    #expect(error?.message.contains("test and validation take 0.25 and 0.75") == true)
  }

  @Test func aClassOfOneClip() {
    let error = refusal(options(.clip), items + [SplitItem(clip: "odd", label: "fear", speaker: "s1")])
    #expect(error?.message.contains("class \"fear\" has no row on the test side: it has one clip, odd") == true)
  }

  @Test func aClassOfOneSpeaker() {
    let odd = (0..<3).map { SplitItem(clip: "odd\($0)", label: "fear", speaker: "s1") }
    let error = refusal(options(.speaker), items + odd)
    #expect(error?.message.contains("class \"fear\"") == true)
    #expect(error?.message.contains("all its 3 clips belong to speaker s1") == true)
  }

  @Test func aClassOfOneRecording() {
    let odd = (0..<3).map { SplitItem(clip: "odd\($0)", label: "fear", speaker: "s\($0)", contentHash: "same") }
    let error = refusal(options(.clip), items + odd)
    #expect(error?.message.contains("its 3 clips are one and the same recording") == true)
  }

  @Test func aClassThatTheListsLeaveOut() {
    let odd = [3, 4].map { SplitItem(clip: "odd\($0)", label: "fear", speaker: "s\($0)") }
    let error = refusal(options(.speaker) { $0.test = .names(["s1"]) }, items + odd)
    #expect(
      error?.message == "class \"fear\" has no row on the test side: its clips belong to speaker s3, s4")
  }

  @Test func rowsThatLeakAreRefusedBeforeAudioIsRead() {
    #expect(refusal(options(.row), items)?.kind == .leak)
    #expect(refusal(options(.row) { $0.allowLeak = true }, items) == nil)
    #expect(refusal(options(.row), items, views: ["original"]) == nil)
  }

  @Test(arguments: [
    (options(.column), ".", Diagnostic.Kind.missingKey, "needs \"column\""),
    (options(.clip) { $0.column = "set" }, "column", .invalidParameters, "has no effect on a split by clip"),
    (options(.clip) { $0.test = .names(["s1"]) }, "test", .wrongType, "takes a share, not a list"),
    (
      options(.row) {
        $0.validation = .names(["s1"]); $0.allowLeak = true
      }, "validation", .wrongType, "takes a share"
    ),
    (options(.speaker) { $0.test = .share(0) }, "test", .outOfRange, "nothing to test on"),
    (
      options(.clip) {
        $0.test = .share(0.6); $0.validation = .share(0.4)
      }, "validation", .outOfRange, "nothing to train on"
    ),
    (
      options(.speaker) {
        $0.test = .names(["s1"]); $0.validation = .names(["s1"])
      }, "validation", .badSplit,
      "\"s1\" is listed for test and for validation"
    ),
    (options(.clip) { $0.testViews = .names(["nosy"]) }, "test_views.0", .unknownChoice, "unknown view \"nosy\""),
    (options(.row), "by", .leak, "puts views of one clip on both sides"),
  ])
  func lintFinds(_ options: SplitOptions, _ path: String, _ kind: Diagnostic.Kind, _ message: String) {
    let findings = options.findings(views: ["original", "noisy"])
    #expect(findings.count == 1)
    #expect(findings.first?.kind == kind)
    #expect(findings.first?.diagnostic.subject ?? "." == path)
    #expect(findings.first?.message.contains(message) == true, "\(findings)")
    if kind != .leak {
      #expect(refusal(options, items)?.message == findings.first?.message)
    }
  }

  @Test func lintMissesTheOriginalView() {
    let findings = options(.clip).findings(views: ["noisy"])
    #expect(findings.first?.message == "no view is called \"original\"")
    #expect(options(.clip) { $0.testViews = .all }.findings(views: ["noisy"]).isEmpty)
  }

  @Test func goodOptionsHaveNoFindings() {
    for unit in [SplitUnit.speaker, .clip] { #expect(options(unit).findings(views: ["original", "noisy"]).isEmpty) }
  }
}
