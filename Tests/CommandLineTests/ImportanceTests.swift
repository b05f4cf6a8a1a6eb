import Foundation
import Testing

@Suite struct ImportanceTests {
  /// High and low buzzes: their cepstra tell them apart, the level of all is the same.
  private static func corpus(_ split: String) throws -> TinyCorpus {
    let corpus = try TinyCorpus()
    try corpus.write([
      "split": split, "views": #"{ "original": [] }"#, "classifier": #""classifier.logistic_regression""#,
    ])
    return corpus
  }

  @Test(arguments: [#"{ "by": "clip", "test": 0.5 }"#, #"{ "by": "clip", "folds": 4 }"#])
  func whatTellsTheClassesApartIsMissedMost(_ split: String) throws {
    let corpus = try Self.corpus(split)
    #expect(try corpus.space.timbre("run", "w.json", "--out", "out").status == 0)
    let told = try corpus.space.timbre("importance", "out", "--json")
    let json = try #require(told.json as? [String: Any], "\(told.err)")
    let metrics = try corpus.space.object("out/metrics.json")
    #expect(json["uar"] as? Double == metrics["uar"] as? Double)
    let features = try #require(json["features"] as? [[String: Any]])
    #expect(Set(features.compactMap { $0["name"] as? String }) == ["mfcc", "zcr"])
    #expect(features.first?["name"] as? String == "mfcc")
    let drop = try #require(features.first?["uar_drop"] as? Double)
    #expect(drop > 0.1 && drop < 0.9)
    let interval = try #require(features.first?["interval"] as? [Double])
    #expect(interval[0] <= drop && drop <= interval[1])
    #expect(try corpus.space.timbre("importance", "out", "--json", "--jobs", "1").out == told.out)
    let bins = try corpus.space.timbre("importance", "out", "--bins", "--csv", "--repeats", "3")
    #expect(bins.out.split(separator: "\n").count == 28, "\(bins.err)")
  }

  @Test func whatIsNoRunIsRefused() throws {
    let corpus = try Self.corpus(#"{ "by": "clip", "test": 0.5 }"#)
    let outcome = try corpus.space.timbre("importance", "clips")
    #expect(outcome.status == 2)
    #expect(outcome.err.contains("is no run folder"))
    #expect(try corpus.space.timbre("importance", "clips", "--repeats", "0").status == 2)
  }

  // MARK: Two features of the same audio

  @Test func aFeatureIsItselfAndDiffersFromOthersByWhatIsChanged() throws {
    let space = try Workspace()
    try space.write(voice(pitch: 200), to: "a.wav")
    let same = try space.timbre("compare", "--features", "feature.mfcc", "feature.mfcc,n_mfcc=13", "a.wav", "--json")
    let first = try #require((same.json as? [[String: Any]])?.first, "\(same.err)")
    let bins = try #require(first["bins"] as? [[String: Any]])
    #expect(bins.count == 13)
    #expect(bins.allSatisfy { $0["largest_error"] as? Double == 0 })
    #expect(bins.dropFirst().allSatisfy { abs(($0["correlation"] as? Double ?? 0) - 1) < 1e-9 })
    let other = try space.timbre(
      "compare", "--features", "feature.rms", "feature.rms,frame_length=512", "a.wav", "--out", "pictures")
    #expect(other.status == 0, "\(other.err)")
    #expect(other.out.contains("correlation"))
    for name in ["first", "second", "difference"] { #expect(space.exists("pictures/\(name).png")) }
    let apart = try space.timbre("compare", "--features", "feature.rms", "feature.rms,hop_length=100", "a.wav")
    #expect(apart.out.contains("nothing to subtract"))
    #expect(try space.timbre("compare", "--features", "feature.rms").status == 2)
    let wrong = try space.timbre("compare", "--features", "feature.rms", "feature.rms,hop=1", "a.wav")
    #expect(wrong.status == 2 && wrong.err.contains("unknown parameter \"hop\""), "\(wrong.err)")
  }
}
