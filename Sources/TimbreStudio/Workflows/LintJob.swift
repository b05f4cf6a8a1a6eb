import Foundation
import TimbreCore
import TimbreReport
import TimbreWorkflow

extension Job {
  /// What lint finds in a workflow's text, and what the text describes.
  ///
  /// Arguments: `text`, `name` (the file from the workspace on), `root` (the workspace), `environment`, `set` (changes), `run`
  /// (whether it is about to be run), `detail`. Answers `findings`, `title`, `summary`; with `detail` also `graph` (a drawing) and
  /// `nodes`; for a run `paths`, the files and folders outside of the workspace that it would read.
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
    if isRun { members.append(.init("paths", .array(lint.pathsOutside(of: workflow).map { .string($0) }))) }
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
      // A file that is not there and one that lies elsewhere are told apart by nobody.
      let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
      guard real.hasPrefix(root + "/"), FileSystem.size(real) ?? .max <= 1 << 20 else {
        throw Diagnostic(
          .unreadableFile, "there is no such workflow in the workspace",
          help: "\"extends\" names a workflow beside this one")
      }
      return SourceText(name: relative(real), bytes: try AtomicFile.read(real, atMost: 1 << 20))
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

  /// What the nodes of a workflow read that does not lie in the workspace.
  func pathsOutside(of workflow: Workflow) -> [String] {
    let plans = workflow.experiment?.trials.map(\.plan) ?? workflow.plan.map { [$0] } ?? []
    var found: Set<String> = []
    for plan in plans { collect(plan.resolved, into: &found) }
    return found.filter { path in
      let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
      return real != root && !real.hasPrefix(root + "/")
    }.sorted()
  }

  private func collect(_ json: JSONValue, into found: inout Set<String>) {
    if let id = json["use"]?.stringValue, let plugin = registry.description(of: id) {
      for parameter in plugin.parameters where parameter.type.mayBePath {
        if let value = json[parameter.name] { Self.strings(in: value).forEach { found.insert($0) } }
      }
    }
    for part in json.arrayValue ?? json.members?.map(\.value) ?? [] { collect(part, into: &found) }
  }

  private static func strings(in json: JSONValue) -> [String] {
    if let text = json.stringValue { return text.isEmpty ? [] : [text] }
    return (json.arrayValue ?? json.members?.map(\.value) ?? []).flatMap(strings)
  }

  private func relative(_ path: String) -> String { String(path.dropFirst(root.count + 1)) }
}

extension ParameterType {
  fileprivate var mayBePath: Bool {
    switch self {
    case .path: true
    case .oneOf(let types): types.contains(where: \.mayBePath)
    case .list(let element, _), .map(let element): element.mayBePath
    case .record(let parameters): parameters.contains(where: \.type.mayBePath)
    case .variants(_, let variants): variants.contains { $0.parameters.contains(where: \.type.mayBePath) }
    default: false
    }
  }
}
