import Foundation
import TimbreCore
import TimbreReport
import TimbreWorkflow

/// The folder that the server works in: workflows at its top and in `Workflows`, runs in `runs`.
/// Names from clients lead nowhere else.
struct Workspace: Sendable {
  /// Absolute, without links.
  let path: String
  var runs: String { path + "/runs" }

  /// - Throws: A diagnostic where there is no such folder.
  init(_ path: String) throws {
    let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: real, isDirectory: &isFolder), isFolder.boolValue else {
      throw Diagnostic(
        .unreadableFile, "there is no such folder", help: "--workspace names an existing one", subject: path)
    }
    self.path = real
  }

  /// A file below `folder`, which lies in the workspace.
  /// - Throws: A `Refusal` for a path that leads out of it, by dots or by links, or to nothing.
  func file(_ relative: String, in folder: String) throws -> String {
    let parts = relative.split(separator: "/", omittingEmptySubsequences: false)
    let missing = Refusal.notFound("there is no \(relative) here")
    guard !relative.isEmpty, !relative.utf8.contains(0), parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." })
    else { throw missing }
    let real = URL(fileURLWithPath: folder + "/" + relative).resolvingSymlinksInPath().path
    let root = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
    guard real.hasPrefix(root + "/"), FileSystem.exists(real) else { throw missing }
    return real
  }

  /// The folder of a run: `NAME`, or `NAME:TRIAL` for a trial of an experiment.
  func run(_ id: String) throws -> String {
    let parts = id.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let relative = parts.count == 2 ? "\(parts[0])/trials/\(parts[1])" : id
    guard parts.allSatisfy({ Self.isName($0) }), let path = try? file(relative, in: runs),
      FileSystem.exists(path + "/run.json")
    else { throw Refusal.notFound("there is no run \"\(id)\"", help: "GET /api/v1/runs lists them") }
    return path
  }

  /// The names of the run folders, sorted.
  func runNames() -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: runs)) ?? []
    return names.filter { Self.isName($0) && FileSystem.exists(runs + "/\($0)/run.json") }.sorted()
  }

  /// The names of an experiment's trials, sorted; none for a run.
  func trialNames(of run: String) -> [String] {
    let folder = runs + "/\(run)/trials"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { Self.isName($0) && FileSystem.exists(folder + "/\($0)/run.json") }.sorted()
  }

  /// One plain name: no path, not hidden.
  static func isName(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix(".") && name.utf8.count <= 200
      && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "/" && $0 != "\\" && $0 != ":" && $0.value != 0x7F }
  }

  static func json(_ path: String) -> JSONValue? {
    guard let bytes = try? AtomicFile.read(path, atMost: 8 << 20) else { return nil }
    return try? JSONParser.parse(SourceText(name: path, bytes: bytes)).value.json
  }
}
