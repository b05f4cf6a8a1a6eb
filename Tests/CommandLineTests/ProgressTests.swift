import Foundation
import Testing

@Suite struct ProgressTests {
  private func events(_ outcome: Outcome) throws -> [[String: Any]] {
    try outcome.err.split(separator: "\n").filter { $0.hasPrefix("{") }.map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test func `every stage begins, advances to its last step, and ends`() throws {
    let corpus = try TinyCorpus()
    try corpus.write(["classifier": #"{ "use": "classifier.conv1d", "epochs": 3 }"#])
    let run = try corpus.space.timbre("run", "w.json", "--out", "out", "--progress", "json")
    #expect(run.status == 0, "\(run.err)")
    #expect(run.out == "out/report.html\n")
    let events = try events(run)
    for (stage, unit, total) in [("features", "clips", 16), ("training", "epochs", 3)] {
      let own = events.filter { $0["stage"] as? String == stage }
      #expect(own.first?["event"] as? String == "began")
      #expect(own.first?["unit"] as? String == unit)
      #expect(own.last?["event"] as? String == "ended")
      #expect(own.last?["seconds"] is Double)
      let last = try #require(own.last { $0["event"] as? String == "advanced" })
      #expect(last["count"] as? Int == total && last["total"] as? Int == total)
    }
    let epoch = try #require(
      events.last { $0["event"] as? String == "advanced" && $0["stage"] as? String == "training" })
    #expect((epoch["detail"] as? String)?.contains("loss ") == true)
    let end = try #require(events.last)
    #expect(end["event"] as? String == "finished" && end["folder"] as? String == "out")
    #expect(end["report"] as? String == "out/report.html")
    #expect(end["uar"] as? Double == (try corpus.space.object("out/metrics.json")["uar"] as? Double))
  }

  @Test func `an experiment tells of its trials`() throws {
    let corpus = try TinyCorpus()
    try corpus.write(["variants": #"{ "plain": {}, "few": { "features.mfcc.n_mfcc": 5 } }"#])
    let run = try corpus.space.timbre("run", "w.json", "--out", "out", "--progress", "json")
    #expect(run.status == 0, "\(run.err)")
    let events = try events(run)
    #expect(events.first?["stage"] as? String == "trials")
    #expect(events.count { $0["event"] as? String == "noted" } == 2)
    #expect(events.last?["trials"] as? Int == 2 && events.last?["failed_trials"] as? Int == 0)
    // What an earlier process has done makes the rest go no faster.
    let space = corpus.space
    try space.write(
      try space.text("out/run.json").replacing("\"finished\"", with: "\"interrupted\""), to: "out/run.json")
    try FileManager.default.removeItem(atPath: space.path("out/trials/few"))
    let resumed = try space.timbre("run", "w.json", "--out", "out", "--progress", "json", "--resume")
    let last = try #require(try self.events(resumed).last { $0["event"] as? String == "advanced" }, "\(resumed.err)")
    #expect(last["count"] as? Int == 1 && last["total"] as? Int == 1)
  }

  @Test func `silence is silent, and another word is refused`() throws {
    let corpus = try TinyCorpus()
    try corpus.write([:])
    let run = try corpus.space.timbre("run", "w.json", "--out", "out", "--progress", "none")
    #expect(run.status == 0)
    #expect(!run.err.contains("features") && !run.err.contains("{"))
    let wrong = try corpus.space.timbre("run", "w.json", "--out", "two", "--progress", "loud")
    #expect(wrong.status == 2 && wrong.err.contains("progress"))
  }

  @Test func `a killed run is listed as stopped, one under way as running`() throws {
    let corpus = try TinyCorpus()
    try corpus.write(["classifier": #"{ "use": "classifier.conv1d", "epochs": 100000 }"#])
    let running = try corpus.space.start(["run", "w.json", "--out", "runs/a"])
    for _ in 0..<600 where !corpus.space.exists("runs/a/run.json") { Thread.sleep(forTimeInterval: 0.05) }
    func state() throws -> String? {
      let listed = try #require(corpus.space.timbre("runs", "--json").json as? [[String: Any]])
      return listed.first?["state"] as? String
    }
    #expect(try state() == "running")
    kill(running.process.processIdentifier, SIGKILL)
    _ = try running.finish()
    #expect(try state() == "stopped")
  }

  @Test func `a run on behalf of others reads nothing outside of what they may name`() throws {
    let corpus = try TinyCorpus()
    try corpus.write([:])
    try FileManager.default.createDirectory(atPath: corpus.space.path("space"), withIntermediateDirectories: true)
    try corpus.space.write(#"{ "extends": "../w.json" }"#, to: "space/v.json")
    func run(_ arguments: String...) throws -> Outcome {
      try corpus.space.start(["run"] + arguments + ["--out", "out"]).finish()
    }
    let outside = try run("space/v.json", "--workflows-within", corpus.space.path("space"))
    #expect(outside.status == 2 && outside.err.contains("no such workflow in the workspace"))
    let foreign = try run("w.json", "--data-within", corpus.space.path("space"))
    #expect(foreign.status == 2 && foreign.err.contains("may not be read here"))
    #expect(!corpus.space.exists("out"))
    let whole = corpus.space.path("")
    #expect(try run("space/v.json", "--workflows-within", whole, "--data-within", whole).status == 0)
  }
}
