import Foundation
import Testing

@Suite struct ExperimentRunTests {
  private static let folds = #"{ "by": "clip", "folds": 3 }"#
  private static let variants =
    #"{ "plain": {}, "no-zcr": { "features.zcr": null }, "few": { "features.mfcc.n_mfcc": 5 } }"#

  /// Every file below a folder that has to be the same after an undisturbed run: all but times, the command and what shows them.
  private static func contents(of folder: String, in space: Workspace) throws -> [String: Data] {
    var found: [String: Data] = [:]
    let walk = FileManager.default.enumerator(atPath: space.path(folder))
    for case let name as String in try #require(walk) {
      var isFolder: ObjCBool = false
      _ = unsafe FileManager.default.fileExists(atPath: space.path(folder) + "/" + name, isDirectory: &isFolder)
      let last = (name as NSString).lastPathComponent
      if isFolder.boolValue || ["run.json", "environment.json", "report.html", "compare.html"].contains(last) {
        continue
      }
      found[name] = try space.data(folder + "/" + name)
    }
    return found
  }

  @Test func foldsLeaveTheirScoresAndModels() throws {
    let corpus = try TinyCorpus()
    try corpus.write(["split": Self.folds])
    let run = try corpus.space.timbre("run", "w.json", "--out", "out", "--jobs", "2")
    #expect(run.status == 0, "\(run.err)")
    let metrics = try corpus.space.object("out/metrics.json")
    #expect((metrics["folds"] as? [[String: Any]])?.compactMap { $0["name"] as? String } == ["1", "2", "3"])
    #expect(
      (metrics["mean"] as? [String: Double])?["uar"] != nil && (metrics["std"] as? [String: Double])?["uar"] != nil)
    #expect(metrics["rows"] as? Int == 16)
    let predictions = try corpus.space.table("out/predictions.csv")
    #expect(predictions.count == 16)
    #expect(Set(predictions.compactMap { $0["fold"] }) == ["1", "2", "3"])
    #expect(try corpus.space.text("out/report.html").contains("mean ± standard deviation"))
    let one = try Self.contents(of: "out", in: corpus.space)
    #expect(try corpus.space.timbre("run", "w.json", "--out", "again", "--jobs", "1").status == 0)
    #expect(try Self.contents(of: "again", in: corpus.space) == one)
    let answer = try corpus.space.timbre("predict", "clips/low/low1.wav", "--model", "out/folds/2", "--json")
    #expect(answer.status == 0, "\(answer.err)")
    // A run that goes on shows the training of folds that it did not train itself.
    let training = try Self.training(of: "out", in: corpus.space)
    #expect(training.contains("Loss, 3 folds") && training.contains("The last epoch of 3 folds"))
    try FileManager.default.removeItem(atPath: corpus.space.path("again/folds/2"))
    let state = try corpus.space.text("again/run.json").replacing("\"finished\"", with: "\"interrupted\"")
    try corpus.space.write(state, to: "again/run.json")
    #expect(try corpus.space.timbre("run", "w.json", "--out", "again", "--resume").status == 0)
    #expect(try Self.training(of: "again", in: corpus.space) == training)
    #expect(
      try corpus.space.object("again/run.json")["parameters"] as? Int
        == corpus.space.object("out/run.json")["parameters"] as? Int)
  }

  /// What the report shows of training and of the model.
  private static func training(of run: String, in space: Workspace) throws -> String {
    let page = try space.text(run + "/report.html")
    let start = try #require(page.range(of: "id=\"training\""))
    let end = try #require(page.range(of: "id=\"split\""))
    return String(page[start.lowerBound..<end.lowerBound])
  }

  @Test func theCostSaysWhatAModelKeeps() throws {
    let corpus = try TinyCorpus()
    let classifiers = ["nearest_neighbours", "svm", "gradient_boosting", "linear_svm"]
    let variants = classifiers.map { "\"\($0)\": { \"classifier\": \"classifier.\($0)\" }" }.joined(separator: ", ")
    try corpus.write([
      "variants": "{ \(variants) }", "split": Self.folds, "scale": "\"standard\"", "artifacts": #"{ "clips": 0 }"#,
    ])
    let run = try corpus.space.timbre("run", "w.json", "--out", "out")
    #expect(run.status == 0, "\(run.err)")
    let json = try corpus.space.timbre("compare", "out", "--json").json as? [String: Any]
    let runs = try #require(json?["runs"] as? [[String: Any]])
    let counts = runs.map { ($0["cost"] as? [String: Any])?["parameters"] as? Int }
    // Of 32 rows of 27 columns, 21 or 22 train each of three folds: the mean of their numbers.
    let rows = try corpus.space.table("out/trials/svm/clips.csv").count
    #expect(rows == 32 && counts[0].map { (27 * 20...27 * 22).contains($0) } == true, "\(counts)")
    #expect(counts[1].map { $0 > 0 && $0 <= counts[0] ?? 0 && $0 != 3 } == true, "\(counts)")
    #expect(counts[2].map { $0 > 100 } == true && counts[3] == 28, "\(counts)")
    let page = try corpus.space.text("out/trials/nearest_neighbours/report.html")
    #expect(page.contains("parameters, the mean of 3 folds.") || counts[0]?.isMultiple(of: 27) == true)
    // What an earlier version counted as 0 is not known.
    let state = try corpus.space.text("out/trials/svm/run.json").replacing(
      /"parameters": \d+/, with: "\"parameters\": 0")
    try corpus.space.write(state, to: "out/trials/svm/run.json")
    let table = try corpus.space.timbre("compare", "out", "--csv").out
    #expect(table.split(separator: "\n").contains { $0.hasPrefix("svm,") && $0.hasSuffix(",27,,") }, "\(table)")
  }

  /// Another sound in a clip that a fold tests leaves that fold's scaler and weights as they were, to the bit.
  @Test(arguments: ["standard", "robust", "quantile"])
  func whatIsTestedTeachesNothing(_ scale: String) throws {
    let corpus = try TinyCorpus()
    try corpus.write(["split": #"{ "by": "clip", "folds": 3, "validation": 0.2 }"#, "scale": "\"\(scale)\""])
    #expect(try corpus.space.timbre("run", "w.json", "--out", "before").status == 0)
    let tested = try #require(corpus.space.table("before/predictions.csv").first { $0["fold"] == "2" })
    let (id, label) = (try #require(tested["id"]), try #require(tested["label"]))
    let name = id.hasSuffix(".wav") ? id : id + ".wav"
    let file = name.hasPrefix(label + "/") ? "clips/" + name : "clips/\(label)/\(name)"
    #expect(corpus.space.exists(file), "\(file)")
    try corpus.space.write(voice(pitch: 777, seed: 99), to: file)
    #expect(try corpus.space.timbre("run", "w.json", "--out", "after").status == 0)
    func model(_ run: String, _ fold: String) throws -> Data {
      try corpus.space.data("\(run)/folds/\(fold)/bundle/model.safetensors")
    }
    #expect(try model("before", "2") == model("after", "2"))
    #expect(try model("before", "1") != model("after", "1"))
    #expect(try corpus.space.data("before/folds/2/history.csv") == corpus.space.data("after/folds/2/history.csv"))
  }

  @Test func aComparisonTellsWhatDiffersAndHowSurelyIt() throws {
    let corpus = try TinyCorpus()
    try corpus.write(["variants": Self.variants, "split": Self.folds])
    let run = try corpus.space.timbre("run", "w.json", "--out", "out")
    #expect(run.status == 0, "\(run.err)")
    #expect(run.out == "out/trials.csv\n")
    #expect(try corpus.space.table("out/trials.csv").map { $0["trial"] } == ["plain", "no-zcr", "few"])
    let compared = try corpus.space.timbre("compare", "out", "--json", "--html", "compare2.html")
    let json = try #require(compared.json as? [String: Any], "\(compared.err)")
    let settings = try #require(json["settings"] as? [[String: Any]])
    #expect(settings.compactMap { $0["path"] as? String } == ["features.mfcc.n_mfcc", "features.zcr", "vector"])
    let runs = try #require(json["runs"] as? [[String: Any]])
    #expect(runs.map { $0["name"] as? String } == ["plain", "no-zcr", "few"])
    #expect(runs[0]["compared_to_first"] is NSNull)
    let pair = try #require(runs[1]["compared_to_first"] as? [String: Any])
    #expect(pair["rows"] as? Int == 16)
    #expect((0...1).contains(try #require(pair["mcnemar_p_corrected"] as? Double)))
    #expect((runs[1]["cost"] as? [String: Any])?["columns"] as? Int == 26)
    #expect(try corpus.space.text("compare2.html").contains("out/trials/plain/report.html"))
    let table = try corpus.space.timbre("compare", "out/trials/few", "out/trials/plain")
    #expect(table.out.hasPrefix("run "))
    let alone = try corpus.space.timbre("compare", "out/trials/few")
    #expect(alone.status == 2)
    #expect(alone.err.contains("at least two runs"))
    let folder = try corpus.space.timbre("compare", "clips", "out")
    #expect(folder.status == 2)
    #expect(folder.err.contains("is no run folder"))
  }

  @Test func everyPairIsComparedOnRequest() throws {
    let corpus = try TinyCorpus()
    try corpus.write(["variants": Self.variants, "split": Self.folds, "artifacts": #"{ "clips": 0 }"#])
    #expect(try corpus.space.timbre("run", "w.json", "--out", "out").status == 0)
    let text = try corpus.space.timbre("compare", "out", "--pairs", "all", "--html", "all.html")
    #expect(text.status == 0, "\(text.err)")
    #expect(text.out.contains("over 3 comparisons: every pair of 3 runs."))
    #expect(text.out.contains("Highest UAR: "))
    #expect(text.out.contains("The highest of 3 trials on the same test rows is optimistic"))
    #expect(text.out.contains(/\nfew +no-zcr +[+−]?0\.\d{3} \(/), "\(text.out)")
    let page = try corpus.space.text("all.html")
    #expect(page.contains("id=\"pairs\"") && page.contains("over 3 comparisons: every pair of 3 runs."))
    let json = try corpus.space.timbre("compare", "out", "--pairs", "all", "--json").json as? [String: Any]
    let pairs = try #require(json?["pairs"] as? [[String: Any]])
    #expect(pairs.map { $0["run"] as? String } == ["no-zcr", "few", "few"])
    #expect(pairs.map { $0["beside"] as? String } == ["plain", "plain", "no-zcr"])
    #expect((json?["best"] as? [String: Any])?["best_of_trials"] as? Int == 3)
    #expect((json?["tests"] as? [String: Any])?["comparisons"] as? Int == 3)
    let csv = try corpus.space.timbre("compare", "out", "--pairs", "all", "--csv").out.split(separator: "\n")
    #expect(csv.count == 4 && csv[0].hasPrefix("run,beside,rows,") && csv.dropFirst().allSatisfy { $0.hasSuffix(",3") })
    let first = try corpus.space.timbre("compare", "out")
    #expect(
      first.out.contains("over 2 comparisons: each run with the first.") && !first.out.contains("every pair of 3"))
    #expect(try corpus.space.timbre("compare", "out", "--pairs", "some").status == 2)
  }

  @Test func aWorkflowIsCarriedOutAndCompared() throws {
    let corpus = try TinyCorpus(clips: 5)
    try corpus.write(["variants": Self.variants, "artifacts": #"{ "clips": 0 }"#])
    let compared = try corpus.space.timbre("compare", "w.json", "--out", "out")
    #expect(compared.status == 0, "\(compared.err)")
    #expect(compared.out.contains("no-zcr"))
    #expect(corpus.space.exists("out/compare.html"))
    let again = try corpus.space.timbre("compare", "w.json", "--out", "out", "--resume", "--csv")
    #expect(again.status == 0, "\(again.err)")
    #expect(again.err.contains("this run has finished"))
    try corpus.write(name: "single.json")
    #expect(try corpus.space.timbre("compare", "single.json").status == 2)
  }

  @Test func aKilledRunGoesOnToTheSameBits() throws {
    let corpus = try TinyCorpus(clips: 6)
    try corpus.write(["variants": Self.variants, "split": Self.folds, "artifacts": #"{ "clips": 1 }"#])
    let space = corpus.space
    let begin = ContinuousClock.now
    #expect(try space.timbre("run", "w.json", "--out", "whole").status == 0)
    let whole = (ContinuousClock.now - begin) / .seconds(1)
    let expected = try Self.contents(of: "whole", in: space)
    var (kills, finished, number) = (0, 0, 0)
    while kills < 50 || finished == 0 {
      let run = try space.start(["run", "w.json", "--out", "out\(number)", "--resume"])
      // Past the middle of what is left now and then, so that every part of a run is met.
      Thread.sleep(forTimeInterval: kills < 50 ? Double.random(in: 0...whole) * 0.6 : 60 * whole)
      if run.process.isRunning {
        kill(run.process.processIdentifier, SIGKILL)
        _ = try run.finish()
        kills += 1
        continue
      }
      let outcome = try run.finish()
      #expect(outcome.status == 0, "\(outcome.err)")
      let found = try Self.contents(of: "out\(number)", in: space)
      #expect(found == expected, "\(Set(found.keys).symmetricDifference(expected.keys))")
      finished += 1
      number += 1
    }
  }

  @Test func onlyTheSameWorkflowGoesOn() throws {
    let corpus = try TinyCorpus(clips: 4)
    #expect(try corpus.space.timbre("run", "w.json", "--out", "out").status == 0)
    let again = try corpus.space.timbre("run", "w.json", "--out", "out", "--resume")
    #expect(again.status == 0)
    #expect(again.err.contains("this run has finished"))
    let other = try corpus.space.timbre("run", "w.json", "--out", "out", "--resume", "--set", "features.mfcc.n_mfcc=7")
    #expect(other.status == 2)
    #expect(other.err.contains("features.mfcc.n_mfcc was 13, and is 7"), "\(other.err)")
    #expect(try corpus.space.timbre("run", "w.json", "--resume").status == 2)
    let strange = try corpus.space.timbre("run", "w.json", "--out", "clips", "--resume")
    #expect(strange.status == 2)
    #expect(strange.err.contains("holds no run to go on with"))
  }

  @Test func runsAreListedAndRemoved() throws {
    let corpus = try TinyCorpus(clips: 4)
    try corpus.write(["artifacts": #"{ "clips": 0 }"#])
    for name in ["b", "a"] { #expect(try corpus.space.timbre("run", "w.json", "--out", "runs/" + name).status == 0) }
    let list = try corpus.space.timbre("runs", "--json", "--sort", "name")
    #expect((list.json as? [[String: Any]])?.compactMap { $0["name"] as? String } == ["a", "b"])
    #expect(try corpus.space.timbre("runs").out.contains("tiny"))
    #expect(try corpus.space.timbre("runs", "--filter", "a", "--filter", "nothing").out == "")
    #expect(try corpus.space.timbre("runs", "--filter", "b", "--remove").status == 1)
    #expect(corpus.space.exists("runs/b/run.json"))
    #expect(try corpus.space.timbre("runs", "--filter", "b", "--remove", "--yes").status == 0)
    #expect(!corpus.space.exists("runs/b") && corpus.space.exists("runs/a/run.json"))
    #expect(try corpus.space.timbre("runs", "nowhere").status != 0)
  }

  @Test func lintShowsTheMerge() throws {
    let corpus = try TinyCorpus(clips: 2)
    try corpus.space.write(
      #"{ "extends": "w.json", "seed": 77, "variants": { "x": { "classifier.epochs": 1 } } }"#, to: "more/e.json")
    let shown = try corpus.space.timbre("lint", "../w.json", "--resolved")
    #expect(shown.status != 0)
    try corpus.space.write(
      #"{ "extends": "../w.json", "seed": 77, "variants": { "x": { "classifier.epochs": 1 } } }"#, to: "more/e.json")
    let merged = try corpus.space.timbre("lint", "more/e.json", "--resolved")
    let json = try #require(merged.json as? [String: Any], "\(merged.err)")
    #expect(json["seed"] as? Int == 77)
    #expect((json["variants"] as? [String: Any])?.keys.sorted() == ["x"])
    let path = try #require((json["dataset"] as? [String: Any])?["path"] as? String)
    #expect(path.hasSuffix("/clips") && !path.hasSuffix("more/clips"), "\(path)")
  }

  @Test func datasetsAreJoinedAndLabelsMapped() throws {
    let corpus = try TinyCorpus(clips: 6)
    try corpus.write([
      "dataset":
        #"[{ "use": "dataset.folders", "path": "clips" }, { "use": "dataset.folders", "path": "clips/../clips" }]"#,
      "label_map": #"{ "high": "up" }"#, "views": #"{ "original": [] }"#,
      "split": #"{ "by": "column", "column": "dataset", "test": ["folders_2"], "allow_leak": true }"#,
    ])
    let run = try corpus.space.timbre("run", "w.json", "--out", "out")
    #expect(run.status == 0, "\(run.err)")
    let clips = try corpus.space.table("out/clips.csv")
    #expect(Set(clips.compactMap { $0["label"] }) == ["up", "low"])
    #expect(clips.filter { $0["split"] == "test" }.allSatisfy { $0["id"]?.hasPrefix("folders_2/") == true })
    // The same recordings under other names.
    #expect(try corpus.space.object("out/metrics.json")["leak"] as? Bool == true)
    try corpus.write(["label_map": #"{ "hihg": "up" }"#])
    let wrong = try corpus.space.timbre("run", "w.json", "--out", "out2")
    #expect(wrong.status == 1)
    #expect(wrong.err.contains("did you mean \"high\""), "\(wrong.err)")
  }
}
