import Foundation
import Testing

/// `timbre run --mlflow` against MLflow's own server, and against servers that are none.
@Suite(.serialized) struct TrackingTests {
  /// Python with MLflow in it; `make test` sets it.
  static let mlflow = ProcessInfo.processInfo.environment["TIMBRE_MLFLOW"].map { URL(fileURLWithPath: $0) }

  /// One server for all tests: it takes its time to start.
  private struct RealServer: Sendable {
    let space: Workspace
    let server: TestServer

    static let shared = Result { () throws -> RealServer in
      let space = try Workspace()
      let python = try #require(mlflow)
      return RealServer(
        space: space, server: try TestServer("tracking_server.py", ["serve", space.path("server")], python: python))
    }

    struct Run: Decodable {
      var id: String
      var name: String
      var status: String
      var ended: Bool
      var parameters: [String: String]
      var tags: [String: String]
      /// Step and value of each point.
      var metrics: [String: [[Double]]]
    }

    /// What MLflow's own client finds in an experiment, and the folder with the runs' artifacts.
    func runs(of experiment: String) throws -> (runs: [Run], folder: URL) {
      let out = space.path("dump-\(UUID().uuidString)")
      try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
      let outcome = try Running(
        try #require(mlflow), [TestServer.script("tracking_server.py"), "dump", server.port, experiment, out],
        in: space.url
      ).finish()
      #expect(outcome.status == 0, "\(outcome.err)")
      let folder = URL(fileURLWithPath: out)
      return (
        try JSONDecoder().decode([Run].self, from: Data(contentsOf: folder.appendingPathComponent("runs.json"))), folder
      )
    }
  }

  private static let folds = #"{ "by": "clip", "folds": 3 }"#
  private static let results = ["predictions.csv", "metrics.json", "features/vectors.npy"]

  private static func id(_ space: Workspace, _ folder: String) throws -> String {
    try #require(space.object(folder + "/mlflow.json")["run_id"] as? String)
  }

  private static func expectNoDoubles(_ runs: [RealServer.Run]) {
    for run in runs {
      for (name, points) in run.metrics {
        #expect(Set(points.map { $0[0] }).count == points.count, "\(run.name) \(name): \(points)")
      }
    }
  }

  // MARK: The real server

  @Test(.enabled(if: mlflow != nil, "needs TIMBRE_MLFLOW with MLflow; `make test` sets it"))
  func aRunIsThereAsItIsInItsFolder() throws {
    let server = try RealServer.shared.get()
    let corpus = try TinyCorpus()
    #expect(try corpus.space.timbre("run", "w.json", "--out", "plain").status == 0)
    let run = try corpus.space.timbre(
      "run", "w.json", "--out", "out", "--mlflow", server.server.url + "/", "--mlflow-experiment", "one run ä")
    #expect(run.status == 0 && !run.err.contains("warning"), "\(run.err)")
    #expect(run.err.contains("MLflow: \(server.server.url)/#/experiments/"), "\(run.err)")
    for name in Self.results {
      #expect(try corpus.space.data("plain/" + name) == corpus.space.data("out/" + name), "\(name)")
    }
    let (runs, folder) = try server.runs(of: "one run ä")
    let found = try #require(runs.first)
    let id = try Self.id(corpus.space, "out")
    #expect(runs.count == 1 && found.id == id)
    #expect(found.name == "out" && found.status == "FINISHED" && found.ended)
    #expect(found.parameters["features.mfcc.n_mfcc"] == "13" && found.parameters["classifier.epochs"] == "6")
    #expect(found.parameters["classifier.layers.0.type"] == "conv1d" && found.parameters["seed"] == "5")
    #expect(found.tags["mlflow.source.name"] == "w.json" && found.tags["timbre.verdict"] != nil)
    let history = try corpus.space.table("out/history.csv")
    let losses = try #require(found.metrics["loss"]).sorted { $0[0] < $1[0] }
    #expect(losses.map { $0[0] } == [1, 2, 3, 4, 5, 6])
    #expect(losses.map { $0[1] } == history.compactMap { $0["loss"].flatMap(Double.init) })
    let metrics = try corpus.space.object("out/metrics.json")
    #expect(found.metrics["test_uar"]?.first?[1] == metrics["uar"] as? Double)
    let interval = (metrics["intervals"] as? [String: Any])?["uar"] as? [Double]
    #expect(found.metrics["test_uar_lower"]?.first?[1] == interval?.first && interval != nil)
    let names = [
      "report.html", "metrics.json", "workflow.json", "predictions.csv", "bundle/bundle.json",
      "bundle/model.safetensors",
    ]
    for name in names {
      let sent = try Data(contentsOf: folder.appendingPathComponent("\(found.id)/\(name)"))
      #expect(try sent == corpus.space.data("out/" + name), "\(name)")
    }
  }

  @Test(.enabled(if: mlflow != nil, "needs TIMBRE_MLFLOW with MLflow; `make test` sets it"))
  func trialsAndFoldsAreNestedAndGoOn() throws {
    let server = try RealServer.shared.get()
    let corpus = try TinyCorpus(clips: 6)
    try corpus.write([
      "variants": #"{ "plain": {}, "few": { "features.mfcc.n_mfcc": 5 } }"#, "split": Self.folds,
      "artifacts": #"{ "clips": 0 }"#,
    ])
    let arguments = [
      "run", "w.json", "--out", "out", "--resume", "--mlflow", server.server.url, "--mlflow-experiment", "nested",
    ]
    // Killed without a chance to say so, in several places.
    for pause in [0.25, 0.5, 0.8] {
      let run = try corpus.space.start(arguments)
      Thread.sleep(forTimeInterval: pause)
      kill(run.process.processIdentifier, SIGKILL)
      _ = try run.finish()
    }
    let last = try corpus.space.start(arguments).finish()
    #expect(last.status == 0 && !last.err.contains("warning"), "\(last.err)")
    let runs = try server.runs(of: "nested").runs
    // A kill between two calls may leave a run that nobody knows; it holds no result.
    let known = runs.filter { $0.status != "RUNNING" }
    #expect(known.count == 9 && known.allSatisfy { $0.status == "FINISHED" }, "\(runs.map(\.status))")
    Self.expectNoDoubles(runs)
    let whole = try Self.id(corpus.space, "out")
    for trial in ["plain", "few"] {
      let id = try Self.id(corpus.space, "out/trials/" + trial)
      let found = try #require(known.first { $0.id == id })
      #expect(found.name == trial && found.tags["mlflow.parentRunId"] == whole)
      #expect(found.parameters["features.mfcc.n_mfcc"] == (trial == "few" ? "5" : "13"))
      #expect(found.metrics["test_uar_std"]?.count == 1)
      for fold in ["1", "2", "3"] {
        let inner = try Self.id(corpus.space, "out/trials/\(trial)/folds/\(fold)")
        let run = try #require(known.first { $0.id == inner })
        #expect(run.tags["mlflow.parentRunId"] == id && run.name == "fold " + fold)
        #expect(run.metrics["loss"]?.count == 6 && run.metrics["test_uar"]?.count == 1)
      }
    }
    #expect(known.first { $0.id == whole }?.parameters["variants"]?.contains("few") == true)
    // What has finished and is there is not touched again.
    let again = try corpus.space.start(arguments).finish()
    #expect(again.status == 0 && again.err.contains("this run has finished"), "\(again.err)")
    #expect(try server.runs(of: "nested").runs.count == runs.count)
  }

  @Test(.enabled(if: mlflow != nil, "needs TIMBRE_MLFLOW with MLflow; `make test` sets it"))
  func howARunEndsIsMarked() throws {
    let server = try RealServer.shared.get()
    let corpus = try TinyCorpus()
    let arguments = [
      "run", "w.json", "--out", "out", "--resume", "--mlflow", server.server.url, "--mlflow-experiment", "ends",
    ]
    let long = ["--set", "classifier.epochs=100000"]
    let run = try corpus.space.start(arguments + long)
    for _ in 0..<600 {
      if corpus.space.exists("out/mlflow.json"), run.process.isRunning { break }
      Thread.sleep(forTimeInterval: 0.05)
    }
    Thread.sleep(forTimeInterval: 2)
    kill(run.process.processIdentifier, SIGINT)
    let killed = try run.finish()
    #expect(killed.status == 130, "\(killed.err)")
    #expect(try server.runs(of: "ends").runs.map(\.status) == ["KILLED"])
    let failed = try corpus.space.timbre(
      "run", "w.json", "--out", "bad", "--set", "dataset.path=nowhere", "--mlflow", server.server.url,
      "--mlflow-experiment", "fails")
    #expect(failed.status == 1, "\(failed.err)")
    #expect(try server.runs(of: "fails").runs.map(\.status) == ["FAILED"])
  }

  /// The commands of the document, with this server in place of the one that it names.
  @Test(.enabled(if: mlflow != nil, "needs TIMBRE_MLFLOW with MLflow; `make test` sets it"))
  func theCommandsOfTheDocumentWork() throws {
    let server = try RealServer.shared.get()
    let space = try Workspace()
    try FileManager.default.createSymbolicLink(
      atPath: space.path("Workflows"), withDestinationPath: root.appendingPathComponent("Workflows").path)
    let page = try String(contentsOf: root.appendingPathComponent("docs/experiments.md"), encoding: .utf8)
    let commands = page.split(separator: "\n").filter { $0.hasPrefix("timbre ") && $0.contains("--mlflow") }
    #expect(commands.count == 2)
    for command in commands {
      let words = command.replacing("http://127.0.0.1:5000", with: server.server.url).split(separator: " ")
      let outcome = try space.start(words.dropFirst().map(String.init)).finish()
      #expect(outcome.status == 0 && !outcome.err.contains("warning"), "\(outcome.err)")
    }
    #expect(try server.runs(of: "demo").runs.map(\.status) == ["FINISHED"])
  }

  // MARK: Servers that are none

  private static func expectSame(_ space: Workspace) throws {
    for name in results { #expect(try space.data("plain/" + name) == space.data("out/" + name), "\(name)") }
    #expect(try space.object("out/run.json")["state"] as? String == "finished")
  }

  @Test(arguments: ["away", "refuses", "hangs", "disappears"])
  func aServerThatIsNoneCostsNothingButItsCopy(_ way: String) throws {
    let corpus = try TinyCorpus()
    let space = corpus.space
    #expect(try space.timbre("run", "w.json", "--out", "plain").status == 0)
    let options = ["refuses": ["--refuse", "403"], "hangs": ["--hang"], "disappears": ["--requests", "6"]][way]
    let server = try options.map { try TestServer("tracking_stub.py", [space.path("log")] + $0) }
    let begin = ContinuousClock.now
    let run = try space.timbre(
      "run", "w.json", "--out", "out", "--mlflow", server?.url ?? "http://127.0.0.1:1",
      environment: ["MLFLOW_HTTP_REQUEST_TIMEOUT": "2"])
    #expect(run.status == 0, "\(run.err)")
    #expect(ContinuousClock.now - begin < .seconds(30))
    #expect(
      run.err.contains("warning: MLflow has not got all of this run") && run.err.contains("--resume"), "\(run.err)")
    if way == "refuses" { #expect(run.err.contains("403") && run.err.contains("MLFLOW_TRACKING_TOKEN")) }
    #expect(run.out == "out/report.html\n")
    try Self.expectSame(space)
    // The same command sends it once the server is there.
    let good = try TestServer("tracking_stub.py", [space.path("log2")])
    let again = try space.timbre("run", "w.json", "--out", "out", "--resume", "--mlflow", good.url)
    #expect(again.status == 0 && !again.err.contains("warning"), "\(again.err)")
    let asked = try space.text("log2")
    #expect(
      asked.contains("PUT /api/2.0/mlflow-artifacts/artifacts/1/r/artifacts/bundle/model.safetensors"), "\(asked)")
    try Self.expectSame(space)
  }

  @Test func theEnvironmentNamesServerAndSecrets() throws {
    let corpus = try TinyCorpus(clips: 4)
    let space = corpus.space
    let server = try TestServer("tracking_stub.py", [space.path("log")])
    let user = [
      "MLFLOW_TRACKING_URI": server.url, "MLFLOW_EXPERIMENT_NAME": "a/b", "MLFLOW_TRACKING_USERNAME": "me",
      "MLFLOW_TRACKING_PASSWORD": "pass\"word",
    ]
    #expect(try space.timbre("run", "w.json", "--out", "a", environment: user).status == 0)
    let basic = Data("me:pass\"word".utf8).base64EncodedString()
    var log = try space.text("log")
    #expect(log.contains("experiment_name=a%2Fb Basic \(basic)"), "\(log)")
    let token = ["MLFLOW_TRACKING_TOKEN": "t0ken"]
    #expect(try space.timbre("run", "w.json", "--out", "b", "--mlflow", server.url, environment: token).status == 0)
    log = try space.text("log")
    #expect(log.contains("experiment_name=w Bearer t0ken"), "\(log)")
    for folder in ["a", "b"] {
      for name in ["environment.json", "report.html", "mlflow.json"] {
        let text = try space.text(folder + "/" + name)
        #expect(!text.contains("t0ken") && !text.contains("pass\"word"))
      }
    }
    let before = log.count
    #expect(try space.timbre("run", "w.json", "--out", "c", "--mlflow", "off", environment: user).status == 0)
    #expect(try space.text("log").count == before)
    for address in ["ftp://x", "http://me:secret@x", "nothing"] {
      let refused = try space.timbre("run", "w.json", "--out", "d", "--mlflow", address)
      #expect(refused.status == 2 && !space.exists("d"), "\(refused.err)")
      #expect(!refused.err.contains("secret"))
    }
  }
}
