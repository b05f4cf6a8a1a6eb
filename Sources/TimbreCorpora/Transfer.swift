import Foundation
import TimbreCore
import TimbreTools

/// Downloads one file, in as many attempts as it takes; a file that is partly there is completed.
///
/// curl writes to a pipe and this process to the file, so that nothing goes on writing when this process is killed.
struct Transfer {
  let curl: Tool
  let observer: any InstallObserver
  let cancelled: @Sendable () -> Bool

  /// Of a file whose size nobody has published.
  private static let largestUnknown = 1 << 30

  /// What every call of curl says: follow, fail, and never speak another protocol than asked for.
  static func options(for url: String) -> [String] {
    let protocols = url.hasPrefix("https:") ? "=https" : "=https,http"
    return [
      "--fail", "--silent", "--no-progress-meter", "--show-error", "--location", "--proto", protocols, "--proto-redir",
      protocols,
      "--connect-timeout", "30", "--speed-limit", "1", "--speed-time", "60", "--user-agent", "timbre",
    ]
  }

  /// - Parameters:
  ///   - bytes: The size that the file must have; nil where it is not known, and then nothing is resumed.
  ///   - part: Where it goes; what is there is taken for its beginning, where the size is known.
  /// - Throws: `.download` where the server refuses, is not there, or sends something else.
  func fetch(_ url: String, to part: String, bytes: Int?, stage: String) throws {
    let unit = (bytes ?? 0) >= 10_000_000 ? 1_000_000 : 1_000
    observer.began(stage, unit: unit == 1_000 ? "kB" : "MB")
    defer { observer.ended() }
    var idle = 0
    for _ in 0..<200 {
      var there = size(of: part)
      if there > bytes ?? 0 {
        try? FileManager.default.removeItem(atPath: part)
        there = 0
      }
      if there == bytes { return }
      if there > 0, idle == 0 { observer.noted("\(stage): going on after \(there) of \(bytes ?? 0) bytes") }
      let (status, complaint) = try attempt(url, to: part, from: there, bytes: bytes, unit: unit)
      let now = size(of: part)
      switch status {
      case 0:
        guard let bytes, now != bytes else { return }
        try? FileManager.default.removeItem(atPath: part)
        throw failure("the file has \(now) bytes, the published one \(bytes)", "this is another file", url)
      case 33, 36:
        observer.noted("\(stage): the server cannot go on in the middle; starting again")
        try? FileManager.default.removeItem(atPath: part)
        idle += 1
      case 22 where complaint.contains("416") && there > 0:
        try? FileManager.default.removeItem(atPath: part)
        idle += 1
      case 22 where ["408", "429", "500", "502", "503", "504"].contains { complaint.hasSuffix($0) }: idle += 1
      case 5, 6, 7, 16, 18, 28, 35, 52, 55, 56, 92: idle = now > there && bytes != nil ? 0 : idle + 1
      default: throw failure(complaint, "check the address", url)
      }
      if idle >= 4 {
        throw failure(
          complaint, now > 0 ? "run the same command again: \(now) bytes are there" : "check the network", url)
      }
      for _ in 0..<(idle * 10) {
        if cancelled() { throw Tool.interrupted }
        Thread.sleep(forTimeInterval: 0.1)
      }
    }
    throw failure("the connection breaks again and again", "run the same command again", url)
  }

  private func failure(_ message: String, _ help: String, _ url: String) -> Diagnostic {
    Diagnostic(.download, message, help: help, subject: url)
  }

  /// One run of curl, appended to the file.
  private func attempt(
    _ url: String, to part: String, from start: Int, bytes: Int?, unit: Int
  ) throws -> (status: Int32, complaint: String) {
    if !FileManager.default.fileExists(atPath: part) { _ = FileManager.default.createFile(atPath: part, contents: nil) }
    guard let file = FileHandle(forWritingAtPath: part) else {
      throw Diagnostic(
        .unwritableFile, "this file cannot be written", help: "check the folder's owner and mode", subject: part)
    }
    defer { try? file.close() }
    try file.seekToEnd()
    let folder = URL(fileURLWithPath: part).deletingLastPathComponent().path
    let errors = folder + "/.output-" + UUID().uuidString
    _ = FileManager.default.createFile(atPath: errors, contents: nil)
    defer { try? FileManager.default.removeItem(atPath: errors) }
    let pipe = Pipe()
    let resume = start > 0 ? ["--continue-at", String(start)] : []
    let process = try curl.start(
      Self.options(for: url) + resume + ["--output", "-", "--", url], in: folder, output: pipe,
      error: FileHandle(forWritingAtPath: errors) ?? FileHandle.nullDevice)
    try? pipe.fileHandleForWriting.close()
    var there = start
    do {
      while let data = try next(of: pipe.fileHandleForReading) {
        try file.write(contentsOf: data)
        there += data.count
        if there > bytes ?? Self.largestUnknown {
          Tool.end(process)
          try? FileManager.default.removeItem(atPath: part)
          throw failure(
            "the file has more than \(bytes.map { "the published \($0)" } ?? "\(Self.largestUnknown)") bytes",
            "this is another file", url)
        }
        observer.advanced(to: there / unit, of: max(1, (bytes ?? there) / unit))
      }
    } catch let diagnostic as Diagnostic {
      Tool.end(process)
      throw diagnostic
    } catch {
      Tool.end(process)
      throw Diagnostic(
        .unwritableFile, "this file cannot be written: \(error.localizedDescription)", help: "is the disk full?",
        subject: part)
    }
    process.waitUntilExit()
    let complaint = FileManager.default.contents(atPath: errors).map { String(decoding: $0, as: UTF8.self) } ?? ""
    return (
      process.terminationStatus,
      complaint.split(whereSeparator: \.isNewline).last.map(String.init)
        ?? "curl ended with status \(process.terminationStatus)"
    )
  }

  /// The bytes that have come; nil at the end.
  private func next(of handle: FileHandle) throws -> Data? {
    var descriptor = pollfd(fd: handle.fileDescriptor, events: Int16(POLLIN), revents: 0)
    while unsafe poll(&descriptor, 1, 200) <= 0 {
      if cancelled() { throw Tool.interrupted }
    }
    if cancelled() { throw Tool.interrupted }
    // FileHandle's own reading waits until as many bytes are there as were asked for.
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = unsafe buffer.withUnsafeMutableBytes { bytes in
      unsafe read(handle.fileDescriptor, bytes.baseAddress, bytes.count)
    }
    if count < 0 { return errno == EINTR ? Data() : nil }
    return count == 0 ? nil : Data(buffer[..<count])
  }
}

/// What the system knows of a file, links not followed. Foundation's attributes take many times as long: they look up the owner's name.
func status(of path: String) -> stat? {
  var status = stat()
  return unsafe lstat(path, &status) == 0 ? status : nil
}

/// The size of a file; 0 where there is none.
func size(of path: String) -> Int { status(of: path).map { Int($0.st_size) } ?? 0 }
