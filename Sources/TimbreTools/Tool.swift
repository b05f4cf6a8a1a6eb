import Foundation
import TimbreCore

/// A program of the system, run with a list of arguments and no shell.
package struct Tool: Sendable {
  package struct Outcome {
    package var status: Int32
    package var out: String
    package var error: String
    /// The last line of what it complained about.
    package var complaint: String { error.split(whereSeparator: \.isNewline).last.map(String.init) ?? "no message" }
  }

  package let name: String
  package let path: String

  /// - Throws: `.missingTool`, naming the Debian package.
  package init(_ name: String, package: String) throws {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    let found = folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    guard let found else {
      throw Diagnostic(
        .missingTool, "the program \(name) is not installed", help: "run `apt-get install \(package)` as root")
    }
    self.name = name
    path = found
  }

  /// Runs to the end, its output going through files in `folder`, so that no pipe can fill.
  ///
  /// - Parameters:
  ///   - folder: Where it runs.
  ///   - input: What it reads from its standard input: the place for what no list of processes may show.
  ///   - poll: Called ten times a second meanwhile.
  /// - Throws: `.cancelled` when `cancelled` becomes true, the program being ended.
  package func run(
    _ arguments: [String], in folder: String, input: String? = nil, cancelled: () -> Bool = { false },
    poll: () -> Void = {}
  ) throws -> Outcome {
    let files = (0..<2).map { _ in folder + "/.output-" + UUID().uuidString }
    defer { for file in files { try? FileManager.default.removeItem(atPath: file) } }
    for file in files { _ = FileManager.default.createFile(atPath: file, contents: nil) }
    guard let out = FileHandle(forWritingAtPath: files[0]), let error = FileHandle(forWritingAtPath: files[1]) else {
      throw Diagnostic(
        .unwritableFile, "this folder cannot be written to", help: "check its owner and mode", subject: folder)
    }
    let process = try start(arguments, in: folder, input: input, output: out, error: error)
    var polls = 0
    while process.isRunning {
      if cancelled() {
        Self.end(process)
        throw Self.interrupted
      }
      Thread.sleep(forTimeInterval: 0.01)
      polls += 1
      if polls.isMultiple(of: 10) { poll() }
    }
    process.waitUntilExit()
    func text(_ file: String) -> String {
      String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
    }
    return Outcome(status: process.terminationStatus, out: text(files[0]), error: text(files[1]))
  }

  package func start(
    _ arguments: [String], in folder: String, input: String? = nil, output: Any, error: Any
  ) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder, isDirectory: true)
    process.standardInput = try input.map(Self.inMemory) ?? FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = error
    do { try process.run() } catch {
      throw Diagnostic(
        .missingTool, "the program \(name) cannot be started: \(error.localizedDescription)", subject: path)
    }
    return process
  }

  /// A text as a file that has no name and no place on a disk.
  private static func inMemory(_ text: String) throws -> FileHandle {
    let name = "/timbre-" + UUID().uuidString
    let descriptor = unsafe shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
    _ = unsafe shm_unlink(name)
    guard descriptor >= 0 else {
      throw Diagnostic(.missingTool, "the system gives no memory for a program's input")
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    try handle.write(contentsOf: Data(text.utf8))
    try handle.seek(toOffset: 0)
    return handle
  }

  /// None of the programs has anything to tidy up, and a signal that cannot be blocked is sure to end them.
  package static func end(_ process: Process) {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  package static var interrupted: Diagnostic {
    Diagnostic(.cancelled, "interrupted", help: "run the same command again: it goes on from here")
  }
}

extension Diagnostic.Kind {
  public static let missingTool = Self("missing_tool")
}
