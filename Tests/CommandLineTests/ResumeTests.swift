import Foundation
import Testing

/// What a run does with a folder that an earlier one has left.
@Suite struct ResumeTests {
  private static let folds = #"{ "by": "clip", "folds": 3 }"#

  /// Makes a finished run look as if it had been ended before its last file.
  private static func unfinish(_ run: String, in space: Workspace) throws {
    let text = try space.text(run + "/run.json")
    #expect(text.contains("\"finished\""))
    try space.write(text.replacing("\"finished\"", with: "\"interrupted\""), to: run + "/run.json")
    try FileManager.default.removeItem(atPath: space.path(run + "/metrics.json"))
  }

  @Test func finishedFoldsBelongToTheDataThatTheyHad() throws {
    let corpus = try TinyCorpus()
    let space = corpus.space
    try corpus.write(["split": Self.folds, "artifacts": #"{ "clips": 0 }"#])
    #expect(try space.timbre("run", "w.json", "--out", "out").status == 0)
    let before = try space.data("out/predictions.csv")
    try Self.unfinish("out", in: space)
    let sound = try space.data("clips/low/low3.wav")
    try space.write(voice(pitch: 700, seed: 9), to: "clips/low/low3.wav")
    let changed = try space.timbre("run", "w.json", "--out", "out", "--resume")
    #expect(changed.status != 0)
    #expect(changed.err.contains("the recording of clip low/low3.wav is another"), "\(changed.err)")
    #expect(try space.data("out/predictions.csv") == before)
    // With the old recording it goes on, although it has failed in between.
    try sound.write(to: space.url.appendingPathComponent("clips/low/low3.wav"))
    let again = try space.timbre("run", "w.json", "--out", "out", "--resume")
    #expect(again.status == 0, "\(again.err)")
    #expect(try space.data("out/predictions.csv") == before)
  }

  @Test func aFinishedRunIsNotTakenForOneOfOtherData() throws {
    let corpus = try TinyCorpus(clips: 4)
    let space = corpus.space
    try corpus.write(["artifacts": #"{ "clips": 0 }"#])
    #expect(try space.timbre("run", "w.json", "--out", "out").status == 0)
    // Touched, and still the same.
    try space.data("clips/low/low1.wav").write(to: space.url.appendingPathComponent("clips/low/low1.wav"))
    #expect(try space.timbre("run", "w.json", "--out", "out", "--resume").status == 0)
    try FileManager.default.moveItem(
      atPath: space.path("clips/low/low1.wav"), toPath: space.path("clips/high/low1.wav"))
    let moved = try space.timbre("run", "w.json", "--out", "out", "--resume")
    #expect(moved.status == 2)
    #expect(moved.err.contains("clip high/low1.wav is new"), "\(moved.err)")
  }

  @Test func trialsOfTwoStatesOfTheDataAreNotMixed() throws {
    let corpus = try TinyCorpus(clips: 4)
    let space = corpus.space
    try corpus.write([
      "variants": #"{ "plain": {}, "few": { "features.mfcc.n_mfcc": 5 } }"#, "artifacts": #"{ "clips": 0 }"#,
    ])
    #expect(try space.timbre("run", "w.json", "--out", "out").status == 0)
    try space.write(
      try space.text("out/run.json").replacing("\"finished\"", with: "\"interrupted\""), to: "out/run.json")
    try FileManager.default.removeItem(atPath: space.path("out/trials/few"))
    try space.write(voice(pitch: 700, seed: 9), to: "clips/low/low3.wav")
    let resumed = try space.timbre("run", "w.json", "--out", "out", "--resume")
    #expect(resumed.status == 2)
    #expect(resumed.err.contains("out/trials/plain") && resumed.err.contains("low3.wav"), "\(resumed.err)")
    #expect(!space.exists("out/trials/few"))
  }

  @Test func twoProcessesDoNotShareAFolder() throws {
    let corpus = try TinyCorpus()
    let space = corpus.space
    try corpus.write(["split": Self.folds])
    let first = try space.start(["run", "w.json", "--out", "out", "--set", "classifier.epochs=100000"])
    while !space.exists("out/clips.csv"), first.process.isRunning { Thread.sleep(forTimeInterval: 0.02) }
    let second = try space.timbre("run", "w.json", "--out", "out", "--resume", "--set", "classifier.epochs=100000")
    #expect(second.status == 2)
    #expect(
      second.err.contains("another process is at work on it: \(first.process.processIdentifier)"), "\(second.err)")
    // Nor is it removed, or passed over in the list.
    #expect(try space.timbre("runs", ".", "--state", "running", "--json").out.contains("\"out\""))
    let removal = try space.timbre("runs", ".", "--remove", "--yes")
    #expect(removal.err.contains("under way"), "\(removal.err)")
    #expect(space.exists("out/run.json"))
    kill(first.process.processIdentifier, SIGKILL)
    _ = try first.finish()
    #expect(try space.timbre("runs", ".", "--state", "stopped", "--json").out.contains("\"out\""))
  }

  @Test func damagedFoldersAreListed() throws {
    let space = try Workspace()
    try space.write("{ \"state\": ", to: "runs/half/run.json")
    try space.write("[]", to: "runs/list/run.json")
    try space.write("no run", to: "runs/other/notes.txt")
    let list = try space.timbre("runs", "--json", "--sort", "name")
    let runs = try #require(list.json as? [[String: Any]], "\(list.err)")
    #expect(runs.compactMap { $0["name"] as? String } == ["half", "list"])
    #expect(runs.allSatisfy { $0["state"] as? String == "damaged" })
    #expect(try space.timbre("runs", "--state", "damaged", "--remove", "--yes").status == 0)
    #expect(!space.exists("runs/half") && space.exists("runs/other/notes.txt"))
  }
}
