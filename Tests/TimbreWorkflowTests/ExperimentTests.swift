import Testing
import TimbreBuiltin
import TimbreCore
import TimbreWorkflow

@Suite struct ExperimentTests {
  private static func lintExperiment(_ added: String) throws -> Workflow {
    try lint(Sample.text(replacing: "timbre", by: #""timbre": 1, "# + added + ","))
  }

  @Test func variantsSweepAndSeedsAreMultiplied() throws {
    let workflow = try Self.lintExperiment(
      #"""
      "variants": { "plain": {}, "few": { "features.mfcc.n_mfcc": 13 } },
      "sweep": { "type": "grid", "over": { "classifier.epochs": [1, 2, 3] } }, "repeat": 2
      """#)
    let experiment = try #require(workflow.experiment, "\(workflow.findings)")
    #expect(experiment.trials.count == 12)
    #expect(
      experiment.trials.prefix(3).map(\.name) == [
        "plain.epochs-1.seed-3", "plain.epochs-1.seed-4", "plain.epochs-2.seed-3",
      ])
    let last = try #require(experiment.trials.last)
    #expect(last.variant == "few")
    #expect(last.plan.seed == 4)
    #expect(last.plan.resolved["features"]?["mfcc"]?["n_mfcc"] == 13)
    #expect(last.plan.resolved["classifier"]?["epochs"] == 3)
    #expect(last.plan.resolved["variants"] == nil)
    #expect(try lint(Sample.text()).experiment == nil)
  }

  @Test func aFeatureIsTakenAwayWithItsPartOfTheVector() throws {
    let workflow = try Self.lintExperiment(#""variants": { "no-rms": { "features.rms": null } }"#)
    let plan = try #require(workflow.experiment?.trials.first?.plan, "\(workflow.findings)")
    #expect(plan.resolved["vector"] == ["mfcc.std"])
    #expect(plan.recipe.nodes.map(\.name) == ["mfcc"])
  }

  @Test func randomSweepsDependOnTheSeedAndStayInTheirRanges() throws {
    let sweep = #"""
      "sweep": { "type": "random", "samples": 40, "over": { "features.mfcc.n_mfcc": { "uniform": [5, 9] },
        "classifier.optimizer": [{ "type": "adam", "learning_rate": 0.1 }], "split.test": { "log_uniform": [0.1, 0.4] } } }
      """#
    let (one, two) = (try Self.lintExperiment(sweep), try Self.lintExperiment(sweep))
    let trials = try #require(one.experiment?.trials, "\(one.findings)")
    #expect(trials.map(\.changes) == two.experiment?.trials.map(\.changes))
    let counts = trials.compactMap { $0.changes[0].value.intValue }
    #expect(Set(counts) == [5, 6, 7, 8, 9])
    let shares = trials.compactMap { $0.changes[2].value.doubleValue }
    #expect(shares.count == 40 && shares.allSatisfy { (0.1...0.4).contains($0) })
    #expect(Set(trials.map(\.name)).count == 40)
  }

  @Test(
    arguments: [
      (#""variants": { "a": { "features.mfcc.n_mfc": «13 } }"#, "unknown_key", "n_mfc"),
      (#""variants": { "a": { «"features.chroma": null } }"#, "bad_override", "no feature \"chroma\""),
      (#""variants": { "a": «7 }"#, "wrong_type", "expected an object"),
      (#""sweep": { "type": "grid", "over": { "seed": «[] } }"#, "out_of_range", "0 items"),
      (
        #""sweep": { "type": "random", "samples": 1, "over": { "seed": «{ "uniform": [9, 1] } } }"#,
        "invalid_parameters", "ends before"
      ),
      (#""repeat": «0"#, "out_of_range", "must be 1 to 1000"),
      (
        #""repeat": «2, "sweep": { "type": "grid", "over": { "seed": [9223372036854775807] } }"#, "out_of_range",
        "seeds"
      ),
      (
        #""sweep": { "type": "random", "samples": 1, "over": { "split.test": «{ "uniform": [-1.7e308, 1.7e308] } } }"#,
        "out_of_range", "too wide"
      ),
      (#""variants": { «"": {} }"#, "bad_name", "needs a name"),
      (#""variants": { "a": { «"features.mfc.n_mfcc": 13 } }"#, "bad_override", "no feature \"mfc\""),
      (#""variants": { "a": { «"views.noisy.0.amount": 0.1 } }"#, "bad_override", "no view \"noisy\""),
      (#""variants": { "a": { «"variants": {} } }"#, "bad_override", "from run to run"),
      (#""sweep": { "type": "grid", "over": { «"repeat": [1, 2] } }"#, "bad_override", "from run to run"),
      (#""variants": { "a": {}, "b": { «"title": "other" } }"#, "same_trial", "the same as \"a\""),
      (#""label_map": { "calm": «"" }"#, "bad_name", "label is empty"),
    ])
  func mistakesAreShownWhereTheyStand(_ marked: String, _ kind: String, _ words: String) throws {
    let text = Marked(Sample.text(replacing: "timbre", by: #""timbre": 1, "# + marked + ","))
    let findings = try lint(text.text).findings
    let finding = try #require(findings.first { $0.kind.rawValue == kind }, "\(findings)")
    #expect(finding.message.contains(words), "\(finding.message)")
    #expect(finding.location?.line == text.line)
    if kind != "unknown_key" { #expect(finding.location?.column == text.column) }
  }

  @Test func theLargestNumbersAreDrawnToo() throws {
    let workflow = try Self.lintExperiment(
      #""sweep": { "type": "random", "samples": 2, "over": { "seed": { "uniform": [9223372036854775806, 9223372036854775807] } } }"#
    )
    let seeds = try #require(workflow.experiment?.trials.map(\.plan.seed), "\(workflow.findings)")
    #expect(seeds.allSatisfy { $0 >= 9_223_372_036_854_775_806 })
  }

  @Test func seedsCountFromATrialsOwn() throws {
    let workflow = try Self.lintExperiment(#""variants": { "a": { "seed": 70 }, "b": {} }, "repeat": 2"#)
    #expect(workflow.experiment?.trials.map(\.plan.seed) == [70, 71, 3, 4], "\(workflow.findings)")
  }

  @Test func everyTrialHasAFolderOfItsOwn() throws {
    let workflow = try Self.lintExperiment(
      #""sweep": { "type": "grid", "over": { "title": ["a b", "a+b", "a-b-2", "a-b"] } }"#)
    let names = try #require(workflow.experiment?.trials.map(\.name), "\(workflow.findings)")
    #expect(Set(names).count == 4, "\(names)")
  }

  // MARK: Inheritance

  private static func inherit(_ text: String, files: [String: String]) -> Workflow {
    Workflow(
      name: "test", source: SourceText(name: "/data/test.json", text: text), folder: "/data", environment: [:],
      registry: Builtin.registry(), needs: .lint
    ) { path in
      guard let text = files[path] else { throw Diagnostic(.unreadableFile, "cannot be read", subject: path) }
      return SourceText(name: path, text: text)
    }
  }

  @Test func aWorkflowExtendsAnother() throws {
    let base = Sample.text(replacing: "dataset", by: #""dataset": { "use": "dataset.csv", "path": "clips.csv" },"#)
    let workflow = Self.inherit(
      #"{ "extends": "../base/base.json", "seed": 9, "features": { "rms": null, "mfcc": { "n_mfcc": 13 } }, "vector": ["mfcc.mean"] }"#,
      files: ["/base/base.json": base])
    let plan = try #require(workflow.plan, "\(workflow.findings)")
    #expect(plan.seed == 9)
    #expect(plan.resolved["features"]?["mfcc"]?["n_mfcc"] == 13)
    #expect(plan.recipe.nodes.map(\.name) == ["mfcc"])
    #expect(plan.resolved["dataset"]?["path"] == "/base/clips.csv")
    #expect(plan.resolved["extends"] == nil)
  }

  @Test func aVariantIsTakenAway() throws {
    let base = Sample.text(
      replacing: "timbre", by: #""timbre": 1, "variants": { "a": {}, "b": { "features.mfcc.n_mfcc": 13 } },"#)
    let workflow = Self.inherit(
      #"{ "extends": "base.json", "variants": { "a": null, "c": { "features.mfcc.n_mfcc": 40 } } }"#,
      files: ["/data/base.json": base])
    #expect(workflow.experiment?.trials.map(\.name) == ["b", "c"], "\(workflow.findings)")
  }

  @Test func pathsInVariantsStayThoseOfTheirFile() throws {
    let base = Sample.text(
      replacing: "timbre",
      by: #"""
        "timbre": 1, "variants": { "a": { "dataset.use": "dataset.csv", "dataset.path": "one.csv" },
          "b": { "dataset": { "use": "dataset.csv", "path": "two.csv" }, "title": "two.csv" } },
        """#)
    let workflow = Self.inherit(#"{ "extends": "../base/base.json", "seed": 9 }"#, files: ["/base/base.json": base])
    let trials = try #require(workflow.experiment?.trials, "\(workflow.findings)")
    #expect(trials.map { $0.plan.resolved["dataset"]?["path"] } == ["/base/one.csv", "/base/two.csv"])
    #expect(trials.map(\.plan.title) == ["test", "two.csv"])
    let swept = Sample.text(
      replacing: "dataset",
      by:
        #""dataset": { "use": "dataset.csv", "path": "x.csv" }, "sweep": { "type": "grid", "over": { "dataset.path": ["one.csv", "/two.csv"] } },"#
    )
    let sweep = Self.inherit(#"{ "extends": "../base/base.json" }"#, files: ["/base/base.json": swept])
    #expect(
      sweep.experiment?.trials.map { $0.plan.resolved["dataset"]?["path"] } == ["/base/one.csv", "/two.csv"],
      "\(sweep.findings)")
  }

  @Test func theDefaultOfAVariableStartsWhereItIsWritten() throws {
    let base = Sample.text(
      replacing: "dataset", by: #""dataset": { "use": "dataset.csv", "path": "${NOWHERE_SET:-clips.csv}" },"#)
    let workflow = Self.inherit(#"{ "extends": "../base/base.json" }"#, files: ["/base/base.json": base])
    #expect(workflow.plan?.resolved["dataset"]?["path"] == "/base/clips.csv", "\(workflow.findings)")
  }

  @Test func anotherPluginReplacesTheNode() throws {
    let workflow = Self.inherit(
      #"{ "extends": "base.json", "features": { "rms": { "use": "feature.zero_crossing_rate" } } }"#,
      files: [
        "/data/base.json": Sample.text(
          replacing: "features",
          by: #""features": { "rms": { "use": "feature.rms", "frame_length": 512 }, "mfcc": "feature.mfcc" },"#)
      ])
    #expect(workflow.findings.isEmpty, "\(workflow.findings)")
    #expect(workflow.plan?.recipe.nodes.first?.plugin == "feature.zero_crossing_rate")
  }

  @Test(
    arguments: [
      (#"{ "extends": "gone.json" }"#, "gone.json: cannot be read"),
      (#"{ "extends": "circle.json" }"#, "extends itself"), (#"{ "extends": 7 }"#, "expected a path"),
      (#"{ "extends": "list.json" }"#, "list.json is no workflow"),
    ])
  func whatCannotBeExtendedIsNamed(_ text: String, _ words: String) {
    let workflow = Self.inherit(
      text, files: ["/data/circle.json": #"{ "extends": "circle.json" }"#, "/data/list.json": "[]"])
    #expect(workflow.findings.contains { $0.message.contains(words) }, "\(workflow.findings)")
    #expect(workflow.plan == nil)
  }
}
