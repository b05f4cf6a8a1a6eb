import Testing
import TimbreCore
import TimbreWorkflow

@Suite struct OverrideTests {
  @Test func valuesAreSetByPathAndTyped() throws {
    let workflow = try lint(
      Sample.text(),
      sets: [
        "classifier.epochs=7", "title=two words", "split.test=[\"01\", \"02\"]", "features.rms.hop_length=256",
        "load.duration=1.5",
      ])
    #expect(workflow.findings.isEmpty, "\(workflow.findings)")
    let resolved = try #require(workflow.plan?.resolved)
    #expect(resolved["classifier"]?["epochs"] == 7)
    #expect(resolved["title"] == "two words")
    #expect(resolved["split"]?["test"] == ["01", "02"])
    #expect(resolved["features"]?["rms"]?["hop_length"] == 256)
    #expect(resolved["load"]?["duration"] == 1.5)
  }

  @Test func pathsReachIntoDefaultsThatAreNotWrittenOut() throws {
    let workflow = try lint(
      Sample.text(), sets: ["classifier.optimizer.learning_rate=0.01", "classifier.layers.0.filters=8"])
    #expect(workflow.findings.isEmpty, "\(workflow.findings)")
    let classifier = try #require(workflow.plan?.resolved["classifier"])
    #expect(classifier["optimizer"]?["type"] == "adam")
    #expect(classifier["optimizer"]?["learning_rate"] == 0.01)
    #expect(classifier["layers"]?.arrayValue?.first?["filters"] == 8)
    #expect(classifier["layers"]?.arrayValue?.count == 12)
  }

  @Test func stepsReachIntoListsAndBareNames() throws {
    let text = Sample.text(replacing: "views", by: #""views": { "original": [], "n": ["augment.noise"] },"#)
    let workflow = try lint(text, sets: ["views.n.0.amount=0.5"])
    #expect(workflow.findings.isEmpty, "\(workflow.findings)")
    #expect(workflow.plan?.resolved["views"]?["n"]?.arrayValue?.first?["amount"] == 0.5)
  }

  @Test(arguments: [
    ("classifier.epochs=x", "wrong_type", 19),
    ("classifier.epoch=3", "unknown_key", 12),
    ("classifier.epochs=0", "out_of_range", 19),
    ("features.mfcc.n_mfcc=\"a\"", "wrong_type", 22),
    ("sead=3", "unknown_key", 1),
    ("vector.5=rms.mean", "bad_override", 8),
    ("seed.deep=1", "bad_override", 6),
  ])
  func errorsPointIntoTheArgument(set: String, kind: String, column: Int) throws {
    let findings = try lint(Sample.text(), sets: [set]).findings
    #expect(findings.count == 1, "\(findings)")
    #expect(findings.first?.kind.rawValue == kind)
    #expect(findings.first?.location?.file == "--set")
    #expect(findings.first?.location?.line == 1)
    #expect(findings.first?.location?.column == column)
    #expect(findings.first?.location?.sourceLine == set)
  }

  @Test(arguments: [("nothing", 1), ("a..b=1", 3), ("=1", 1)])
  func malformedArgumentsAreRefused(set: String, column: Int) throws {
    let error = try #require(throws: Diagnostic.self) { _ = try Override(set) }
    #expect(error.kind.rawValue == "bad_override")
    #expect(error.location?.column == column)
  }
}

@Suite struct VariableTests {
  let text = Sample.text(replacing: "dataset", by: #""dataset": { "use": "dataset.ravdess", "path": "${AUDIO}" },"#)

  @Test func unsetIsAWarningOfLintAndAnErrorOfRun() throws {
    let warned = try lint(text)
    #expect(warned.findings.map(\.severity) == [.warning])
    #expect(warned.findings.first?.kind.rawValue == "unset_variable")
    #expect(warned.findings.first?.message.contains("AUDIO") == true)
    #expect(warned.findings.first?.help?.contains("export AUDIO=") == true)
    #expect(warned.findings.first?.location?.line == 4)
    #expect(warned.findings.first?.location?.column == 48)
    let run = try lint(text, needs: .run)
    #expect(run.findings.map(\.severity) == [.error])
  }

  @Test func aRequestWithoutDatasetDoesNotMindTheDatasetsVariable() throws {
    let workflow = try lint(text, needs: .vectors)
    #expect(workflow.findings.isEmpty)
    #expect(workflow.plan?.recipe.nodes.count == 2)
  }

  @Test func valuesAndDefaultsAreFilledIn() throws {
    let set = try lint(text, environment: ["AUDIO": "clips"], needs: .run)
    #expect(set.plan?.resolved["dataset"]?["path"] == "/data/clips")
    let fallback = try lint(
      text.replacing("${AUDIO}", with: "/x/${A:-one}/${B:-}/${C:-${}"), environment: ["A": ""], needs: .run)
    #expect(fallback.plan?.resolved["dataset"]?["path"] == "/x/one//${")
  }
}

@Suite struct ResolvedTests {
  @Test func theResolvedWorkflowHasEveryDefaultAndRunsAsItIs() throws {
    let first = try #require(try lint(Sample.text()).plan)
    #expect(first.resolved["features"]?["mfcc"]?["n_mels"] == 128)
    #expect(first.resolved["split"]?["test_views"] == "original")
    #expect(first.resolved["plugins"]?["feature.mfcc"] == 1)
    let again = try lint(first.resolved.pretty)
    #expect(again.findings.isEmpty, "\(again.findings)")
    #expect(again.plan?.resolved == first.resolved)
  }

  @Test func columnsAreNamedAfterNodeStatisticAndBin() throws {
    let columns = try #require(try lint(Sample.text()).plan).recipe.columns()
    #expect(columns.count == 21)
    #expect(columns.first?.name == "rms.mean")
    #expect(Set(columns.map(\.name)).count == 21)
    #expect(columns.last?.name.hasPrefix("mfcc.std.") == true)
  }
}
