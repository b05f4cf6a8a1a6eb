import HTTPTypes
import Hummingbird
import TimbreCore
import TimbreWorkflow

/// Has workflows linted by workers, and remembers what the list of all of them came to.
actor Lints {
  private let studio: Parts

  /// What it needs of the server.
  struct Parts: Sendable {
    var workspace: Workspace
    var files: WorkflowFiles
    var variables: WorkflowVariables
    var pool: WorkerPool
    /// Folders outside of which no recording is read; nil for all.
    var data: [String]?
  }

  private var known: (key: String, answer: JSONValue)?

  init(_ parts: Parts) { studio = parts }

  /// - Parameter name: The file from the workspace on: paths in the text start there.
  func lint(_ text: String, name: String, detail: Bool) async throws -> JSONValue {
    let answer = try await studio.pool.perform(
      .lint, arguments(text, name: name, environment: studio.variables.shown, more: [.init("detail", .bool(detail))]))
    // What the text itself says stays as it is, since it is going to be changed and written.
    return .object(
      (answer.members ?? []).map { member in
        member.key == "findings" ? .init("findings", studio.variables.redaction.json(member.value)) : member
      })
  }

  /// Name by name what `lint` says, made anew when a file of the workspace has changed.
  func all() async throws -> [(file: WorkflowFiles.File, lint: JSONValue)] {
    let files = studio.files.all()
    let key = files.map { $0.relative + " " + FileSystem.changed($0.path) }.joined(separator: "\n")
    let answer: JSONValue
    if let known, known.key == key {
      answer = known.answer
    } else {
      let workflows = files.map { file in
        let text = (try? studio.files.text(file)).map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
        return arguments(text, name: file.relative, environment: studio.variables.shown, more: [])
      }
      answer = try await lintAll(workflows)
      known = (key, answer)
    }
    return Array(zip(files, answer.arrayValue ?? []))
  }

  /// All in one go; where that fails because of one of them, each for itself.
  private func lintAll(_ workflows: [JSONValue]) async throws -> JSONValue {
    do {
      return try await studio.pool.perform(.lintAll, ["workflows": .array(workflows)])
    } catch let refusal as Refusal where refusal.status == .unprocessableContent {
      var answers: [JSONValue] = []
      for workflow in workflows {
        do {
          answers.append(
            try await studio.pool.performPatiently(.lint, workflow, isFirst: answers.isEmpty))
        } catch let refusal as Refusal where refusal.status == .unprocessableContent {
          let finding = Diagnostic(Diagnostic.Kind(refusal.kind), refusal.message, help: refusal.help)
          answers.append(["findings": [finding.studioJSON]])
        }
      }
      return .array(answers)
    }
  }

  /// Whether a workflow may be run: no error, and no file that clients of this server may not name.
  ///
  /// A server that only its own machine reaches reads datasets wherever they are: whoever asks could read them anyway. One that listens
  /// beyond it reads those in its workspace and below the folders of `--data`. The run's own process looks once more, at what it runs.
  func check(_ order: Runs.Order) async throws {
    let text = String(decoding: try studio.files.text(order.file).bytes, as: UTF8.self)
    let answer = try await studio.pool.perform(
      .lint,
      arguments(
        text, name: order.file.relative, environment: studio.variables.values,
        more: [.init("set", order.sets.json), .init("run", true), .init("data", studio.data.map(\.json) ?? .null)]))
    let findings = (answer["findings"]?.arrayValue ?? []).map { finding -> Diagnostic in
      var diagnostic = Diagnostic(studioJSON: finding)
      diagnostic.message = studio.variables.redacted(diagnostic.message)
      diagnostic.help = diagnostic.help.map(studio.variables.redacted)
      diagnostic.severity = Diagnostic.Severity(rawValue: finding["severity"]?.stringValue ?? "") ?? .error
      if let line = finding["line"]?.intValue, let column = finding["column"]?.intValue {
        diagnostic.location = SourceLocation(
          file: finding["file"]?.stringValue ?? "", line: line, column: column,
          length: finding["length"]?.intValue ?? 1, sourceLine: "")
      }
      return diagnostic
    }
    if findings.contains(where: { $0.severity == .error }) {
      throw RequestError(findings.filter { $0.severity == .error })
    }
    if let path = answer["foreign"]?.stringValue {
      throw Refusal(
        .forbidden, "the workflow reads \(studio.variables.redacted(path)), which this server does not offer",
        help: "start it with --data FOLDER", kind: "foreign_path")
    }
  }

  private nonisolated func arguments(
    _ text: String, name: String, environment: [String: String], more: [JSONValue.Member]
  ) -> JSONValue {
    .object(
      [
        .init("text", .string(text)), .init("name", .string(name)), .init("root", .string(studio.workspace.path)),
        .init(
          "environment",
          .object(environment.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })),
      ] + more)
  }
}
