import Foundation
import TimbreCore
import TimbreTools

/// MLflow's REST interface (https://mlflow.org/docs/latest/api_reference/rest-api.html), as far as a run needs it.
struct MLflowClient: Sendable {
  let server: MLflowServer
  let curl: Tool

  init(_ server: MLflowServer) throws {
    self.server = server
    curl = try Tool("curl", package: "curl")
  }

  struct Metric: Sendable {
    var name: String
    var value: Double
    var step: Int
    /// Milliseconds since 1970.
    var time: Int
  }

  /// A run as the server knows it.
  struct Run {
    var id: String
    /// Where its artifacts go; nil where the server does not take them itself.
    var artifacts: String?
    /// The highest step of each metric that is there.
    var steps: [String: Int] = [:]
  }

  // What the server takes at a time.
  private static let metricsAtOnce = 1_000
  private static let parametersAtOnce = 100
  private static let tagsAtOnce = 100

  static var now: Int { Int(Date().timeIntervalSince1970 * 1_000) }

  // MARK: Calls

  /// The experiment's id; it is made where it is not there.
  func experimentID() throws -> String {
    if let id = try findExperiment() { return id }
    do {
      return try JSONDecoder().decode(
        Made.self, from: ask("experiments/create", .post, ["name": .string(server.experiment)])
      ).experiment_id
    } catch let refusal as Refusal where refusal.code == "RESOURCE_ALREADY_EXISTS" {
      // Another run was faster.
      if let id = try findExperiment() { return id }
      throw refusal.diagnostic
    }
  }

  func createRun(named name: String, experiment: String, tags: [(String, String)]) throws -> Run {
    let answer = try ask(
      "runs/create", .post,
      [
        "experiment_id": .string(experiment), "run_name": .string(name), "start_time": .int(Self.now),
        "tags": Self.pairs(tags),
      ])
    return try run(in: answer)
  }

  /// nil where there is no such run, or it was deleted.
  func findRun(_ id: String) throws -> Run? {
    do {
      let answer = try ask("runs/get?run_id=" + Self.escaped(id), .get)
      let info = try JSONDecoder().decode(Found.self, from: answer).run.info
      return info.lifecycle_stage == "deleted" ? nil : try run(in: answer)
    } catch let refusal as Refusal where refusal.code == "RESOURCE_DOES_NOT_EXIST" {
      return nil
    }
  }

  func update(_ run: String, status: String, isOver: Bool) throws {
    var members: [JSONValue.Member] = [.init("run_id", .string(run)), .init("status", .string(status))]
    if isOver { members.append(.init("end_time", .int(Self.now))) }
    _ = try ask("runs/update", .post, .object(members))
  }

  func log(
    _ run: String, metrics: [Metric] = [], parameters: [(String, String)] = [], tags: [(String, String)] = []
  ) throws {
    func send(_ name: String, _ items: [JSONValue], atOnce: Int) throws {
      for start in stride(from: 0, to: items.count, by: atOnce) {
        let part = Array(items[start..<min(start + atOnce, items.count)])
        _ = try ask("runs/log-batch", .post, .object([.init("run_id", .string(run)), .init(name, .array(part))]))
      }
    }
    let numbers = metrics.filter(\.value.isFinite).map { metric -> JSONValue in
      [
        "key": .string(metric.name), "value": .number(metric.value), "timestamp": .int(metric.time),
        "step": .int(metric.step),
      ]
    }
    try send("params", Self.pairs(parameters).arrayValue ?? [], atOnce: Self.parametersAtOnce)
    try send("tags", Self.pairs(tags).arrayValue ?? [], atOnce: Self.tagsAtOnce)
    try send("metrics", numbers, atOnce: Self.metricsAtOnce)
  }

  /// - Parameter folder: Of the run's artifacts, as `Run.artifacts` says.
  func upload(_ file: String, as name: String, to folder: String) throws {
    let path = (folder + "/" + name).split(separator: "/").map { Self.escaped(String($0)) }.joined(separator: "/")
    var request = server.request("/api/2.0/mlflow-artifacts/artifacts/" + path)
    request.method = .put
    request.content = .file(URL(fileURLWithPath: file).path)
    _ = try send(request)
  }

  // MARK: Answers

  private struct Made: Decodable { var experiment_id: String }
  private struct Named: Decodable {
    struct Experiment: Decodable {
      var experiment_id: String
      var lifecycle_stage: String?
    }
    var experiment: Experiment
  }
  private struct Found: Decodable {
    struct Info: Decodable {
      var run_id: String
      var artifact_uri: String?
      var lifecycle_stage: String?
    }
    struct Metric: Decodable {
      var key: String
      // Of step 0 the server says nothing at all; some write numbers as text.
      var step: Step?
    }
    struct Step: Decodable {
      var value: Int
      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        value = try (try? container.decode(Int.self)) ?? Int(container.decode(String.self)) ?? 0
      }
    }
    struct Data: Decodable { var metrics: [Metric]? }
    struct Run: Decodable {
      var info: Info
      var data: Data?
    }
    var run: Run
  }
  private struct Complaint: Decodable {
    var error_code: String?
    var message: String?
  }

  /// What a server says that understands and does not do it.
  private struct Refusal: Error {
    var code: String?
    var diagnostic: Diagnostic
  }

  private func findExperiment() throws -> String? {
    do {
      let answer = try ask("experiments/get-by-name?experiment_name=" + Self.escaped(server.experiment), .get)
      let experiment = try JSONDecoder().decode(Named.self, from: answer).experiment
      guard experiment.lifecycle_stage != "deleted" else {
        throw Diagnostic(
          .tracking, "the experiment \"\(server.experiment)\" was deleted", help: "restore it, or name another",
          subject: server.url)
      }
      return experiment.experiment_id
    } catch let refusal as Refusal where refusal.code == "RESOURCE_DOES_NOT_EXIST" {
      return nil
    }
  }

  private func run(in answer: Data) throws -> Run {
    let found = try JSONDecoder().decode(Found.self, from: answer).run
    var run = Run(id: found.info.run_id)
    // mlflow-artifacts:/1/…/artifacts, or mlflow-artifacts://host/1/…
    if let uri = found.info.artifact_uri, uri.hasPrefix("mlflow-artifacts:") {
      let rest = uri.dropFirst("mlflow-artifacts:".count)
      let path = rest.hasPrefix("//") ? rest.dropFirst(2).drop { $0 != "/" } : rest
      run.artifacts = String(path.drop { $0 == "/" })
    }
    for metric in found.data?.metrics ?? [] { run.steps[metric.key] = metric.step?.value ?? 0 }
    return run
  }

  private func ask(_ call: String, _ method: WebRequest.Method, _ content: JSONValue? = nil) throws -> Data {
    var request = server.request("/api/2.0/mlflow/" + call)
    request.method = method
    if let content { request.content = .json(content.description) }
    return Data(try send(request).text.utf8)
  }

  private func send(_ request: WebRequest) throws -> WebRequest.Answer {
    let answer: WebRequest.Answer
    do { answer = try request.send(with: curl, in: NSTemporaryDirectory()) } catch let diagnostic as Diagnostic {
      throw diagnostic.about(server.url)
    }
    if answer.isGood { return answer }
    let complaint = try? JSONDecoder().decode(Complaint.self, from: Data(answer.text.utf8))
    let words = complaint?.message ?? String(answer.text.prefix(200))
    let message = words.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    let diagnostic = Diagnostic(
      .tracking, "the server answers \(answer.status)" + (message.isEmpty ? "" : ": \(message.prefix(300))"),
      help: Self.remedy(answer.status), subject: server.url)
    throw complaint?.error_code.map { Refusal(code: $0, diagnostic: diagnostic) } ?? diagnostic
  }

  /// A refusal in the words of all other failures.
  static func diagnostic(_ error: any Error) -> Diagnostic {
    switch error {
    case let refusal as Refusal: refusal.diagnostic
    case let diagnostic as Diagnostic: diagnostic
    case is DecodingError: Diagnostic(.tracking, "the server's answer is not MLflow's", help: "check the address")
    default: Diagnostic(.tracking, "\(error)")
    }
  }

  private static func remedy(_ status: Int) -> String? {
    switch status {
    case 300..<400: "the server is elsewhere: give that address"
    case 401, 403:
      "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, to someone who may write"
    case 404, 405: "is this the address of an MLflow tracking server?"
    default: nil
    }
  }

  private static func pairs(_ pairs: [(String, String)]) -> JSONValue {
    .array(pairs.map { ["key": .string($0.0), "value": .string($0.1)] })
  }

  /// For a part of an address.
  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for byte in text.utf8 {
      let scalar = Unicode.Scalar(byte)
      let isPlain =
        scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
        || "-._~".unicodeScalars.contains(scalar)
      let digits = String(byte, radix: 16, uppercase: true)
      escaped += isPlain ? String(scalar) : "%" + (digits.count < 2 ? "0" : "") + digits
    }
    return escaped
  }
}

extension Diagnostic.Kind {
  static let tracking = Self("tracking")
}
