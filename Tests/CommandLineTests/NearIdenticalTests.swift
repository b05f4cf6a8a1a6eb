import Foundation
import Testing
import TimbreAudio
import TimbreCore

/// One recording in different files, as the leak guard sees it.
@Suite struct NearIdenticalTests {
  /// A voice whose pitch and loudness wander, so that it is no steady tone.
  private static func talk(_ seed: UInt64, high: Bool) -> Signal {
    var random = RandomSource(seed: seed)
    let rate = 16_000
    var samples: [Float] = []
    var phase = 0.0
    while samples.count < 2 * rate {
      let (pitch, bend) = (random.uniform(high ? 240 : 90, high ? 320 : 130), random.uniform(0.8, 1.25))
      let tilt = random.uniform(0.3, 1.5)
      let length = Int(random.uniform(0.08, 0.2) * Double(rate))
      for index in 0..<length {
        let part = Double(index) / Double(length)
        phase += 2 * .pi * pitch * (1 + (bend - 1) * part) / Double(rate)
        let tone = (1...12).reduce(0.0) { $0 + sin(phase * Double($1)) * exp(-tilt * abs(Double($1) - 4)) }
        samples.append(Float(0.2 * tone * sin(.pi * part) + 0.0005 * random.normal()))
      }
    }
    return Signal(samples: samples, sampleRate: rate)
  }

  /// Twelve clips, of which the table says speaker and side, and a copy of the first under another speaker's name on the other side.
  private static func corpus() throws -> TinyCorpus {
    let corpus = try TinyCorpus(clips: 2)
    var table = "file,label,speaker,side\n"
    for index in 0..<12 {
      let name = "talk/\(index).wav"
      try corpus.space.write(talk(UInt64(index), high: index % 2 == 0), to: name)
      table += "\(name),\(index % 2 == 0 ? "high" : "low"),s\(index / 4),\(index < 8 ? "train" : "test")\n"
    }
    let first = talk(0, high: true)
    var random = RandomSource(seed: 3)
    let changed = Signal(
      samples: [Float](repeating: 0, count: 300) + first.samples.map { -0.4 * $0 + 0.0003 * Float(random.normal()) },
      sampleRate: first.sampleRate)
    try corpus.space.write(changed, to: "talk/copy.wav")
    table += "talk/copy.wav,high,s2,test\n"
    try corpus.space.write(table, to: "list.csv")
    return corpus
  }

  @Test func silenceBelongsToNobody() throws {
    let corpus = try Self.corpus()
    let space = corpus.space
    for name in ["quiet0", "quiet2"] {
      try space.write(Signal(samples: [Float](repeating: 0, count: 9_000), sampleRate: 16_000), to: "talk/\(name).wav")
    }
    let table = try space.text("list.csv").replacing("talk/copy.wav,high,s2,test\n", with: "")
    try space.write(
      table + "talk/quiet0.wav,high,s0,train\ntalk/quiet2.wav,low,s2,test\ntalk/gone.wav,low,s2,test\n", to: "list.csv")
    try corpus.write([
      "dataset": #"{ "use": "dataset.csv", "path": "list.csv" }"#,
      "split": #"{ "by": "speaker", "folds": "leave_one_out" }"#, "artifacts": #"{ "clips": 0 }"#,
    ])
    let run = try space.timbre("run", "w.json", "--out", "out", "--progress", "none")
    #expect(run.status == 0, "\(run.err)")
    let folds = try space.object("out/metrics.json")["folds"] as? [[String: Any]]
    #expect(folds?.compactMap { $0["name"] as? String } == ["s0", "s1", "s2"])
    // Even without progress it is said what is missing.
    #expect(run.err.contains("1 entry of the dataset passed over"), "\(run.err)")
    try corpus.write([
      "dataset": #"{ "use": "dataset.csv", "path": "list.csv" }"#, "variants": #"{ "a": {}, "b": { "seed": 8 } }"#,
      "artifacts": #"{ "clips": 0 }"#,
    ])
    let experiment = try space.timbre("run", "w.json", "--out", "both")
    #expect(experiment.err.components(separatedBy: "passed over").count == 2, "\(experiment.err)")
  }

  @Test func aCopyIsNamedKeptTogetherAndRefused() throws {
    let corpus = try Self.corpus()
    let space = corpus.space
    let dataset = #"{ "use": "dataset.csv", "path": "list.csv" }"#
    try corpus.write(["dataset": dataset, "split": #"{ "by": "clip", "test": 0.25 }"#])
    let together = try space.timbre("run", "w.json", "--out", "together", "--cache", "cache.sqlite")
    #expect(together.status == 0, "\(together.err)")
    #expect(together.err.contains("warning: 1 pair of clips is one recording in different files"), "\(together.err)")
    let pairs = try space.table("together/near_identical.csv")
    #expect(pairs.count == 1 && pairs[0]["id"]?.contains("0") == true && pairs[0]["other_id"]?.contains("copy") == true)
    #expect(Double(pairs[0]["correlation"] ?? "") ?? 0 > 0.9 && Double(pairs[0]["distance"] ?? "") ?? 1 < 0.3)
    #expect(try space.text("together/report.html").contains("Near-identical clips"))
    #expect(try space.object("together/metrics.json")["near_identical_pairs"] as? Int == 1)
    let sides = try space.table("together/clips.csv").filter { $0["view"] == "original" }
    let ofPair = sides.filter { $0["id"] == pairs[0]["id"] || $0["id"] == pairs[0]["other_id"] }
    #expect(Set(ofPair.compactMap { $0["split"] }).count == 1 && ofPair.count == 2)
    // The same from the cache, and for any number of jobs.
    let again = try space.timbre("run", "w.json", "--out", "again", "--cache", "cache.sqlite", "--jobs", "1")
    #expect(again.status == 0)
    for name in ["near_identical.csv", "metrics.json", "predictions.csv", "clips.csv"] {
      #expect(try space.data("again/" + name) == space.data("together/" + name), "\(name)")
    }
    // Named sides part them: a leak.
    let split = #"{ "by": "column", "column": "side", "test": ["test"] }"#
    try corpus.write(["dataset": dataset, "split": split])
    let parted = try space.timbre("run", "w.json", "--out", "parted")
    #expect(parted.status == 1 && parted.err.contains("[leak]") && parted.err.contains("copy"), "\(parted.err)")
    #expect(space.exists("parted/near_identical.csv"))
    try corpus.write([
      "dataset": dataset, "split": split.replacingOccurrences(of: " }", with: ", \"allow_leak\": true }"),
    ])
    let allowed = try space.timbre("run", "w.json", "--out", "allowed")
    #expect(allowed.status == 0, "\(allowed.err)")
    #expect(try space.object("allowed/metrics.json")["leak"] as? Bool == true)
  }

  @Test func differentRecordingsAreNotTakenForOne() throws {
    let corpus = try TinyCorpus()
    let run = try corpus.space.timbre("run", "w.json", "--out", "out")
    #expect(run.status == 0 && !run.err.contains("near_identical"), "\(run.err)")
    #expect(!corpus.space.exists("out/near_identical.csv"))
    #expect(try corpus.space.object("out/metrics.json")["near_identical_pairs"] as? Int == 0)
  }
}

/// The real recordings: two repetitions of a sentence by one actor are different, a compressed copy is not.
@Suite struct NearIdenticalRecordingTests {
  @Test(.enabled(if: ravdess != nil, "skipped: the RAVDESS recordings are not at hand (set RAVDESS)"))
  func repetitionsAreDifferent() throws {
    let space = try Workspace()
    let workflow = root.appendingPathComponent("Workflows/ravdess-speakers.json").path
    let outcome = try space.timbre(
      "run", workflow, "--out", "out", "--set", "dataset.actors=[1, 2, 3, 4]", "--set", "classifier.epochs=1", "--set",
      "artifacts.clips=0", environment: ["RAVDESS": ravdess ?? ""])
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(try space.object("out/metrics.json")["near_identical_pairs"] as? Int == 0)
  }
}
