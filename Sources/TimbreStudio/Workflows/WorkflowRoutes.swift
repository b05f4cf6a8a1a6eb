import HTTPTypes
import Hummingbird
import TimbreCore
import TimbreReport
import TimbreWorkflow

/// Workflow files: listed, read, written and linted.
struct WorkflowRoutes {
  let studio: Studio

  func add(to pages: some RouterMethods<Studio.Context>, api: some RouterMethods<Studio.Context>) {
    pages.get("/workflows") { _, _ in
      let busy = Set(await studio.runs.all().filter { !$0.isOver }.map(\.workflow))
      return studio.pages.html(WorkflowPages.list(try await studio.lints.all(), busy: busy))
    }
    pages.get("/workflows/:name") { _, context in try await page(context.decoded("name")) }
    api.get("/workflows") { _, _ in
      Answer.json(.array(try await studio.lints.all().map { Self.json($0.file, $0.lint) }))
    }
    api.get("/workflows/:name") { _, context in
      let text = try studio.workflows.text(studio.workflows.named(context.decoded("name")))
      // A text that is written by hand need not be JSON yet.
      var response = Answer.bytes(text.bytes, type: "text/plain; charset=utf-8")
      response.headers[.eTag] = text.tag
      return response
    }
    api.put("/workflows/:name") { request, context in try await write(request, name: context.decoded("name")) }
    api.delete("/workflows/:name") { request, context in
      try studio.workflows.remove(context.decoded("name"), Self.condition(request))
      return Answer.noContent
    }
    api.post("/lint") { request, _ in try await lint(request) }
    api.get("/workflow-keys") { _, _ in Answer.json(Reference.workflowKeys(studio.registry)) }
  }

  private func page(_ name: String) async throws -> Response {
    let file = try studio.workflows.named(name)
    let text = try studio.workflows.text(file)
    // Where all workers are busy, the picture comes later.
    let lint = try? await studio.lints.lint(
      String(decoding: text.bytes, as: UTF8.self), name: file.relative, detail: true)
    // What has been removed is not offered any more.
    let runs = await studio.runs.all(of: file.name).filter { run in
      !run.isOver || FileSystem.exists(studio.workspace.runs + "/" + run.id)
    }
    return studio.pages.html(WorkflowPages.one(file, text, lint: lint, runs: runs))
  }

  private static func json(_ file: WorkflowFiles.File, _ lint: JSONValue) -> JSONValue {
    let findings = lint["findings"]?.arrayValue ?? []
    func count(_ severity: String) -> JSONValue {
      .int(findings.count { $0["severity"]?.stringValue == severity })
    }
    return .object(
      [
        .init("name", .string(file.name)), .init("file", .string(file.relative)),
        .init("title", lint["title"] ?? ""), .init("errors", count("error")), .init("warnings", count("warning")),
      ] + (lint["summary"]?.members ?? []))
  }

  private func write(_ request: Request, name: String) async throws -> Response {
    var request = request
    let condition = Self.condition(request)
    let bytes = try await text(of: &request)
    let (tag, isNew) = try studio.workflows.write(bytes, to: name, condition)
    let file = try studio.workflows.place(name)
    var response = Answer.json(
      ["name": .string(name), "file": .string(file.relative)], status: isNew ? .created : .ok)
    response.headers[.eTag] = tag
    return response
  }

  private func text(of request: inout Request) async throws -> [UInt8] {
    let bytes = try await request.body(atMost: 1 << 20, seconds: studio.options.limits.uploadSeconds)
    guard !bytes.isEmpty else {
      throw Refusal(.badRequest, "the body is empty", help: "send the text of the workflow", kind: "missing_body")
    }
    return bytes
  }

  private static func condition(_ request: Request) -> WorkflowFiles.Condition {
    WorkflowFiles.Condition(
      match: request.headers[.ifMatch], isNew: request.headers[.ifNoneMatch]?.contains("*") == true)
  }

  private func lint(_ request: Request) async throws -> Response {
    var request = request
    let name = request.query("name")
    let file = try name.map { try studio.workflows.place($0).relative } ?? "workflow.json"
    let detail = try request.flag("detail")
    let bytes = try await text(of: &request)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Refusal(.unprocessableContent, "the text is not UTF-8", kind: "bad_encoding")
    }
    let answer = try await studio.lints.lint(text, name: file, detail: detail)
    return Answer.json(detail ? answer : answer["findings"] ?? [])
  }
}
