import Foundation
import TimbreCore
import TimbreReport

/// The folder of a run. `run.json` says from the first moment whether the run is under way, finished, interrupted or failed;
/// every other file appears complete or not at all.
public struct RunFolder: Sendable {
  public enum State: String, Sendable { case running, finished, interrupted, failed }

  public let path: String
  private let started: Date

  /// Makes the folder.
  /// - Throws: An `.unwritableFile` diagnostic where it cannot be made, or already holds something.
  public init(making path: String) throws {
    self.path = path
    started = Date()
    let manager = FileManager.default
    if let contents = try? manager.contentsOfDirectory(atPath: path), !contents.isEmpty {
      throw Diagnostic(
        .unwritableFile, "the output folder is not empty", help: "name another with --out, or remove it first",
        subject: path)
    }
    try make("")
  }

  /// `runs/<workflow>-<time>` below the current folder, with a number where two runs begin in one second.
  public static func defaultPath(workflow: String) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyyMMdd-HHmmss"
    let base = "runs/\(workflow)-\(formatter.string(from: Date()))"
    let candidates = [base] + (2...999).map { "\(base)-\($0)" }
    return candidates.first { !FileManager.default.fileExists(atPath: $0) } ?? base
  }

  public func file(_ name: String) -> String { name.isEmpty ? path : path + "/" + name }

  /// Makes a folder within the run folder.
  func make(_ name: String) throws { try FileSystem.makeFolder(file(name)) }

  func write(_ json: JSONValue, to name: String) throws { try AtomicFile.write(json.pretty, to: file(name)) }

  /// Says in `run.json` where the run stands.
  func mark(_ state: State, about facts: [JSONValue.Member] = []) throws {
    var members: [JSONValue.Member] = [
      .init("state", .string(state.rawValue)), .init("timbre", .string(Timbre.version)),
      .init("started", .string(Self.stamp(started))),
    ]
    if state != .running { members.append(.init("ended", .string(Self.stamp(Date())))) }
    try write(.object(members + facts), to: "run.json")
  }

  private static func stamp(_ date: Date) -> String { ISO8601DateFormatter().string(from: date) }

  /// A clip's id as the name of a folder: only plain characters, and distinct for distinct ids.
  static func folderName(clip id: String) -> String {
    var name = ""
    var isPlain = true
    for scalar in id.unicodeScalars {
      let plain =
        scalar.isASCII
        && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "_-.".unicodeScalars.contains(scalar))
      name.unicodeScalars.append(plain ? scalar : "_")
      if !plain { isPlain = false }
    }
    if isPlain, !name.hasPrefix("."), name.count <= 100 { return name }
    return "\(name.prefix(80))-\(String(stableHash(id), radix: 16))"
  }
}

/// The program itself.
public enum Timbre {
  public static let version = "0.1.0"
}
