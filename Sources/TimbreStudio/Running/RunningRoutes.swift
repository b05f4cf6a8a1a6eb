import HTTPTypes
import Hummingbird
import TimbreCore
import TimbreWorkflow

/// Starting, stopping and following runs.
struct RunningRoutes {
  let studio: Studio

  func add(to api: some RouterMethods<Studio.Context>) {
    api.post("/runs") { request, _ in try await start(request) }
    api.post("/runs/:id/stop") { _, context in
      let id = try context.decoded("id")
      if await studio.runs.run(id) == nil { _ = try studio.workspace.run(id) }
      return Answer.json(try await studio.runs.stop(id).json, status: .accepted)
    }
    api.get("/runs/:id/events") { request, context in
      try await events(request, id: context.decoded("id"))
    }
  }

  private static let form = ParameterType.record([
    ParameterDescription(
      name: "workflow", type: .string, unit: nil, summary: "The workflow's name.", defaultValue: nil),
    ParameterDescription(
      name: "set", type: .list(of: .string, count: 0...1_000), unit: nil, summary: "Changes: PATH=VALUE.",
      defaultValue: []),
    ParameterDescription(
      name: "name", type: .optional(.string), unit: nil, summary: "The run's name.", defaultValue: .null),
  ])

  private func start(_ request: Request) async throws -> Response {
    var request = request
    let bytes = try await request.body(atMost: 1 << 20)
    let body: JSONValue
    do {
      body = try JSONParser.parse(SourceText(name: "body", bytes: bytes)).value.json
    } catch {
      throw Refusal(.badRequest, "the body is not JSON", help: "{\"workflow\": \"demo\"}", kind: "syntax")
    }
    let findings = Self.form.findings(in: body)
    if !findings.isEmpty { throw RequestError(findings.map(\.diagnostic)) }
    let order = Runs.Order(
      file: try studio.workflows.named(body["workflow"]?.stringValue ?? ""),
      sets: body["set"].flatMap([String].init(json:)) ?? [], name: body["name"]?.stringValue)
    try await studio.lints.check(order)
    let run = try await studio.runs.start(order)
    var response = Answer.json(run.json, status: .accepted)
    response.headers[.location] = "/api/v1/runs/\(Paths.encoded(run.id))/events"
    return response
  }

  /// What a run that is carried out elsewhere, or is long over, has to tell is where it stands.
  private func events(_ request: Request, id: String) async throws -> Response {
    let last = HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] } ?? request.query("after") ?? "0"
    guard let after = Int(last), after >= 0 else {
      throw Refusal(.badRequest, "Last-Event-ID is a number", help: "send what the last event's id was")
    }
    if let run = await studio.runs.run(id) {
      guard run.log.listeners < 32 else { throw Refusal.busy(seconds: 10) }
      return EventStream(log: run.log, after: after).response
    }
    let run = Workspace.json(try studio.workspace.run(id) + "/run.json") ?? [:]
    let log = EventLog()
    let state: JSONValue = ["id": .string(id), "state": .string(RunListing.state(run)), "folder": true]
    log.append("end", state.description)
    log.close()
    return EventStream(log: log, after: after).response
  }
}
