import Foundation
import Testing

/// Every classifier, from a workflow to its bundle and back.
@Suite struct ClassifierTests {
  /// Two jobs give the bits of one, and the bundle repeats the run's predictions without the library that trained it.
  @Test(arguments: [
    "svm", "linear_svm", "logistic_regression", "gradient_boosting", "nearest_neighbours", "mlp",
  ]) func theBundleRepeatsTheRun(_ name: String) throws {
    let corpus = try TinyCorpus()
    try corpus.write(["classifier": #"{ "use": "classifier.\#(name)" }"#, "scale": "\"standard\""])
    for jobs in ["1", "2"] {
      let run = try corpus.space.timbre("run", "w.json", "--out", jobs, "--jobs", jobs)
      #expect(run.status == 0, "\(run.err)")
    }
    for file in ["predictions.csv", "metrics.json", "bundle/model.safetensors"] {
      #expect(try corpus.space.data("1/" + file) == corpus.space.data("2/" + file), "\(file)")
    }
    let accuracy = try #require(try corpus.space.object("1/metrics.json")["accuracy"] as? Double)
    #expect(accuracy == 1)

    let rows = try corpus.space.table("1/predictions.csv")
    let arguments = ["predict"] + rows.compactMap { $0["id"] }.map { "clips/" + $0 } + ["--model", "1", "--json"]
    let outcome = try corpus.space.start(arguments, environment: ["LD_DEBUG": "files"]).finish()
    let answers = try #require(outcome.json as? [[String: Any]])
    #expect(answers.count == rows.count && !rows.isEmpty)
    for (row, answer) in zip(rows, answers) {
      #expect(answer["label"] as? String == row["predicted"])
      let probabilities = try #require(answer["probabilities"] as? [String: Double])
      for (label, value) in probabilities { #expect(row["p_" + label].flatMap(Double.init) == value) }
    }
    // The loader tells what it loads.
    #expect(outcome.err.contains("libsndfile"))
    for library in ["libsvm", "liblinear", "libxgboost"] { #expect(!outcome.err.contains(library)) }
  }

  @Test func theRecordNamesTheLibraryThatTrained() throws {
    let corpus = try TinyCorpus()
    try corpus.write(["classifier": #"{ "use": "classifier.linear_svm" }"#])
    #expect(try corpus.space.timbre("run", "w.json", "--out", "out").status == 0)
    let libraries = try #require(try corpus.space.object("out/environment.json")["libraries"] as? [String: String])
    #expect(libraries["liblinear"]?.contains(".") == true)
    #expect(libraries["libsvm"] == nil && libraries["xgboost"] == nil)
  }
}
