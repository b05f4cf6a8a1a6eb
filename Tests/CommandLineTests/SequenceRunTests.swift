import Foundation
import Testing
import TimbreCore
import TimbreReport

/// Workflows whose rows are frames in order, through the whole program.
@Suite struct SequenceRunTests {
  private static let results = [
    "features/sequences.npy", "features/lengths.csv", "features/columns.csv", "clips.csv", "predictions.csv",
    "metrics.json", "bundle/model.safetensors", "bundle/bundle.json",
  ]

  /// Buzzes of 0.35 to 1 s, 11 to 32 frames, and a workflow of their first `frames`.
  private static func corpus(frames: Int = 24, _ changes: [String: String?] = [:]) throws -> TinyCorpus {
    let corpus = try TinyCorpus()
    for index in 0..<4 {
      for (label, pitch) in [("high", 320.0), ("low", 110.0)] {
        let seconds = 0.35 + 0.65 * Double(index) / 3
        try corpus.space.write(
          voice(pitch: pitch, seconds: seconds, seed: 50), to: "clips/\(label)/\(label)\(index).wav")
      }
    }
    let all: [String: String?] = [
      "vector": nil, "sequence": #"{ "of": ["mfcc", "zcr"], "frames": \#(frames) }"#,
      "classifier": #"{ "use": "classifier.conv1d", "epochs": 5, "batch_size": 8 }"#,
    ]
    try corpus.write(all.merging(changes) { $1 })
    return corpus
  }

  private static func expectEqual(_ a: String, _ b: String, in space: Workspace) throws {
    for name in results { #expect(try space.data("\(a)/\(name)") == space.data("\(b)/\(name)"), "\(name)") }
  }

  @Test func aRunLeavesItsSequencesAndABundle() throws {
    let corpus = try Self.corpus()
    let space = corpus.space
    let run = try space.timbre("run", "w.json", "--out", "one", "--jobs", "1")
    #expect(run.status == 0, "\(run.err)")
    #expect(try space.timbre("run", "w.json", "--out", "three", "--jobs", "3").status == 0)
    try Self.expectEqual("one", "three", in: space)

    let array = try NPY.read(space.path("one/features/sequences.npy"))
    #expect(array.shape == [32, 14, 24])
    let lengths = try space.table("one/features/lengths.csv")
    let clips = try space.table("one/clips.csv")
    #expect(lengths.count == 32)
    #expect(Set(lengths.compactMap { $0["frames_before_cropping"] }) == ["11", "18", "19", "25", "32"])
    for (row, line) in lengths.enumerated() {
      let frames = try #require(Int(line["frames"] ?? ""))
      #expect(frames == min(24, Int(line["frames_before_cropping"] ?? "") ?? 0))
      for bin in 0..<14 {
        let values = array.values[(row * 14 + bin) * 24..<(row * 14 + bin + 1) * 24]
        #expect(values.prefix(frames).allSatisfy(\.isFinite) && values.dropFirst(frames).allSatisfy(\.isNaN))
      }
    }
    let columns = try space.table("one/features/columns.csv").compactMap { $0["name"] }
    #expect(columns.first == "mfcc.mfcc_0" && columns.last == "zcr")
    let page = try space.text("one/report.html")
    #expect(page.contains("A sequence of up to 24 frames of 14 bins"))
    #expect(page.contains("Of 32 rows 8 had more frames"))

    // The bundle says of a file what the run said of it, and the features of a file are those of the run.
    let tested = try space.table("one/predictions.csv")
    let line = try #require(tested.first { $0["view"] == "original" })
    let place = try #require(clips.first { $0["row"] == line["row"] })
    let file = try #require(place["file"])
    let told = try space.timbre("predict", file, "--model", "one", "--json")
    let answer = try #require((told.json as? [[String: Any]])?.first, "\(told.err)")
    let probabilities = try #require(answer["probabilities"] as? [String: Double])
    for (label, value) in probabilities { #expect(abs(value - (Double(line["p_" + label] ?? "") ?? -1)) < 1e-6) }
    #expect(answer["label"] as? String == line["predicted"])
    let inspected = try space.timbre("inspect", "one/bundle", "--json").json as? [String: Any]
    #expect((inspected?["sequence"] as? [String: Any])?["frames"] as? Int == 24)
    #expect(try space.timbre("extract", file, "--workflow", "w.json", "--out", "x.npy").status == 0)
    let extracted = try NPY.read(space.path("x.npy"))
    #expect(extracted.shape == [1, 14, 24])
    let row = try #require(Int(line["row"] ?? ""))
    let own = array.values[row * 14 * 24..<(row + 1) * 14 * 24]
    #expect(extracted.values.map(\.bitPattern) == own.map(\.bitPattern))
    #expect(try space.timbre("extract", file, "--workflow", "w.json", "--out", "x.csv").status == 0)
    #expect(try space.table("x.csv").count == Int(lengths[row]["frames"] ?? ""))
  }

  @Test func roomForMoreFramesChangesNoAnswer() throws {
    let corpus = try Self.corpus(frames: 32)
    let space = corpus.space
    #expect(try space.timbre("run", "w.json", "--out", "exact").status == 0)
    #expect(try space.timbre("run", "w.json", "--out", "roomy", "--set", "sequence.frames=57").status == 0)
    let (exact, roomy) = (try space.table("exact/predictions.csv"), try space.table("roomy/predictions.csv"))
    #expect(exact.count == roomy.count && exact.count > 3)
    for (one, other) in zip(exact, roomy) {
      #expect(abs((Double(one["p_high"] ?? "") ?? 9) - (Double(other["p_high"] ?? "") ?? 0)) < 1e-3)
    }
  }

  @Test func theCacheKeepsFramesForEverySequence() throws {
    let corpus = try Self.corpus()
    let space = corpus.space
    func run(_ out: String, _ more: [String] = [], cache: [String] = ["--cache", "c.sqlite"]) throws -> [Int] {
      let run = try space.start(["run", "w.json", "--out", out] + cache + more).finish()
      #expect(run.status == 0, "\(run.err)")
      let line = run.err.split(separator: "\n").first { $0.hasPrefix("cache: ") } ?? ""
      return line.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
    }
    _ = try run("plain", cache: [])
    // The line is there only where something was known.
    #expect(try run("first").isEmpty)
    let second = try run("second", ["--jobs", "1"])
    #expect(second.count == 2 && second[0] == second[1], "\(second)")
    for out in ["first", "second"] { try Self.expectEqual("plain", out, in: space) }
    // Cropped elsewhere, in another order: the frames are the same.
    let change = ["--set", "sequence.frames=15", "--set", "sequence.crop=end", "--set", #"sequence.of=["zcr","mfcc"]"#]
    let third = try run("third", change)
    #expect(third.count == 2 && third[0] == third[1], "\(third)")
    _ = try run("third-plain", change, cache: [])
    try Self.expectEqual("third", "third-plain", in: space)
  }

  @Test func foldsAreResumedWithTheSameBits() throws {
    let corpus = try Self.corpus([
      "split": #"{ "by": "clip", "folds": 3 }"#, "scale": #""robust""#, "artifacts": #"{ "clips": 0 }"#,
    ])
    let space = corpus.space
    for out in ["whole", "broken"] { #expect(try space.timbre("run", "w.json", "--out", out).status == 0) }
    // As a kill between two folds leaves it.
    let state = try space.text("broken/run.json").replacingOccurrences(of: "\"finished\"", with: "\"running\"")
    try space.write(state, to: "broken/run.json")
    for name in [
      "metrics.json", "predictions.csv", "report.html", "folds/2/metrics.json", "folds/3/bundle/bundle.json",
    ] {
      #expect(space.exists("broken/" + name), "\(name)")
      try FileManager.default.removeItem(atPath: space.path("broken/" + name))
    }
    try FileManager.default.removeItem(atPath: space.path("broken/folds/3/metrics.json"))
    let resumed = try space.timbre("run", "w.json", "--out", "broken", "--resume")
    #expect(resumed.status == 0, "\(resumed.err)")
    for name in ["metrics.json", "predictions.csv", "folds/2/bundle/model.safetensors", "folds/3/bundle/bundle.json"] {
      #expect(try space.data("whole/" + name) == space.data("broken/" + name), "\(name)")
    }
    let told = try space.timbre("importance", "whole", "--json", "--repeats", "4")
    let json = try #require(told.json as? [String: Any], "\(told.err)")
    #expect(json["uar"] as? Double == (try space.object("whole/metrics.json"))["uar"] as? Double)
    let features = try #require(json["features"] as? [[String: Any]])
    #expect(features.compactMap { $0["name"] as? String }.sorted() == ["mfcc", "zcr"])
    let bins = try space.timbre("importance", "whole", "--bins", "--csv", "--repeats", "2")
    #expect(bins.out.split(separator: "\n").count == 15, "\(bins.err)")
  }

  @Test func vectorsAndSequencesAreComparedInOneExperiment() throws {
    let corpus = try Self.corpus([
      "vector": #"["mfcc.mean"]"#, "sequence": nil, "scale": #""quantile""#,
      "classifier":
        #"{ "use": "classifier.conv1d", "epochs": 2, "batch_size": 8, "layers": ["global_max_pool", { "type": "dense", "units": 4 }] }"#,
      "variants":
        #"{ "vector": {}, "sequence": { "vector": null, "sequence": { "of": ["mfcc"], "frames": 20, "crop": "center" } } }"#,
      "artifacts": #"{ "clips": 0 }"#,
    ])
    let space = corpus.space
    let told = try space.timbre("compare", "w.json", "--out", "both", "--json")
    let json = try #require(told.json as? [String: Any], "\(told.err)")
    let runs = try #require(json["runs"] as? [[String: Any]])
    let costs = runs.compactMap { $0["cost"] as? [String: Any] }
    #expect(costs.map { $0["columns"] as? Int } == [13, 13])
    #expect(costs.map { $0["frames"] as? Int } == [nil, 20])
    #expect(try space.timbre("compare", "both").out.contains("13 × 20"))
  }

  @Test func eachSpeakerScalesItsFrames() throws {
    let corpus = try Self.corpus([
      "dataset": #"{ "use": "dataset.synthetic", "speakers": 4, "clips_per_emotion": 1, "duration": 0.5 }"#,
      "split": #"{ "by": "speaker", "test": 0.5 }"#, "scale": #""standard_per_speaker""#,
      "artifacts": #"{ "clips": 0 }"#,
    ])
    let run = try corpus.space.timbre("run", "w.json", "--out", "out")
    #expect(run.status == 0, "\(run.err)")
    #expect(run.err.contains("scaled by its own unlabelled clips") || run.out.contains("scaled by its own unlabelled"))
  }

  @Test func clipsThatDoNotFitAreNamed() throws {
    // A tempo is one number a clip, although its frames are declared to lie as far apart as those of others.
    let corpus = try Self.corpus([
      "features": #"{ "mfcc": "feature.mfcc", "tempo": "feature.tempo" }"#,
      "sequence": #"{ "of": ["mfcc", "tempo"], "frames": 20 }"#,
    ])
    let uneven = try corpus.space.timbre("run", "w.json", "--out", "uneven")
    #expect(uneven.status == 1)
    #expect(uneven.err.contains("the feature tempo has 1 frames, mfcc has 11"), "\(uneven.err)")
    #expect(uneven.err.contains("high0"), "\(uneven.err)")
    let layers = #"[{ "type": "conv1d", "kernel_size": 15, "padding": "valid" }, "global_avg_pool"]"#
    let short = try Self.corpus(["classifier": #"{ "use": "classifier.conv1d", "epochs": 2, "layers": \#(layers) }"#])
    let stopped = try short.space.timbre("run", "w.json", "--out", "stopped")
    #expect(stopped.status == 1)
    #expect(stopped.err.contains("the clip has 11 frames: conv1d with kernel_size 15"), "\(stopped.err)")
    #expect(stopped.err.contains("high0"))
    let skipped = try short.space.timbre("run", "w.json", "--out", "skipped", "--set", "on_error=skip")
    #expect(skipped.status == 0, "\(skipped.err)")
    #expect(try short.space.table("skipped/clips.csv").count { $0["status"] == "failed" } == 2)
    let told = try short.space.timbre("predict", "clips/low/low0.wav", "--model", "skipped", "--json")
    #expect(told.status == 1 && told.out.contains("kernel_size 15"), "\(told.out)")
  }

  @Test func sequencesBeyondMemoryAreRefused() throws {
    let corpus = try Self.corpus(
      frames: 100_000,
      [
        "features": #"{ "stft": { "use": "feature.stft", "n_fft": 32768, "hop_length": 512 } }"#,
        "sequence": #"{ "of": ["stft"], "frames": 100000 }"#,
        "classifier": #"{ "use": "classifier.conv1d", "layers": ["global_avg_pool"] }"#,
      ])
    let run = try corpus.space.timbre("run", "w.json", "--out", "out")
    #expect(run.status == 1)
    #expect(run.err.contains("GiB of memory"), "\(run.err)")
  }
}
