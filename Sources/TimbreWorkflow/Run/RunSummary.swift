import Foundation
import TimbreCore
import TimbreReport

/// What a run folder says of itself, for `inspect`.
public struct RunSummary: Sendable {
  public let json: JSONValue

  /// - Throws: A `.badRun` diagnostic where the folder's `run.json` or `metrics.json` cannot be understood.
  public init(reading path: String) throws {
    func read(_ name: String) throws -> JSONValue {
      let source = SourceText(name: path + "/" + name, bytes: try AtomicFile.read(path + "/" + name))
      do {
        return try JSONParser.parse(source).value.json
      } catch let diagnostic as Diagnostic {
        throw Diagnostic(.badRun, "\(name) is damaged: \(diagnostic.message)", subject: path)
      }
    }
    var members: [JSONValue.Member] = [.init("kind", "run")]
    members += try read("run.json").members ?? []
    if FileSystem.exists(path + "/metrics.json") {
      let metrics = try read("metrics.json")
      let shown = [
        "verdict", "accuracy", "uar", "macro_f1", "weighted_f1", "majority_accuracy", "failed_clips", "rows", "sides",
      ]
      members.append(.init("metrics", .object(shown.compactMap { key in metrics[key].map { .init(key, $0) } })))
    }
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    members.append(.init("files", files.filter { !$0.hasPrefix(".") }.sorted().json))
    json = .object(members)
  }
}

extension Diagnostic.Kind {
  static let badRun = Self("bad_run")
}
