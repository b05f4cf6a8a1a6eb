import Foundation
import Testing
import TimbreAudio
import TimbreCore

/// What a run does with recordings on both sides and with clips that fail.
@Suite struct HonestyTests {
  @Test func aSplitByRowIsRefusedUnlessTheWorkflowWantsItAndThenSaidFirst() throws {
    let corpus = try TinyCorpus()
    try corpus.write(["split": #"{ "by": "row", "test": 0.25 }"#])
    let refused = try corpus.space.timbre("run", "w.json", "--out", "no")
    #expect(refused.status == 2)
    #expect(refused.err.contains("[leak]"))
    try corpus.write(["split": #"{ "by": "row", "test": 0.25, "allow_leak": true }"#])
    let run = try corpus.space.timbre("run", "w.json", "--out", "out")
    #expect(run.status == 0, "\(run.err)")
    let metrics = try corpus.space.object("out/metrics.json")
    #expect(metrics["leak"] as? Bool == true)
    let verdict = try #require(metrics["verdict"] as? String)
    #expect(verdict.hasPrefix("This evaluation leaks: "))
    let page = try corpus.space.text("out/report.html")
    let body = try #require(page.range(of: "<body>")).upperBound
    let first = page[body...].drop { $0.isWhitespace }.prefix(50)
    #expect(first.hasPrefix("<p class=\"verdict leak\">This evaluation leaks: "), "\(first)")
  }

  @Test func identicalRecordingsStayTogetherAndTheGuardCatchesThemWhereAListForcesThemApart() throws {
    let corpus = try TinyCorpus()
    var table = "file,label,speaker,set\n"
    for index in 0..<8 {
      for label in ["high", "low"] {
        table += "clips/\(label)/\(label)\(index).wav,\(label),s\(index),\(index < 6 ? "train" : "test")\n"
      }
    }
    // The same audio under another name, said by another speaker.
    try FileManager.default.copyItem(
      atPath: corpus.space.path("clips/high/high7.wav"), toPath: corpus.space.path("clips/copy.wav"))
    try corpus.space.write(table + "clips/copy.wav,high,s0,train\n", to: "list.csv")
    let dataset = #"{ "use": "dataset.csv", "path": "list.csv" }"#
    for split in [#"{ "by": "column", "column": "set" }"#, #"{ "by": "speaker", "test": ["s6", "s7"] }"#] {
      try corpus.write(["dataset": dataset, "split": split])
      let run = try corpus.space.timbre("run", "w.json", "--out", "apart-\(split.count)")
      #expect(run.status == 1)
      #expect(run.err.contains("[leak]") && run.err.contains("same audio"), "\(run.err)")
    }
    for (out, split) in [
      ("clip", #"{ "by": "clip", "test": 0.3 }"#), ("speaker", #"{ "by": "speaker", "test": 0.3 }"#),
    ] {
      try corpus.write(["dataset": dataset, "split": split])
      let run = try corpus.space.timbre("run", "w.json", "--out", out)
      #expect(run.status == 0, "\(run.err)")
      let rows = try corpus.space.table(out + "/clips.csv").filter { $0["view"] == "original" }
      let sides = Set(
        rows.filter { $0["id"]?.contains("copy") == true || $0["id"]?.contains("high7") == true }.map { $0["split"] })
      #expect(sides.count == 1)
    }
    #expect(try corpus.space.object("speaker/metrics.json")["speaker_dependent"] as? Bool == false)
    let dependent = try corpus.space.object("clip/metrics.json")
    #expect(dependent["speaker_dependent"] as? Bool == true)
    #expect((dependent["verdict"] as? String)?.hasPrefix("Speaker-dependent") == true)
  }

  @Test func failedClipsStopTheRunOrAreNamedAndCounted() throws {
    let corpus = try TinyCorpus()
    try corpus.space.write("not audio at all", to: "clips/low/bad.wav")
    var broken = voice(pitch: 120)
    broken.samples[500] = .nan
    try corpus.space.write(broken, to: "clips/low/nan.wav")
    try corpus.space.write("", to: "clips/low/none.wav")
    let stopped = try corpus.space.timbre("run", "w.json", "--out", "stopped")
    #expect(stopped.status == 1)
    #expect(stopped.err.contains("low/bad.wav"), "\(stopped.err)")
    #expect(stopped.err.contains("\"on_error\": \"skip\""))
    let mark = try corpus.space.object("stopped/run.json")
    #expect(mark["state"] as? String == "failed")
    #expect((mark["error"] as? String)?.contains("bad.wav") == true)

    let skipped = try corpus.space.timbre("run", "w.json", "--out", "out", "--set", "on_error=skip")
    #expect(skipped.status == 0, "\(skipped.err)")
    let failures = try corpus.space.table("out/clips.csv").filter { $0["status"] == "failed" }
    #expect(failures.count == 3)
    #expect(failures.allSatisfy { $0["reason"]?.isEmpty == false })
    #expect(try corpus.space.object("out/metrics.json")["failed_clips"] as? Int == 3)
    #expect(try corpus.space.text("out/report.html").contains("3 clips of 19 failed"))
  }

  @Test(arguments: [
    (#"{ "use": "dataset.folders", "path": "nowhere" }"#, "nowhere"),
    (#"{ "use": "dataset.folders", "path": "empty" }"#, "empty"),
    (#"{ "use": "dataset.ravdess", "path": "clips" }"#, "03-01-"),
    (#"{ "use": "dataset.csv", "path": "w.json" }"#, "file"),
  ])
  func datasetsWithoutClipsAreExplained(dataset: String, words: String) throws {
    let corpus = try TinyCorpus(clips: 2)
    try FileManager.default.createDirectory(atPath: corpus.space.path("empty"), withIntermediateDirectories: true)
    try corpus.write(["dataset": dataset])
    let run = try corpus.space.timbre("run", "w.json", "--out", "out")
    #expect(run.status == 1)
    #expect(run.err.contains("error: ") && run.err.contains(words), "\(run.err)")
  }

  @Test func splitsThatCannotBeMadeFailBeforeAnyAudioIsRead() throws {
    let corpus = try TinyCorpus(clips: 4)
    try corpus.space.write("never decoded", to: "clips/lonely/one.wav")
    let run = try corpus.space.timbre("run", "w.json", "--out", "out")
    #expect(run.status == 1)
    #expect(run.err.contains("[bad_split]") && run.err.contains("lonely"), "\(run.err)")
    try corpus.write(["split": #"{ "by": "speaker", "test": 0.2 }"#])
    let speakers = try corpus.space.timbre("run", "w.json", "--out", "out2")
    #expect(speakers.status == 1)
    #expect(speakers.err.contains("speaker"))
  }

  @Test func aVectorThatIsNotFiniteNamesFeatureAndClip() throws {
    let corpus = try TinyCorpus(clips: 4)
    var loud = voice(pitch: 200)
    loud.samples = loud.samples.map { $0 * 1e20 }
    try corpus.space.write(loud, to: "clips/high/loud.wav")
    let run = try corpus.space.timbre(
      "run", "w.json", "--out", "out", "--set", "features.mel={\"use\": \"feature.melspectrogram\"}", "--set",
      "vector=[\"mel.mean\"]")
    #expect(run.status == 1)
    #expect(run.err.contains("feature mel") && run.err.contains("loud"), "\(run.err)")
  }
}
