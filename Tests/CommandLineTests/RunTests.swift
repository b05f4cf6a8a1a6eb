import Foundation
import Testing

@Suite struct RunTests {
  static let results = [
    "features/vectors.npy", "features/columns.csv", "clips.csv", "history.csv", "predictions.csv", "metrics.json",
    "bundle/bundle.json",
    "bundle/model.safetensors", "workflow.json",
  ]

  @Test func aRunLeavesEverythingAndSaysWhereTheReportIs() throws {
    let corpus = try TinyCorpus()
    let run = try corpus.space.timbre("run", "w.json", "--out", "out")
    #expect(run.status == 0, "\(run.err)")
    #expect(run.out == "out/report.html\n")
    for name in Self.results + ["report.html", "environment.json", "run.json"] {
      #expect(corpus.space.exists("out/" + name), "\(name)")
    }
    #expect(try corpus.space.object("out/run.json")["state"] as? String == "finished")
    let clips = try corpus.space.table("out/clips.csv")
    #expect(clips.count == 32)
    #expect(clips.map { $0["row"] } == (0..<32).map { String($0) })
    #expect(Set(clips.filter { $0["split"] == "test" }.map { $0["view"] }) == ["original"])
    let trained = Set(clips.filter { $0["split"] == "train" }.compactMap { $0["id"] })
    #expect(trained.isDisjoint(with: clips.filter { $0["split"] == "test" }.compactMap { $0["id"] }))
    #expect(clips.filter { $0["view"] == "noisy" }.allSatisfy { $0["drawn"]?.hasPrefix("noise.level=") == true })
    let metrics = try corpus.space.object("out/metrics.json")
    #expect(try #require(metrics["accuracy"] as? Double) == 1)
    #expect(metrics["leak"] as? Bool == false)
    let shown = try FileManager.default.contentsOfDirectory(atPath: corpus.space.path("out/clips"))
    #expect(shown.count == 2)
    let files = try FileManager.default.contentsOfDirectory(atPath: corpus.space.path("out/clips/" + shown[0]))
    #expect(
      Set(files).isSuperset(of: [
        "original.wav", "original.svg", "original.mfcc.png", "original.mfcc.npy", "noisy.wav", "noisy.zcr.png",
      ]))
    #expect(try corpus.space.text("out/report.html").contains("Speakers are unknown"))
  }

  @Test func theBitsDoNotDependOnJobsAndTheResolvedWorkflowGivesThemAgain() throws {
    let corpus = try TinyCorpus()
    try corpus.write(["split": #"{ "by": "clip", "test": 0.25, "validation": 0.2 }"#])
    for (out, workflow, jobs) in [("one", "w.json", "1"), ("two", "w.json", "2"), ("again", "one/workflow.json", "2")] {
      let run = try corpus.space.timbre("run", workflow, "--out", out, "--jobs", jobs)
      #expect(run.status == 0, "\(run.err)")
    }
    for name in Self.results {
      let one = try corpus.space.data("one/" + name)
      #expect(try corpus.space.data("two/" + name) == one, "\(name)")
      #expect(try corpus.space.data("again/" + name) == one, "\(name)")
    }
  }

  @Test func overridesChangeTheRunAndErrorsOfTheRequestExitWith2() throws {
    let corpus = try TinyCorpus()
    let run = try corpus.space.timbre(
      "run", "w.json", "--out", "out", "--set", "classifier.epochs=2", "--set", "views.noisy=[]")
    #expect(run.status == 0, "\(run.err)")
    #expect(try corpus.space.table("out/history.csv").count == 2)
    let wrong = try corpus.space.timbre("run", "w.json", "--out", "out2", "--set", "classifier.epoch=2")
    #expect(wrong.status == 2)
    #expect(wrong.err.contains("did you mean \"epochs\"?"))
    #expect(!corpus.space.exists("out2"))
    for arguments in [
      ["run"], ["run", "w.json", "--jobs", "0"], ["frobnicate"], ["run", "none.json"],
      ["extract", "x.wav", "--out", "y.npy"],
    ] {
      let outcome = try corpus.space.start(arguments).finish()
      #expect(outcome.status == 2, "\(arguments): \(outcome.err)")
      #expect(outcome.out.isEmpty)
      #expect(!outcome.err.isEmpty)
    }
  }

  @Test func aFolderThatHoldsSomethingIsLeftAlone() throws {
    let corpus = try TinyCorpus()
    try corpus.space.write("precious", to: "out/thesis.txt")
    let run = try corpus.space.timbre("run", "w.json", "--out", "out")
    #expect(run.status == 2)
    #expect(run.err.contains("not empty"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: corpus.space.path("out")) == ["thesis.txt"])
    try corpus.space.write("a file", to: "file")
    let blocked = try corpus.space.timbre("run", "w.json", "--out", "file/out")
    #expect(blocked.status == 1)
    #expect(blocked.err.contains("unwritable_file"))
  }

  @Test func anInterruptedRunSaysSo() throws {
    let corpus = try TinyCorpus()
    try corpus.write(["classifier": #"{ "use": "classifier.conv1d", "epochs": 100000 }"#])
    let running = try corpus.space.start(["run", "w.json", "--out", "out"])
    try waitFor { corpus.space.exists("out/features/vectors.npy") }
    running.process.interrupt()
    let outcome = try running.finish()
    #expect(outcome.status == 130)
    #expect(try corpus.space.object("out/run.json")["state"] as? String == "interrupted")
    #expect(!corpus.space.exists("out/report.html"))
  }

  @Test func aKilledRunIsStillMarkedAsUnderWay() throws {
    let corpus = try TinyCorpus()
    try corpus.write(["classifier": #"{ "use": "classifier.conv1d", "epochs": 100000 }"#])
    let running = try corpus.space.start(["run", "w.json", "--out", "out"])
    try waitFor { corpus.space.exists("out/run.json") }
    kill(running.process.processIdentifier, SIGKILL)
    _ = try running.finish()
    #expect(try corpus.space.object("out/run.json")["state"] as? String == "running")
    #expect(try corpus.space.timbre("inspect", "out").out.contains("state: running"))
  }

  private func waitFor(_ condition: () -> Bool) throws {
    for _ in 0..<600 where !condition() { Thread.sleep(forTimeInterval: 0.05) }
    try #require(condition(), "waited 30 s")
  }
}
