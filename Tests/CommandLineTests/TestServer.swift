import Foundation
import Testing

/// A server of `Tests/Servers` on this machine, which ends with this object.
final class TestServer: @unchecked Sendable {
  private let process = Process()
  private let input = Pipe()
  let port: String
  var url: String { "http://127.0.0.1:\(port)" }

  /// Python's standard library is enough for most of them.
  static let python = URL(
    fileURLWithPath: ProcessInfo.processInfo.environment["TIMBRE_PYTHON"] ?? "/usr/bin/python3")

  static func script(_ name: String) -> String { root.appendingPathComponent("Tests/Servers/" + name).path }

  init(_ name: String, _ arguments: [String], python: URL = python) throws {
    let output = Pipe()
    process.executableURL = python
    process.arguments = [Self.script(name)] + arguments
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var line = ""
    while !line.contains("\n") {
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { break }
      line += String(decoding: data, as: UTF8.self)
    }
    port = line.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}
