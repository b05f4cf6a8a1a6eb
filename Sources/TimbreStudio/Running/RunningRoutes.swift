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
    let bytes = try await request.body(atMost: 1 << 20, seconds: studio.options.limits.uploadSeconds)
    let body: JSONValue
    do {
      body = try JSONParser.parse(SourceText(name: "body", bytes: bytes)).value.json
    } catch {
      throw Refusal(.badRequest, "the body is not JSON", help: "{\"workflow\": \"demo\"}", kind: "syntax")
    }
    let findings = Self.form.findings(in: body)
    if !findings.isEmpty { throw RequestError(findings.map(\.diagnostic)) }
    let texts = [body["workflow"]?.stringValue ?? ""] + (body["set"].flatMap([String].init(json:)) ?? [])
    // A process would read no further.
    guard !texts.contains(where: { $0.utf8.contains(0) }) else {
      throw Refusal(
        .unprocessableContent, "\"set\" holds a character that no process can be given", kind: "bad_encoding")
    }
    let order = Runs.Order(
      file: try studio.workflows.named(body["workflow"]?.stringValue ?? ""),
      sets: body["set"].flatMap([String].init(json:)) ?? [], name: body["name"]?.stringValue)
    try await studio.lints.check(order)
    let run = try await studio.runs.start(order)
    var response = Answer.json(run.json, status: .accepted)
    response.headers[.location] = "/api/v1/runs/\(Paths.encoded(run.id))/events"
    return response
  }

  /// - Throws: A `Refusal` for what is not the id of one event.
  private static func event(in given: [String], _ name: String) throws -> Int? {
    guard let text = given.first else { return nil }
    guard given.count == 1, !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }), let id = Int(text) else {
      throw Refusal(
        .badRequest, "\(name) has to be a whole number from 0, once", help: "send what the last event's id was",
        kind: "out_of_range")
    }
    return id
  }

  /// What a run that is carried out elsewhere, or is long over, has to tell is where it stands.
  private func events(_ request: Request, id: String) async throws -> Response {
    // What a browser knows by itself is newer than what stands in the address; either has to be right.
    let asked = try Self.event(in: try Query(request).all("after"), "\"after\"")
    let known = try Self.event(
      in: HTTPField.Name("Last-Event-ID").map { request.headers[values: $0] } ?? [], "Last-Event-ID")
    let after = known ?? asked ?? 0
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
