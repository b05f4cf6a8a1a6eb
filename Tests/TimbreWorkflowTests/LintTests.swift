import Foundation
import Testing
import TimbreCore
import TimbreWorkflow

@Suite struct LintTests {
  @Test func theSampleIsSound() throws {
    let workflow = try lint(Sample.text())
    #expect(workflow.findings.isEmpty, "\(workflow.findings)")
    #expect(workflow.plan != nil)
  }

  @Test(arguments: [
    ("timbre", #""timbre": «2,"#, "version", "of version 2"),
    ("timbre", #""timbre": «"1","#, "wrong_type", "expected an integer, found a string"),
    ("seed", #""seed": «-1,"#, "out_of_range", "-1 is out of range: must be at least 0"),
    ("seed", #"«"sead": 1,"#, "unknown_key", "unknown parameter \"sead\""),
    (
      "dataset", #""dataset": { "use": «"dataset.ravdes", "path": "x" },"#, "unknown_choice",
      "unknown plugin \"dataset.ravdes\""
    ),
    ("dataset", #""dataset": «{ "path": "x" },"#, "missing_key", "missing \"use\""),
    (
      "dataset", #""dataset": «{ "use": "dataset.ravdess" },"#, "missing_key",
      "missing parameter \"path\" of dataset.ravdess"
    ),
    ("dataset", #""dataset": «7,"#, "wrong_type", "or a list of such, found an integer"),
    ("dataset", #""dataset": { "use": «7 },"#, "wrong_type", "expected a string, found an integer"),
    ("load", #""load": { "sample_rate": «10 },"#, "out_of_range", "10 is out of range"),
    ("load", #""load": { "offset": «"1 s" },"#, "wrong_type", "expected a number, found a string"),
    ("load", #""load": { «"ofset": 1 },"#, "unknown_key", "unknown parameter \"ofset\""),
    ("load", #""load": { "res_type": «"soxr" },"#, "unknown_choice", "unknown value \"soxr\""),
    ("load", #""load": «[],"#, "wrong_type", "expected an object, found a list"),
    ("views", #""views": { "original": [], «"a b": [] },"#, "bad_name", "\"a b\" cannot be a name"),
    ("views", #""views": { "original": «[{ "use": "augment.noise" }] },"#, "bad_view", "its chain is empty"),
    ("views", #""views": «{},"#, "bad_view", "there is no view"),
    (
      "views", #""views": { "original": [], "n": [{ "use": "augment.noise", «"amont": 1 }] },"#, "unknown_key",
      "unknown parameter \"amont\" of augment.noise"
    ),
    (
      "views", #""views": { "original": [], "n": [{ "use": "augment.noise", "amount": «"x" }] },"#, "wrong_type",
      "expected a number at least 0, or an object with \"uniform\""
    ),
    ("views", #""views": { "original": [], "n": «{} },"#, "wrong_type", "expected a list, found an object"),
    (
      "features", #""features": { "rms": "feature.rms", "mfcc": { "use": "feature.mfcc", «"n_mfc": 13 } },"#,
      "unknown_key", "unknown parameter \"n_mfc\" of feature.mfcc"
    ),
    (
      "features", #""features": { "rms": "feature.rms", "mfcc": { "use": "feature.mfcc", "n_mfcc": «0 } },"#,
      "out_of_range", "0 is out of range: must be"
    ),
    (
      "features", #""features": { "rms": "feature.rms", "mfcc": { "use": "feature.mfcc", "norm": «"orto" } },"#,
      "unknown_choice", "unknown value \"orto\""
    ),
    (
      "features", #""features": { "rms": "feature.rms", "mfcc": { "use": "feature.delta", "of": «"mfc" } },"#,
      "bad_reference", "there is no feature \"mfc\""
    ),
    (
      "features", #""features": { "rms": "feature.rms", "mfcc": «{ "use": "feature.delta" } },"#, "missing_key",
      "missing parameter \"of\""
    ),
    (
      "features", #""features": { "rms": "feature.rms", "mfcc": { "use": "feature.delta", "of": «"mfcc" } },"#, "cycle",
      "reads itself"
    ),
    (
      "features", #""features": { "rms": "feature.rms", "mfcc": { "use": "feature.mfcc", «"of": "rms" } },"#,
      "unknown_key", "unknown parameter \"of\""
    ),
    (
      "features", #""features": { "rms": "feature.rms", "mfcc": "feature.mfcc", «"a.b": "feature.rms" },"#, "bad_name",
      "\"a.b\" cannot be a name"
    ),
    (
      "features",
      #""features": { "rms": "feature.rms", "mfcc": «{ "use": "feature.mfcc", "fmin": 5000, "fmax": 100 } },"#,
      "invalid_parameters", "fm"
    ),
    ("vector", #""vector": ["rms.mean", «"mfc.std"],"#, "bad_reference", "there is no feature \"mfc\""),
    ("vector", #""vector": ["rms.mean", «"mfcc.men"],"#, "unknown_choice", "unknown statistic \"men\""),
    ("vector", #""vector": ["rms.mean", «"mfcc"],"#, "bad_reference", "has no statistic"),
    ("vector", #""vector": ["rms.mean", «"mfcc.p101"],"#, "out_of_range", "must be p0 to p100"),
    ("vector", #""vector": ["rms.mean", «"rms.mean"],"#, "duplicate_item", "stands twice in the vector"),
    ("vector", #""vector": «[],"#, "out_of_range", "0 items: must be"),
    ("vector", #""vector": ["rms.mean", «3],"#, "wrong_type", "expected a string, found an integer"),
    ("split", #""split": { "by": «"speakers" },"#, "unknown_choice", "unknown value \"speakers\""),
    ("split", #""split": { "by": "clip", "test": «1.5 },"#, "out_of_range", "1.5 is out of range"),
    ("split", #""split": { "by": "clip", "test": «["01"] },"#, "wrong_type", "takes a share, not a list"),
    (
      "split", #""split": { "by": "clip", "test": 0.5, "validation": «0.5 },"#, "out_of_range",
      "leaves nothing to train on"
    ),
    ("split", #""split": { "by": "clip", "test": «0 },"#, "out_of_range", "nothing to test on"),
    ("split", #""split": «{ "by": "column" },"#, "missing_key", "needs \"column\""),
    ("split", #""split": { "by": "clip", «"column": "x" },"#, "invalid_parameters", "has no effect"),
    ("split", #""split": { "test_views": [«"nois"] },"#, "unknown_choice", "unknown view \"nois\""),
    (
      "split", #""split": { "by": "speaker", "test": ["01"], "validation": «["01"] },"#, "bad_split",
      "for test and for validation"
    ),
    ("scale", #""scale": «"standart","#, "unknown_choice", "unknown value \"standart\""),
    ("scale", #""on_error": «"ignore","#, "unknown_choice", "unknown value \"ignore\""),
    ("scale", #""artifacts": { "clips": «-1 },"#, "out_of_range", "-1 is out of range"),
    (
      "classifier", #""classifier": { "use": "classifier.conv1d", "epochs": «2.5 }"#, "wrong_type",
      "expected an integer, found a number"
    ),
    (
      "classifier", #""classifier": { "use": "classifier.conv1d", "optimizer": { "type": «"adan" } }"#,
      "unknown_choice", "unknown type \"adan\""
    ),
    (
      "classifier", #""classifier": { "use": "classifier.conv1d", "optimizer": { "type": "adam", «"lr": 1 } }"#,
      "unknown_key", "unknown parameter \"lr\" of adam"
    ),
    (
      "classifier", #""classifier": { "use": "classifier.conv1d", "layers": [{ "type": "conv1d", "filters": «0 }] }"#,
      "out_of_range", "0 is out of range"
    ),
    (
      "classifier",
      #""classifier": { "use": "classifier.conv1d", "layers": «[{ "type": "max_pool", "pool_size": 200, "padding": "valid" }, "flatten"] }"#,
      "invalid_parameters", "does not fit"
    ),
  ])
  func placesOfErrors(key: String, line: String, kind: String, words: String) throws {
    try expectOne(Sample.text(replacing: key, by: line), kind, words)
  }

  @Test func missingPartsAreToldAtTheWorkflow() throws {
    for key in ["timbre", "dataset", "features"] {
      try expectOne("«" + Sample.text(replacing: key), "missing_key", "missing parameter \"\(key)\"")
    }
    try expectOne("«" + Sample.text(replacing: "vector"), "missing_key", "neither \"vector\" nor \"sequence\"")
    // The line before the last ends with a comma, so the classifier goes with it.
    let text = Sample.text(replacing: "classifier", by: #""title": "x""#)
    try expectOne("«" + text, "missing_key", "missing parameter \"classifier\"")
  }

  /// What is wrong with a sequence, at its place; the features are rms and mfcc with the same hop, and more where they are named.
  @Test(arguments: [
    (#""sequence": { "of": ["rms", «"mfc"], "frames": 40 },"#, "bad_reference", "there is no feature \"mfc\"", "mfcc"),
    (
      #""sequence": { "of": [«"mfcc.mean"], "frames": 40 },"#, "bad_reference", "there is no feature \"mfcc.mean\"",
      "without a statistic"
    ),
    (#""sequence": { "of": ["rms", «"rms"], "frames": 40 },"#, "duplicate_item", "stands twice", nil),
    (
      #""sequence": { "of": ["rms", «"slow"], "frames": 40 },"#, "bad_input", "frames of \"slow\" are 0.064 s apart",
      "hop_length"
    ),
    (
      #""sequence": { "of": ["rms", «"late"], "frames": 40 },"#, "bad_input", "the first frame of \"late\" is at",
      "center"
    ),
    (
      #""sequence": { "of": ["rms", «"tuning"], "frames": 40 },"#, "bad_input", "frames of \"tuning\" are 1.0 s apart",
      nil
    ),
    (#""sequence": «{ "of": ["rms"] },"#, "missing_key", "frames", nil),
    (#""sequence": { "of": ["rms"], "frames": «0 },"#, "out_of_range", "0 is out of range", nil),
    (#""sequence": { "of": «[], "frames": 4 },"#, "out_of_range", "0 items", nil),
    (#""sequence": { "of": ["rms"], "frames": 4, "crop": «"middle" },"#, "unknown_choice", "middle", nil),
    (#""vector": ["rms.mean"], «"sequence": { "of": ["rms"], "frames": 4 },"#, "bad_input", "not both", "null"),
  ])
  func placesOfErrorsInSequences(line: String, kind: String, words: String, help: String?) throws {
    let more =
      #""slow": { "use": "feature.rms", "hop_length": 1024 }, "late": { "use": "feature.rms", "center": false }, "tuning": "feature.estimate_tuning""#
    let text = Sample.text(replacing: "vector", by: line)
      .replacingOccurrences(
        of: #""rms": { "use": "feature.rms" },"#, with: #""rms": { "use": "feature.rms" }, \#(more),"#)
    try expectOne(text, kind, words, help: help)
  }

  @Test func aWorkflowNeedsAVectorOrASequence() throws {
    try expectOne("«" + Sample.text(replacing: "vector"), "missing_key", "neither \"vector\" nor \"sequence\"")
    let both = Sample.text(replacing: "vector", by: #""vector": null, "sequence": { "of": ["mfcc"], "frames": 9 },"#)
    let plan = try #require(lint(both).plan)
    #expect(plan.resolved["vector"] == nil)
    #expect(plan.resolved["sequence"] == ["of": ["mfcc"], "frames": 9, "crop": "start"])
    // The layers of sequences are written out, and are what a path leads into.
    #expect(plan.resolved["classifier"]?["layers"]?.arrayValue?.contains(["type": "global_avg_pool"]) == true)
    let changed = try lint(both, sets: ["classifier.layers.0.filters=9"]).plan?.resolved["classifier"]?["layers"]
    #expect(changed?.arrayValue?.first?["filters"] == 9)
    #expect(changed?.arrayValue?.count == plan.resolved["classifier"]?["layers"]?.arrayValue?.count)
    #expect(try lint(Sample.text()).plan?.resolved["sequence"] == nil)
  }

  @Test(arguments: [
    "svm", "linear_svm", "logistic_regression", "gradient_boosting", "nearest_neighbours", "mlp",
  ])
  func classifiersOfVectorsRefuseSequences(_ name: String) throws {
    let text = Sample.text(replacing: "vector", by: #""sequence": { "of": ["rms", "mfcc"], "frames": 40 },"#)
      .replacingOccurrences(
        of: #"{ "use": "classifier.conv1d", "epochs": 2 }"#, with: #"«{ "use": "classifier.\#(name)" }"#)
    try expectOne(text, "bad_input", "classifier.\(name) reads vectors, not sequences", help: "\"vector\"")
  }

  @Test func suggestionsNameWhatWasMeant() throws {
    try expectOne(
      Sample.text(
        replacing: "features",
        by: #""features": { "rms": "feature.rms", "mfcc": { "use": "feature.mfcc", «"n_mfc": 13 } },"#),
      "unknown_key", "n_mfc", help: "did you mean \"n_mfcc\"?")
    try expectOne(
      Sample.text(replacing: "vector", by: #""vector": ["rms.mean", «"mfc.std"],"#), "bad_reference", "mfc",
      help: "did you mean \"mfcc\"?")
  }

  @Test func longerCirclesAreFoundToo() throws {
    let text = Sample.text(
      replacing: "features",
      by:
        #""features": { "rms": "feature.rms", "mfcc": "feature.mfcc", "a": { "use": "feature.delta", "of": "b" }, "b": { "use": "feature.delta", "of": "a" } },"#
    )
    let findings = try lint(text).findings
    #expect(findings.map(\.kind.rawValue) == ["cycle", "cycle"])
  }

  @Test func everythingWrongIsToldAtOnceInTheOrderOfTheFile() throws {
    let text = """
      {
        "timbre": 1, "sed": 1,
        "dataset": { "use": "dataset.synthetic" },
        "views": { "original": [], "x": [{ "use": "augment.noise", "amount": "much" }] },
        "features": { "mfcc": { "use": "feature.mfcc", "n_mfcc": -1 } },
        "vector": ["mfcc.mean"],
        "split": { "by": "voice" },
        "classifier": { "use": "classifier.conv1d", "epochs": 0 }
      }
      """
    let findings = try lint(text).findings
    #expect(findings.compactMap { $0.location?.line } == [2, 4, 5, 7, 8])
  }

  @Test func oneMistakeDoesNotHideAnother() throws {
    let text = Sample.text(
      replacing: "features",
      by:
        #""features": { "rms": { "use": "feature.rms", "hop": 1 }, "mfcc": "feature.mfcc", "a": { "use": "feature.delta", "of": "a" } },"#
    ).replacing("mfcc.std", with: "mfc.std")
    let kinds = try lint(text).findings.map(\.kind.rawValue)
    #expect(Set(kinds) == ["unknown_key", "cycle", "bad_reference"], "\(kinds)")
  }

  @Test func manyMistakesAreCutShort() throws {
    let many = (0..<20_000).map { "\"k\($0)\": 1, \"d\": 1" }.joined(separator: ", ")
    let start = ContinuousClock.now
    let findings = try lint("{\(many)}").findings
    #expect((1...300).contains(findings.count))
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func aSplitByRowLeaksUnlessTheWorkflowWantsIt() throws {
    let views = #""views": { "original": [], "n": ["augment.noise"] },"#
    let base = Sample.text(replacing: "views", by: views)
    let old = Sample.lines["split"] ?? ""
    try expectOne(base.replacing(old, with: #""split": { "by": «"row" },"#), "leak", "views of one clip on both sides")
    let allowed = try lint(base.replacing(old, with: #""split": { "by": "row", "allow_leak": true },"#))
    #expect(allowed.findings.isEmpty)
  }

  @Test func aRootThatIsNoObjectIsToldSo() throws {
    try expectOne("«[1, 2]", "wrong_type", "a workflow is an object")
  }

  @Test func versionsOfPluginsThatDifferAreAWarning() throws {
    let text = Sample.text(replacing: "scale", by: #""plugins": { "feature.mfcc": 99 },"#)
    let workflow = try lint(text)
    #expect(workflow.findings.map(\.severity) == [.warning])
    #expect(workflow.findings.first?.location?.column == 30)
    #expect(workflow.plan != nil)
  }
}
