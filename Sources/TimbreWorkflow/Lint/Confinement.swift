import Foundation
import TimbreCore

/// What a workflow may name, where it comes from someone who may not name everything: a client of a server.
public struct Confinement: Sendable {
  /// The folder outside of which no workflow is read; nil for none.
  public var workflows: String?
  /// Folders outside of which no recording is read; nil for all.
  public var data: [String]?
  /// The variables of the environment that workflows may use; nil for all.
  public var variables: Set<String>?

  public static let none = Confinement()

  public init(workflows: String? = nil, data: [String]? = nil, variables: Set<String>? = nil) {
    self.workflows = workflows.map(Self.real)
    self.data = data.map { $0.map(Self.real) }
    self.variables = variables
  }

  /// What workflows see of an environment.
  public func environment(_ all: [String: String]) -> [String: String] {
    guard let variables else { return all }
    return all.filter { variables.contains($0.key) }
  }

  /// Reads a workflow that another one extends.
  /// - Throws: A diagnostic. A file that is not there and one that lies elsewhere are told apart by nobody.
  public func source(_ path: String) throws -> SourceText {
    guard let workflows else { return try SourceText(reading: path) }
    let real = Self.real(path)
    guard real.hasPrefix(workflows + "/"), FileSystem.size(real) != nil else {
      throw Diagnostic(
        .unreadableFile, "there is no such workflow in the workspace",
        help: "\"extends\" names a workflow beside this one")
    }
    return try SourceText(reading: real)
  }

  /// The first file or folder that the workflow's plugins would read and may not.
  public func foreignPath(in workflow: Workflow, _ registry: Registry) -> String? {
    guard let data else { return nil }
    return Self.paths(in: workflow, registry).first { path in
      let real = Self.real(path)
      return !data.contains { real == $0 || real.hasPrefix($0 + "/") }
    }
  }

  /// What the plugins of a workflow that has no errors read, sorted.
  static func paths(in workflow: Workflow, _ registry: Registry) -> [String] {
    let plans = workflow.experiment?.trials.map(\.plan) ?? workflow.plan.map { [$0] } ?? []
    var found: Set<String> = []
    for plan in plans { collect(plan.resolved, registry, into: &found) }
    return found.sorted()
  }

  private static func collect(_ json: JSONValue, _ registry: Registry, into found: inout Set<String>) {
    if let id = json["use"]?.stringValue, let plugin = registry.description(of: id) {
      for parameter in plugin.parameters where parameter.type.mayBePath {
        if let value = json[parameter.name] { found.formUnion(strings(in: value)) }
      }
    }
    for part in json.arrayValue ?? json.members?.map(\.value) ?? [] { collect(part, registry, into: &found) }
  }

  private static func strings(in json: JSONValue) -> [String] {
    if let text = json.stringValue { return text.isEmpty ? [] : [text] }
    return (json.arrayValue ?? json.members?.map(\.value) ?? []).flatMap(strings)
  }

  /// Absolute, without links.
  private static func real(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
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
