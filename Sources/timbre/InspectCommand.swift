import ArgumentParser
import Foundation
import TimbreCore
import TimbreReport
import TimbreWorkflow

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Say what a run folder or a bundle holds.")

  @Argument(help: "A run folder or a bundle.", completion: .folder) var path: String
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let summary = FileSystem.exists(path + "/run.json") ? try RunSummary(reading: path).json : try bundle()
    if json {
      Terminal.print(summary.pretty)
    } else {
      Terminal.print(Self.lines(summary, indent: 0))
    }
  }

  private func bundle() throws -> JSONValue {
    let bundle = try Bundle(reading: path, registry: registry)
    let shown = [
      "title", "load", "features", "vector", "sequence", "scale", "classifier", "labels", "provenance", "plugins",
    ]
    let members = shown.compactMap { key in bundle.head[key].map { JSONValue.Member(key, $0) } }
    let columns = bundle.head["columns"]?.arrayValue?.count ?? 0
    return .object([.init("kind", "bundle"), .init("columns", .int(columns))] + members)
  }

  /// An object as indented lines.
  private static func lines(_ value: JSONValue, indent: Int) -> String {
    (value.members ?? []).map { member in
      let margin = String(repeating: " ", count: indent)
      if let inside = member.value.members, !inside.isEmpty {
        return "\(margin)\(member.key):\n" + lines(member.value, indent: indent + 2)
      }
      return "\(margin)\(member.key): \(member.value.stringValue ?? member.value.description)\n"
    }.joined()
  }
}
