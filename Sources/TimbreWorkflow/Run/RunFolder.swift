import Foundation
import TimbreCore
import TimbreReport

/// The folder of a run. `run.json` says from the first moment whether the run is under way, finished, interrupted or failed;
/// every other file appears complete or not at all.
public struct RunFolder: Sendable {
  public enum State: String, Sendable, CaseIterable { case running, finished, interrupted, failed }

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

  /// The folder of an earlier run to go on in, or a new one where there is none yet.
  ///
  /// - Parameter workflow: The resolved workflow that is to be carried out.
  /// - Returns: The folder, and whether that run has finished.
  /// - Throws: A `.badRun` diagnostic where the folder holds something else, or was begun by another workflow.
  public static func resuming(_ path: String, workflow: JSONValue) throws -> (folder: RunFolder, isFinished: Bool) {
    let contents = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    if contents.allSatisfy({ $0.hasPrefix(".timbre-") }) {
      removeRemains(in: path)
      return (try RunFolder(making: path), false)
    }
    guard contents.contains("run.json") else {
      throw Diagnostic(
        .badRun, "holds no run to go on with", help: "name the folder of a run with --out", subject: path)
    }
    let state = try RunSummary.read("run.json", in: path)
    if let version = state["timbre"]?.stringValue, version != Timbre.version {
      throw Diagnostic(
        .badRun, "was begun by Timbre \(version), this is \(Timbre.version): their numbers may differ",
        help: "run it anew in another folder", subject: path)
    }
    if state["state"]?.stringValue == State.running.rawValue, let process = state["process"],
      process != RunProcess.current,
      RunProcess.isAtWork(process) == true
    {
      throw Diagnostic(
        .badRun, "another process is at work on it: \(process["id"]?.intValue ?? 0)",
        help: "wait until it has ended, or end it first", subject: path)
    }
    // Killed between its first two files, a run has nothing to compare with, and nothing done.
    if contents.contains("workflow.json") {
      let begun = try RunSummary.read("workflow.json", in: path)
      if let difference = begun.firstDifference(from: workflow) {
        throw Diagnostic(
          .badRun, "was begun by another workflow: \(difference)", help: "run it anew in another folder", subject: path)
      }
    }
    removeRemains(in: path)
    return (RunFolder(at: path, started: Date()), state["state"]?.stringValue == State.finished.rawValue)
  }

  /// Takes away what a killed process was writing.
  private static func removeRemains(in path: String) {
    guard let walk = FileManager.default.enumerator(atPath: path) else { return }
    for case let name as String in walk {
      let last = name.split(separator: "/").last ?? ""
      if last.hasPrefix(".timbre-"), last.hasSuffix(".tmp") {
        try? FileManager.default.removeItem(atPath: path + "/" + name)
      }
    }
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

  private init(at path: String, started: Date) {
    self.path = path
    self.started = started
  }

  /// A part of the run with files of its own, made where it is not there.
  func within(_ name: String) throws -> RunFolder {
    try make(name)
    return RunFolder(at: file(name), started: started)
  }

  /// Makes a folder within the run folder.
  func make(_ name: String) throws { try FileSystem.makeFolder(file(name)) }

  func write(_ json: JSONValue, to name: String) throws { try AtomicFile.write(json.pretty, to: file(name)) }

  /// What `run.json` says under a key.
  func fact(_ key: String) -> JSONValue? { (try? RunSummary.read("run.json", in: path))?[key] }

  /// Says in `run.json` where the run stands.
  func mark(_ state: State, about facts: [JSONValue.Member] = []) throws {
    var members: [JSONValue.Member] = [
      .init("state", .string(state.rawValue)), .init("timbre", .string(Timbre.version)),
      .init("started", .string(Self.stamp(started))),
    ]
    members.append(
      state == .running ? .init("process", RunProcess.current) : .init("ended", .string(Self.stamp(Date()))))
    try write(.object(members + facts), to: "run.json")
  }

  private static func stamp(_ date: Date) -> String { ISO8601DateFormatter().string(from: date) }

  /// Where the fold of that name leaves its files.
  package static func path(ofFold name: String, in run: String) -> String {
    run + "/folds/" + folderName(clip: name)
  }

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
