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

/// What must not be said, and what must not be lost.
@Suite struct TruthTests {
  private func corpus(_ table: String, _ changes: [String: String?] = [:]) throws -> TinyCorpus {
    let corpus = try TinyCorpus()
    try corpus.space.write(table, to: "list.csv")
    try corpus.write(
      changes.merging(["dataset": #"{ "use": "dataset.csv", "path": "list.csv" }"#]) { first, _ in first })
    return corpus
  }

  private func rows(_ line: (String, Int) -> String) -> String {
    ["high", "low"].flatMap { label in
      (0..<8).map { "clips/\(label)/\(label)\($0).wav,\(label)," + line(label, $0) + "\n" }
    }.joined()
  }

  @Test func independenceIsNotClaimedWhereTrainingSpeakersAreUnknown() throws {
    let table = "file,label,speaker,split\n" + rows { "\($1 < 6 ? "" : "s\($1)"),\($1 < 6 ? "train" : "test")" }
    let corpus = try corpus(table, ["split": #"{ "by": "column", "column": "split" }"#])
    #expect(try corpus.space.timbre("run", "w.json", "--out", "out").status == 0)
    let verdict = try #require(corpus.space.object("out/metrics.json")["verdict"] as? String)
    #expect(verdict.hasPrefix("Speakers are unknown for 12 clips"), "\(verdict)")
    #expect(try corpus.space.text("out/report.html").contains("class=\"verdict caution\""))
    // The dataset's own column of that name keeps its values beside the run's.
    let clips = try corpus.space.table("out/clips.csv")
    #expect(Set(clips.compactMap { $0["dataset_split"] }) == ["train", "test"])
    #expect(Set(clips.compactMap { $0["split"] }) == ["train", "test", "unused"])
  }

  @Test func aClassThatFailsWholeAndASingleClassAreErrors() throws {
    let corpus = try corpus("file,label\n" + rows { _, _ in "" }.replacingOccurrences(of: ",\n", with: "\n"))
    for index in 0..<4 { try corpus.space.write("junk", to: "clips/ghost/\(index).wav") }
    try corpus.write(["on_error": "\"skip\""])
    let ghost = try corpus.space.timbre("run", "w.json", "--out", "ghost")
    #expect(ghost.status == 1)
    #expect(ghost.err.contains("every clip of the class \"ghost\" failed"), "\(ghost.err)")
    #expect(try corpus.space.table("ghost/clips.csv").count == 4)
    try FileManager.default.removeItem(atPath: corpus.space.path("clips/ghost"))
    try FileManager.default.removeItem(atPath: corpus.space.path("clips/low"))
    let single = try corpus.space.timbre("run", "w.json", "--out", "single")
    #expect(single.status == 1)
    #expect(single.err.contains("at least two classes"), "\(single.err)")
  }

  @Test func overlappingStretchesOfOneFileAreALeak() throws {
    func table(_ second: String) -> String {
      "file,label,start,end,split\n"
        + ["high", "low"].flatMap { label in
          (0..<8).flatMap { index in
            ["0,0.3,train", second].map { "clips/\(label)/\(label)\(index).wav,\(label),\($0)\n" }
          }
        }.joined()
    }
    let changes: [String: String?] = ["split": #"{ "by": "column", "column": "split" }"#]
    let overlapping = try corpus(table("0.2,0.5,test"), changes).space.timbre("run", "w.json", "--out", "out")
    #expect(overlapping.status == 1 && overlapping.err.contains("[leak]"), "\(overlapping.err)")
    let apart = try corpus(table("0.3,0.6,test"), changes).space.timbre("run", "w.json", "--out", "out")
    #expect(apart.status == 0, "\(apart.err)")
  }

  @Test func entriesThatArePassedOverAreListed() throws {
    let corpus = try corpus(
      "file,label\n" + rows { _, _ in "" }.replacingOccurrences(of: ",\n", with: "\n") + "clips/gone.wav,high\n")
    let run = try corpus.space.timbre("run", "w.json", "--out", "out")
    #expect(run.status == 0)
    #expect(run.err.contains("1 entry of the dataset passed over") && run.err.contains("gone.wav"), "\(run.err)")
    let passed = try corpus.space.table("out/clips.csv").filter { $0["status"] == "passed over" }
    #expect(passed.count == 1)
    #expect(try corpus.space.object("out/metrics.json")["passed_over_files"] as? Int == 1)
  }

  @Test func aRelativeRootStartsAtTheWorkflow() throws {
    let corpus = try TinyCorpus()
    try corpus.space.write(
      "file,label\n" + rows { _, _ in "" }.replacingOccurrences(of: ",\n", with: "\n"), to: "tables/list.csv")
    try corpus.write(["dataset": #"{ "use": "dataset.csv", "path": "tables/list.csv", "root": "." }"#])
    let run = try Running(
      program, ["run", corpus.space.path("w.json"), "--out", corpus.space.path("out")], in: URL(fileURLWithPath: "/")
    ).finish()
    #expect(run.status == 0, "\(run.err)")
  }

  @Test func resultsThatCannotBeWrittenAreFailures() throws {
    let space = try Workspace()
    try space.write(voice(pitch: 150), to: "in.wav")
    let full = try Running(
      URL(fileURLWithPath: "/bin/bash"), ["-c", "'\(program.path)' schema > /dev/full"], in: space.url
    ).finish()
    #expect(full.status == 1)
    #expect(full.err.contains("standard output cannot be written"))
    try space.write(Signal(samples: voice(pitch: 150).samples.map { $0 * 1e38 }, sampleRate: 16_000), to: "huge.wav")
    let noise = try space.timbre(
      "augment", "huge.wav", "--use", "augment.noise", "--set", "amount=1000", "--out", "n.wav")
    #expect(noise.status == 1 && noise.err.contains("not_finite") && !space.exists("n.wav"), "\(noise.err)")
    #expect(try space.timbre("augment", "in.wav", "--use", "augment.noise", "--out", "n.flac").status == 2)
    #expect(try space.timbre("lint", "/dev/zero").status == 2)
    let folder = try space.timbre("extract", "in.wav", "in.wav", "--use", "feature.rms", "--out", "many")
    #expect(folder.status == 2 && folder.err.contains("both be written"))
    try space.write("x", to: "file")
    try FileManager.default.copyItem(atPath: space.path("in.wav"), toPath: space.path("other.wav"))
    let blocked = try space.timbre("extract", "in.wav", "other.wav", "--use", "feature.rms", "--out", "file")
    #expect(blocked.status == 1 && blocked.err.contains("the folder cannot be made"), "\(blocked.err)")
  }
}
