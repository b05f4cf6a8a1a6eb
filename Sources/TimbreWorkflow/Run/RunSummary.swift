import Foundation
import TimbreCore
import TimbreReport

/// What a run folder says of itself, for `inspect`.
public struct RunSummary: Sendable {
  public let json: JSONValue

  /// - Throws: A `.badRun` diagnostic where the folder's `run.json` or `metrics.json` cannot be understood.
  public init(reading path: String) throws {
    var members: [JSONValue.Member] = [.init("kind", "run")]
    members += try Self.read("run.json", in: path).members ?? []
    if FileSystem.exists(path + "/metrics.json") {
      let metrics = try Self.read("metrics.json", in: path)
      let shown =
        ["verdict"] + ShownScore.allCases.map(\.key) + ["majority_accuracy", "failed_clips", "rows", "sides"]
      members.append(.init("metrics", .object(shown.compactMap { key in metrics[key].map { .init(key, $0) } })))
    }
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    members.append(.init("files", files.filter { !$0.hasPrefix(".") }.sorted().json))
    json = .object(members)
  }

  /// One of the JSON files of a run folder.
  package static func read(_ name: String, in path: String) throws -> JSONValue {
    let source = SourceText(name: path + "/" + name, bytes: try AtomicFile.read(path + "/" + name))
    do {
      return try JSONParser.parse(source).value.json
    } catch let diagnostic as Diagnostic {
      throw Diagnostic(.badRun, "\(name) is damaged: \(diagnostic.message)", subject: path)
    }
  }
}

extension JSONValue {
  /// Where two values differ first, in words; nil where they are the same.
  func firstDifference(from other: JSONValue, at path: String = "") -> String? {
    if self == other || (doubleValue != nil && doubleValue == other.doubleValue) { return nil }
    guard let mine = members, let theirs = other.members else {
      func short(_ value: JSONValue) -> String {
        let text = value.description
        return text.count > 60 ? "\(text.prefix(57))…" : text
      }
      return "\(path.isEmpty ? "it" : path) was \(short(self)), and is \(short(other))"
    }
    for member in mine {
      let place = path.isEmpty ? member.key : path + "." + member.key
      guard let value = other[member.key] else { return "\(place) is gone" }
      if let difference = member.value.firstDifference(from: value, at: place) { return difference }
    }
    if let added = theirs.first(where: { self[$0.key] == nil }) {
      return "\(path.isEmpty ? added.key : path + "." + added.key) is new"
    }
    return mine.map(\.key) == theirs.map(\.key) ? nil : "the order within \(path.isEmpty ? "it" : path)"
  }
}

extension Diagnostic.Kind {
  public static let badRun = Self("bad_run")
}
