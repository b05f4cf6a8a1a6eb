import Testing
import TimbreCore
import TimbreEvaluation

@Suite struct LeakGuardTests {
  private let table = SplitTable(
    items: [
      SplitItem(clip: "a", label: "x", speaker: "1", contentHash: "A"),
      SplitItem(clip: "b", label: "x", speaker: "2", contentHash: "B"),
      SplitItem(clip: "copy of a", label: "x", speaker: "3", contentHash: "A"),
      SplitItem(clip: "c", label: "x", speaker: "2", contentHash: nil),
      SplitItem(clip: "d", label: "x", contentHash: nil),
    ], views: ["original", "noisy"])

  private func leak(_ split: Split) -> Diagnostic? {
    do {
      try checkSplit(split, of: table, allowLeak: false)
      return nil
    } catch {
      return error as? Diagnostic
    }
  }

  @Test func findsViewsOfOneClip() {
    let error = leak(Split(train: [0, 2], test: [1, 3, 8]))
    #expect(error?.kind == .leak)
    #expect(
      error?.message == "the split leaks: 2 of 3 test rows are views of 2 clips also trained on (e.g. a)")
    #expect(error?.help?.contains("\"by\": \"clip\"") == true)
    #expect(error?.help?.contains("\"allow_leak\": true") == true)
  }

  @Test func findsIdenticalRecordings() {
    let error = leak(Split(train: [0], test: [4, 2]))
    #expect(
      error?.message
        == "the split leaks: 1 test clip has the same audio as a training clip, or part of it (e.g. copy of a = a)")
    #expect(error?.help?.contains("identical recordings") == true)
  }

  @Test func validationCountsAsKnown() {
    let report = LeakReport(of: Split(train: [2], validation: [0], test: [1]), in: table)
    #expect(report.test.clips == ["a"] && !report.validation.isLeak && report.isLeak)
  }

  @Test func validationIsCheckedAgainstTraining() {
    let error = leak(Split(train: [0], validation: [1], test: [2]))
    #expect(
      error?.message == "the split leaks: 1 of 1 validation rows are views of a clip also trained on (e.g. a)")
  }

  @Test func unknownAudioIsNoLeak() {
    #expect(leak(Split(train: [6], test: [8])) == nil)
  }

  @Test func speakersOnBothSidesAreSaidButAllowed() throws {
    let report = try checkSplit(Split(train: [2], test: [6]), of: table, allowLeak: false)
    #expect(report.isSpeakerDependent && !report.isLeak && report.test.speakers == ["2"] && report.sentence == nil)
    #expect(report.json["speaker_dependent"] == true)
  }

  @Test func anAllowedLeakIsReported() throws {
    let report = try checkSplit(Split(train: [0], test: [1, 4]), of: table, allowLeak: true)
    #expect(report.sentence?.isEmpty == false)
    #expect(report.json["leak"] == true)
    #expect(report.json["test"]?["clips"] == 1)
    #expect(report.json["test"]?["identical_recordings"] == [["known": "a", "tested": "copy of a"]])
  }

  @Test func aRowSplitOfViewsLeaksAndOneOfClipsDoesNot() throws {
    let items = corpus(speakers: 4, labels: ["x", "y"], takes: 3)
    for views in [["original"], ["original", "noisy"]] {
      let table = SplitTable(items: items, views: views)
      let options = options(.row) { $0.test = .share(0.5) }
      let split = try options.split(table, workflowSeed: 1)
      #expect(LeakReport(of: split, in: table).isLeak == options.leaks(viewCount: views.count))
    }
  }

  @Test func listsThatForceCopiesApartAreCaught() throws {
    var items = corpus(speakers: 3, labels: ["x", "y"], takes: 1)
    items[0].recording = RecordingID("same")
    items[4].recording = RecordingID("same")
    let table = SplitTable(items: items, views: ["original"])
    let split = try options(.speaker) { $0.test = .names(["s1"]) }.split(table, workflowSeed: 1)
    #expect(throws: Diagnostic.self) { try checkSplit(split, of: table, allowLeak: false) }
  }
}
