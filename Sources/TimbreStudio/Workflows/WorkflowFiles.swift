import Foundation
import HTTPTypes
import Synchronization
import TimbreCore
import TimbreReport
import TimbreWorkflow

/// The workflow files of a workspace: those in its folder `Workflows`, then those at its top. A file's name without `.json` is
/// the workflow's.
final class WorkflowFiles: Sendable {
  struct File: Sendable {
    var name: String
    /// From the workspace on, such as `Workflows/demo.json`.
    var relative: String
    var path: String
  }

  struct Text: Sendable {
    var bytes: [UInt8]
    /// Differs where the bytes do.
    var tag: String
  }

  /// What a request says of the file that it is about to replace.
  struct Condition: Sendable {
    /// `If-Match`: only a file that is still this one.
    var match: String?
    /// `If-None-Match: *`: only where there is none.
    var isNew = false
  }

  let workspace: Workspace
  /// One change at a time: between looking at a file and replacing it nobody else writes.
  private let turn = Mutex(())

  init(workspace: Workspace) { self.workspace = workspace }

  /// Sorted by name. At the top only what says that it is a workflow is one.
  func all() -> [File] {
    var files: [String: File] = [:]
    for folder in ["Workflows/", ""] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: workspace.path + "/" + folder)) ?? []
      for file in names where file.hasSuffix(".json") {
        let name = String(file.dropLast(5))
        guard files[name] == nil, Workspace.isName(name), let path = try? path(folder + file) else { continue }
        if folder.isEmpty, !Self.saysItIsOne(path) { continue }
        files[name] = File(name: name, relative: folder + file, path: path)
      }
    }
    return files.values.sorted { $0.name < $1.name }
  }

  /// - Throws: A `Refusal` where there is none.
  func named(_ name: String) throws -> File {
    if Workspace.isName(name) {
      for relative in ["Workflows/\(name).json", "\(name).json"] {
        if let path = try? path(relative), relative.contains("/") || Self.saysItIsOne(path) {
          return File(name: name, relative: relative, path: path)
        }
      }
    }
    let help = suggestion(for: name, among: all().map(\.name)) ?? "GET /api/v1/workflows lists them"
    throw Refusal.notFound("there is no workflow \"\(name)\"", help: help)
  }

  /// Where a workflow of this name is, or would be.
  func place(_ name: String) throws -> File {
    if let file = try? named(name) { return file }
    guard Workspace.isName(name), name.utf8.count <= 100 else {
      throw Refusal(
        .unprocessableContent, "\"\(name)\" cannot be the name of a workflow",
        help: "use letters, digits, - and _, 100 at most", kind: "bad_name")
    }
    let hasFolder = FileSystem.exists(workspace.path + "/Workflows")
    let relative = (hasFolder ? "Workflows/" : "") + name + ".json"
    return File(name: name, relative: relative, path: workspace.path + "/" + relative)
  }

  func text(_ file: File) throws -> Text {
    do {
      let bytes = try AtomicFile.read(file.path, atMost: Self.largest)
      return Text(bytes: bytes, tag: Self.tag(bytes))
    } catch {
      throw Refusal.notFound("the workflow \"\(file.name)\" cannot be read")
    }
  }

  /// Creates or replaces a file, as a whole.
  /// - Returns: The new tag, and whether the file is new.
  func write(_ bytes: [UInt8], to name: String, _ condition: Condition) throws -> (tag: String, isNew: Bool) {
    guard bytes.count <= Self.largest else {
      throw Refusal(.contentTooLarge, "a workflow has at most \(Self.largest) bytes", kind: "too_large")
    }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw Refusal(.unprocessableContent, "the text is not UTF-8", kind: "bad_encoding")
    }
    return try turn.withLock { _ in
      let file = try place(name)
      let isNew = try check(file, condition)
      guard !isNew || !FileSystem.exists(file.path) else {
        throw Refusal(
          .conflict, "\(file.relative) is there already and is no workflow", help: "choose another name",
          kind: "name_taken")
      }
      do {
        try AtomicFile.write(bytes, to: file.path)
      } catch {
        throw Refusal(
          .conflict, "\(file.relative) cannot be written", help: "the server may not write to its workspace",
          kind: "unwritable_file")
      }
      return (Self.tag(bytes), isNew)
    }
  }

  func remove(_ name: String, _ condition: Condition) throws {
    try turn.withLock { _ in
      let file = try named(name)
      _ = try check(file, condition)
      do {
        try FileManager.default.removeItem(atPath: file.path)
      } catch {
        throw Refusal(
          .conflict, "\(file.relative) cannot be removed", help: "the server may not write to its workspace",
          kind: "unwritable_file")
      }
    }
  }

  /// - Returns: Whether there is no such workflow yet.
  private func check(_ file: File, _ condition: Condition) throws -> Bool {
    let now = try? text(file).tag
    let isThere = now != nil && (try? named(file.name)) != nil
    func failed(_ message: String, _ help: String) -> Refusal {
      Refusal(.preconditionFailed, message, help: help, kind: "changed")
    }
    if condition.isNew, isThere {
      throw failed("there is a workflow \"\(file.name)\" already", "choose another name")
    }
    if let match = condition.match, !isThere || (match != "*" && !Self.tags(match).contains(now ?? "")) {
      throw failed(
        isThere ? "\"\(file.name)\" has been changed elsewhere" : "\"\(file.name)\" has been removed elsewhere",
        "load it anew, then make your changes again")
    }
    return !isThere
  }

  private func path(_ relative: String) throws -> String { try workspace.file(relative, in: workspace.path) }

  private static let largest = 1 << 20

  private static func tag(_ bytes: [UInt8]) -> String { "\"\(String(stableHash(bytes), radix: 16))-\(bytes.count)\"" }

  /// `"a", W/"b"`: what an entity is known by.
  private static func tags(_ header: String) -> [String] {
    header.split(separator: ",").map {
      String($0.trimmingPrefix { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
  }

  private static func saysItIsOne(_ path: String) -> Bool {
    guard let bytes = try? AtomicFile.read(path, atMost: largest),
      let json = try? JSONParser.parse(SourceText(name: "workflow", bytes: bytes)).value.json
    else { return false }
    return json["timbre"] != nil || json["extends"] != nil
  }
}
