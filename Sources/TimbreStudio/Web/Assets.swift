import Foundation
import HTTPTypes
import Hummingbird
import TimbreCore

/// Style and script, read once at the start. An address holds a hash of the file's bytes, so that browsers may keep it.
struct Assets: Sendable {
  private var files: [String: File] = [:]

  private struct File: Sendable {
    var bytes: [UInt8]
    var type: String
    var hash: String
  }

  /// - Throws: A diagnostic where the folder is not there.
  init(folder: String) throws {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw Diagnostic(
        .unreadableFile, "the folder of style and script is not there",
        help: "it belongs beside the program, or into share/timbre/studio", subject: folder)
    }
    for name in names {
      guard let type = Self.types[name.split(separator: ".").last.map(String.init) ?? ""],
        let data = FileManager.default.contents(atPath: folder + "/" + name)
      else { continue }
      let bytes = Array(data)
      files[name] = File(bytes: bytes, type: type, hash: String(stableHash(bytes), radix: 16))
    }
  }

  /// One more file, made by the program itself.
  mutating func add(_ name: String, _ text: String) {
    let bytes = Array(text.utf8)
    files[name] = File(
      bytes: bytes, type: Self.types[name.split(separator: ".").last.map(String.init) ?? ""] ?? "text/plain",
      hash: String(stableHash(bytes), radix: 16))
  }

  private static let types = [
    "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
    "json": "application/json",
  ]

  /// The folder that goes with the program: beside it after a build, in `share` after an installation.
  static func folder(besideProgram program: String) -> String {
    let home = URL(fileURLWithPath: program).resolvingSymlinksInPath().deletingLastPathComponent().path
    let candidates = [home + "/timbre_TimbreStudio.resources/Assets", home + "/../share/timbre/studio"]
    return candidates.first { FileManager.default.fileExists(atPath: $0) } ?? candidates[0]
  }

  func address(_ name: String) -> String { "/assets/\(name)?v=\(files[name]?.hash ?? "0")" }

  /// - Parameter isVersioned: Whether the address holds the hash; a module that another one imports has none.
  func answer(_ name: String, isVersioned: Bool) throws -> Response {
    guard let file = files[name] else { throw Refusal.notFound("there is no such file") }
    var response = Answer.bytes(file.bytes, type: file.type)
    response.headers[.cacheControl] = isVersioned ? "public, max-age=31536000, immutable" : "no-cache"
    response.headers[.eTag] = "\"\(file.hash)\""
    return response
  }
}
