import Foundation
import Testing
import TimbreReport

/// Views whose steps are drawn for each clip, in a whole run: on record, repeatable, the same for any number of jobs.
@Suite struct DrawnViewTests {
  private static let views = #"""
    { "original": [],
      "noisy": [{ "use": "augment.noise_snr", "snr_db": { "uniform": [5, 20] }, "color": { "choice": ["white", "pink"] } },
                { "use": "augment.gain", "gain_db": -6, "probability": 0.5 }],
      "masked": [{ "use": "augment.spec_augment", "of": "mel" }] }
    """#
  private static let features = #"""
    { "mel": { "use": "feature.melspectrogram", "n_mels": 40 },
      "level": { "use": "feature.power_to_db", "of": "mel" },
      "zcr": "feature.zero_crossing_rate" }
    """#

  private func corpus() throws -> TinyCorpus {
    let corpus = try TinyCorpus()
    try corpus.write([
      "views": Self.views, "features": Self.features, "vector": #"["mel.mean", "level.mean", "zcr.mean"]"#,
    ])
    return corpus
  }

  @Test func whatIsDrawnIsOnRecordAndTheSameForAnyJobs() throws {
    let corpus = try corpus()
    for (name, jobs) in [("one", "1"), ("two", "3")] {
      let run = try corpus.space.timbre("run", "w.json", "--out", name, "--jobs", jobs)
      #expect(run.status == 0, "\(run.err)")
    }
    for file in ["clips.csv", "features/vectors.npy", "predictions.csv"] {
      #expect(try corpus.space.data("one/" + file) == corpus.space.data("two/" + file), "\(file)")
    }
    let again = try corpus.space.timbre("run", "one/workflow.json", "--out", "again")
    #expect(again.status == 0, "\(again.err)")
    #expect(try corpus.space.data("again/features/vectors.npy") == corpus.space.data("one/features/vectors.npy"))

    let clips = try corpus.space.table("one/clips.csv")
    func drawn(_ view: String) -> [String] { clips.filter { $0["view"] == view }.compactMap { $0["drawn"] } }
    let noisy = drawn("noisy")
    #expect(!noisy.isEmpty && noisy.allSatisfy { $0.contains("noise_snr.snr_db=") && $0.contains("gain.applied=") })
    #expect(Set(noisy).count == noisy.count)
    #expect(noisy.contains { $0.contains("noise_snr.color=pink") } && noisy.contains { $0.contains("color=white") })
    let masked = drawn("masked")
    #expect(masked.allSatisfy { $0.contains("spec_augment.") } && Set(masked).count > 1)
    #expect(drawn("original").allSatisfy { $0.isEmpty })
  }

  /// A mask changes the node that it names and what reads it, nothing else.
  @Test func aMaskReachesWhatReadsTheNode() throws {
    let corpus = try corpus()
    let run = try corpus.space.timbre("run", "w.json", "--out", "out")
    #expect(run.status == 0, "\(run.err)")
    let clips = try corpus.space.table("out/clips.csv")
    let names = try corpus.space.table("out/features/columns.csv").compactMap { $0["name"] }
    let vectors = try NPY.read(corpus.space.path("out/features/vectors.npy"))
    let trained = Set(clips.filter { $0["view"] == "masked" }.compactMap { $0["id"] })
    #expect(!trained.isEmpty)
    for id in trained {
      func row(_ view: String) throws -> [Float] {
        let clip = try #require(clips.first { $0["id"] == id && $0["view"] == view })
        let row = try #require(clip["row"].flatMap { Int($0) })
        return Array(vectors.values[row * vectors.shape[1]..<(row + 1) * vectors.shape[1]])
      }
      let original = try row("original")
      let masked = try row("masked")
      for (index, name) in names.enumerated() where name.hasPrefix("zcr") { #expect(original[index] == masked[index]) }
      let changed = names.indices.filter { original[$0] != masked[$0] }.map { names[$0] }
      #expect(changed.contains { $0.hasPrefix("mel.") } && changed.contains { $0.hasPrefix("level.") })
    }
  }

  @Test func aMaskOfNoFeatureIsFoundAndAudioIsNotMasked() throws {
    let corpus = try corpus()
    let lint = try corpus.space.timbre("lint", "w.json", "--set", "views.masked.0.of=mell")
    #expect(lint.status == 2)
    let words = lint.out + lint.err
    #expect(words.contains("there is no feature \"mell\""))
    let augment = try corpus.space.timbre(
      "augment", "clips/low/low0.wav", "--use", "augment.spec_augment", "--out", "x.wav")
    #expect(augment.status == 2 && augment.err.contains("changes a feature"))
  }
}
