import Foundation
import Testing
import TimbreAudio
import TimbreCore
import TimbreReport

/// extract, augment, predict, inspect, plugins, schema and lint, as a user runs them.
@Suite struct ToolTests {
  @Test func extractWritesEachFormat() throws {
    let space = try Workspace()
    try space.write(voice(pitch: 150, seconds: 1, rate: 22_050), to: "a b.wav")
    try space.write(voice(pitch: 250, seconds: 1, rate: 8_000), to: "ä.wav")
    let npy = try space.timbre("extract", "a b.wav", "--use", "feature.mfcc", "--set", "n_mfcc=13", "--out", "x.npy")
    #expect(npy.status == 0, "\(npy.err)")
    #expect(try NPY.read(space.path("x.npy")).shape == [13, 44])
    #expect(try space.timbre("extract", "a b.wav", "--use", "feature.rms", "--out", "x.csv").status == 0)
    let lines = try space.text("x.csv").split(whereSeparator: \.isNewline)
    #expect(lines.first == "time,rms")
    #expect(lines.count == 45)
    #expect(try space.timbre("extract", "a b.wav", "--use", "feature.melspectrogram", "--out", "x.png").status == 0)
    #expect(try PNG.decode(Array(space.data("x.png"))).width > 400)
    let native = try space.timbre(
      "extract", "ä.wav", "--use", "feature.rms", "--sample-rate", "native", "--offset", "0.25", "--duration", "0.5",
      "--out", "n.npy")
    #expect(native.status == 0, "\(native.err)")
    #expect(try NPY.read(space.path("n.npy")).shape == [1, 8])
    let folder = try space.timbre("extract", "a b.wav", "ä.wav", "--use", "feature.rms", "--out", "many")
    #expect(folder.status == 0, "\(folder.err)")
    #expect(space.exists("many/a b.npy") && space.exists("many/ä.npy"))
    let delta = try space.timbre(
      "extract", "a b.wav", "--use", "feature.delta", "--of", "feature.mfcc", "--of-set", "n_mfcc=5", "--out", "d.npy")
    #expect(delta.status == 0, "\(delta.err)")
    #expect(try NPY.read(space.path("d.npy")).shape == [5, 44])
  }

  @Test func extractNamesWhatFailsAndGoesOn() throws {
    let space = try Workspace()
    try space.write(voice(pitch: 150), to: "good.wav")
    try space.write("RIFF but no", to: "bad.wav")
    let some = try space.timbre("extract", "bad.wav", "good.wav", "--use", "feature.rms", "--out", "many")
    #expect(some.status == 1)
    #expect(some.err.contains("bad.wav") && some.err.contains("1 of 2 files failed"))
    #expect(space.exists("many/good.npy") && !space.exists("many/bad.npy"))
    #expect(try space.timbre("extract", "good.wav", "--use", "feature.rms", "--out", "nowhere/x.npy").status == 1)
    #expect(try space.timbre("extract", "good.wav", "--use", "feature.rms", "--out", "x.txt").status == 2)
    #expect(
      try space.timbre("extract", "good.wav", "--use", "feature.rms", "--sample-rate", "fast", "--out", "x.npy").status
        == 2)
  }

  @Test func vectorsOfAWorkflowNeedNoDataset() throws {
    let corpus = try TinyCorpus(clips: 2)
    try corpus.write(["dataset": #"{ "use": "dataset.ravdess", "path": "${NOT_SET_ANYWHERE}" }"#])
    let outcome = try corpus.space.timbre(
      "extract", "clips/low/low0.wav", "clips/low/low1.wav", "--workflow", "w.json", "--out", "v.npy")
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(try NPY.read(corpus.space.path("v.npy")).shape == [2, 27])
    #expect(
      try corpus.space.timbre("extract", "clips/low/low0.wav", "--workflow", "w.json", "--out", "v.csv").status == 0)
    #expect(try corpus.space.text("v.csv").hasPrefix("file,mfcc.mean."))
    #expect(try corpus.space.timbre("run", "w.json", "--out", "out").status == 2)
    #expect(try corpus.space.timbre("lint", "w.json").status == 0)
  }

  @Test func augmentDependsOnTheSeedAlone() throws {
    let space = try Workspace()
    try space.write(voice(pitch: 150, rate: 44_100), to: "in.wav")
    for (name, seed) in [("a", "1"), ("b", "1"), ("c", "2")] {
      let outcome = try space.timbre(
        "augment", "in.wav", "--use", "augment.noise", "--set", "amount=0.1", "--seed", seed, "--out", name + ".wav")
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(outcome.err.hasPrefix("level = "))
    }
    #expect(try space.data("a.wav") == space.data("b.wav"))
    #expect(try space.data("a.wav") != space.data("c.wav"))
    let stretched = try space.timbre(
      "augment", "in.wav", "--use", "augment.time_stretch", "--set", "rate=2", "--out", "s.wav")
    #expect(stretched.status == 0, "\(stretched.err)")
    let (signal, info) = try AudioFile.decode(path: space.path("s.wav"))
    #expect(info.sampleRate == 44_100)
    #expect(signal.samples.count == 13_230)
    #expect(try space.timbre("augment", "in.wav", "--use", "augment.pitch", "--out", "x.wav").status == 2)
  }

  @Test func predictionsAreThoseOfTheRunToTheLastDigit() throws {
    let corpus = try TinyCorpus()
    #expect(try corpus.space.timbre("run", "w.json", "--out", "out").status == 0)
    let rows = try corpus.space.table("out/predictions.csv")
    let ids = try rows.map { try #require($0["id"]) }
    let outcome = try corpus.space.start(["predict"] + ids.map { "clips/" + $0 } + ["--model", "out/bundle", "--json"])
      .finish()
    #expect(outcome.status == 0, "\(outcome.err)")
    let answers = try #require(outcome.json as? [[String: Any]])
    #expect(answers.count == rows.count)
    for (answer, row) in zip(answers, rows) {
      #expect(answer["label"] as? String == row["predicted"])
      let probabilities = try #require(answer["probabilities"] as? [String: Double])
      #expect(Set(probabilities.keys) == ["high", "low"])
      for (label, value) in probabilities { #expect(Float(value) == Float(row["p_" + label] ?? "")) }
    }
    try corpus.space.write("junk", to: "junk.wav")
    let mixed = try corpus.space.timbre(
      "predict", "junk.wav", "clips/low/low0.wav", "none.wav", "--model", "out", "--json")
    #expect(mixed.status == 1)
    let list = try #require(mixed.json as? [[String: Any]])
    #expect(list.map { $0["error"] != nil } == [true, false, true])
    #expect(list.map { $0["file"] as? String } == ["junk.wav", "clips/low/low0.wav", "none.wav"])
    #expect(
      try corpus.space.timbre("predict", "clips/low/low0.wav", "--model", "out").out.hasPrefix(
        "clips/low/low0.wav: low\n  low "))
  }

  @Test func aBundleThatWasTouchedIsRefused() throws {
    let corpus = try TinyCorpus()
    #expect(try corpus.space.timbre("run", "w.json", "--out", "out").status == 0)
    let head = try corpus.space.text("out/bundle/bundle.json")
    let weights = try corpus.space.data("out/bundle/model.safetensors")
    var flipped = weights
    flipped[flipped.count - 9] ^= 0x40
    let cases: [(String, String, Data, String)] = [
      (
        "edited labels", head.replacingOccurrences(of: "\"high\", \"low\"", with: "\"low\", \"high\""), weights,
        "changed after training"
      ),
      (
        "edited feature", head.replacingOccurrences(of: "\"n_mfcc\": 13", with: "\"n_mfcc\": 12"), weights,
        "changed after training"
      ),
      (
        "later version", head.replacingOccurrences(of: "\"timbre_bundle\": 1", with: "\"timbre_bundle\": 3"), weights,
        "version 3"
      ),
      ("cut head", String(head.prefix(200)), weights, "damaged"), ("no JSON", "hello", weights, "damaged"),
      ("another file", "{}", weights, "not a bundle"),
      ("flipped bit", head, flipped, "changed or cut short"),
      ("cut weights", head, weights.prefix(1000), "changed or cut short"),
      ("no weights", head, Data(), "changed or cut short"),
    ]
    for (name, head, weights, words) in cases {
      try corpus.space.write(head, to: "touched/bundle.json")
      try weights.write(to: URL(fileURLWithPath: corpus.space.path("touched/model.safetensors")))
      let outcome = try corpus.space.timbre("predict", "clips/low/low0.wav", "--model", "touched")
      #expect(outcome.status == 1, "\(name)")
      #expect(outcome.err.contains(words), "\(name): \(outcome.err)")
      #expect(outcome.out.isEmpty)
    }
    #expect(try corpus.space.timbre("predict", "clips/low/low0.wav", "--model", "nowhere").status == 1)
  }

  @Test func inspectTellsRunsAndBundles() throws {
    let corpus = try TinyCorpus()
    #expect(try corpus.space.timbre("run", "w.json", "--out", "out").status == 0)
    let run = try corpus.space.timbre("inspect", "out", "--json")
    #expect((run.json as? [String: Any])?["state"] as? String == "finished")
    let bundle = try corpus.space.timbre("inspect", "out/bundle", "--json")
    #expect((bundle.json as? [String: Any])?["labels"] as? [String] == ["high", "low"])
    #expect(try corpus.space.timbre("inspect", "out").out.contains("accuracy"))
    #expect(try corpus.space.timbre("inspect", "clips").status == 1)
  }

  @Test func lintSaysFindingsAsTextAndJSON() throws {
    let corpus = try TinyCorpus(clips: 2)
    try corpus.write(["scale": "\"standart\""])
    let text = try corpus.space.timbre("lint", "w.json")
    #expect(text.status == 2)
    #expect(text.err.hasPrefix("w.json:13:12: error: unknown value \"standart\""), "\(text.err)")
    let json = try corpus.space.timbre("lint", "w.json", "--json")
    let findings = try #require(json.json as? [[String: Any]])
    #expect(findings.first?["line"] as? Int == 13)
    #expect(findings.first?["kind"] as? String == "unknown_choice")
    #expect(try corpus.space.timbre("lint", "/").status == 2)
  }
}
