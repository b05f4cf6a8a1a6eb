import Foundation
import TimbreCore
import TimbreReport
import TimbreWorkflow

extension Job {
  /// What lint finds in a workflow's text, and what the text describes.
  ///
  /// Arguments: `text`, `name` (the file from the workspace on), `root` (the workspace), `environment`, `set` (changes), `run`
  /// (whether it is about to be run), `detail`, `data` (folders of recordings, where not all may be read). Answers `findings`, `title`,
  /// `summary`; with `detail` also `graph` (a drawing) and `nodes`; with `data` also `foreign`, a path that may not be read.
  static let lint = Job(name: "lint") { arguments, bench in
    let lint = WorkflowLint(
      name: arguments["name"]?.stringValue ?? "workflow", root: arguments["root"]?.stringValue ?? "/",
      environment: Dictionary(
        (arguments["environment"]?.members ?? []).map { ($0.key, $0.value.stringValue ?? "") },
        uniquingKeysWith: { first, _ in first }), registry: bench.registry)
    let isRun = arguments["run"]?.boolValue == true
    let workflow = try lint.workflow(
      arguments["text"]?.stringValue ?? "", sets: arguments["set"].flatMap([String].init(json:)) ?? [],
      needs: isRun ? .run : .lint)
    var members: [JSONValue.Member] = [
      .init("findings", .array(workflow.findings.map { lint.json($0) })),
      .init("title", .string(workflow.root?["title"]?.json.stringValue ?? "")),
    ]
    let picture = WorkflowPicture(workflow, registry: bench.registry)
    members.append(.init("summary", picture.summary))
    if arguments["detail"]?.boolValue == true {
      members += [.init("graph", .string(picture.graph.inline)), .init("nodes", picture.nodes)]
    }
    if let data = arguments["data"].flatMap([String].init(json:)),
      let path = Confinement(data: data).foreignPath(in: workflow, bench.registry)
    {
      members.append(.init("foreign", .string(path)))
    }
    return .object(members)
  }

  /// The same for many texts, in short: `workflows` is a list of what `lint` takes.
  static let lintAll = Job(name: "lint_all") { arguments, bench in
    .array(
      try (arguments["workflows"]?.arrayValue ?? []).map { workflow in
        do {
          return try Job.lint.perform(workflow, bench)
        } catch let error as RequestError {
          return ["findings": .array(error.findings.map(\.studioJSON))]
        }
      })
  }
}

/// Lint that reads nothing outside of a workspace.
struct WorkflowLint {
  /// The file from the workspace on.
  let name: String
  /// The workspace.
  let root: String
  let environment: [String: String]
  let registry: Registry

  func workflow(_ text: String, sets: [String], needs: Workflow.Needs) throws -> Workflow {
    let overrides: [Override]
    do {
      overrides = try sets.map { try Override($0) }
    } catch let diagnostic as Diagnostic {
      throw RequestError([diagnostic])
    }
    let file = URL(fileURLWithPath: root + "/" + name)
    return Workflow(
      name: file.deletingPathExtension().lastPathComponent, source: SourceText(name: name, text: text),
      folder: file.deletingLastPathComponent().path, overrides: overrides, environment: environment, registry: registry,
      needs: needs
    ) { path in
      let base = try Confinement(workflows: root).source(path)
      return SourceText(name: relative(base.name), bytes: base.bytes)
    }
  }

  /// As `timbre lint --json` writes it, with the length of the place.
  func json(_ finding: Diagnostic) -> JSONValue {
    func text(_ text: String) -> String { text.replacing(root + "/", with: "") }
    return [
      "file": .string(finding.location?.file ?? name), "line": finding.location.map { .int($0.line) } ?? .null,
      "column": finding.location.map { .int($0.column) } ?? .null,
      "length": finding.location.map { .int($0.length) } ?? .null, "severity": .string(finding.severity.rawValue),
      "kind": .string(finding.kind.rawValue),
      "message": .string(text((finding.subject.map { "\($0): " } ?? "") + finding.message)),
      "help": finding.help.map { .string(text($0)) } ?? .null,
    ]
  }

  private func relative(_ path: String) -> String { String(path.dropFirst(root.count + 1)) }
}
