import Foundation
import TimbreCore
import TimbreTools

/// Downloads many small files, some at a time; those that are there already are not fetched again.
///
/// A file comes into a folder of this run and moves to its place when its checksum is right, so that a run that was killed, and
/// whatever it left running, cannot spoil one.
struct FileBatches {
  let curl: Tool
  let checksums: Checksums
  let observer: any InstallObserver
  let cancelled: @Sendable () -> Bool

  private static let batch = 64

  /// - Parameters:
  ///   - work: A folder for what is under way.
  ///   - folder: Where the files go.
  /// - Throws: `.download` when files are missing after three rounds.
  func fetch(_ files: [ListedFile], from base: String, work: String, to folder: String, stage: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let there = Set(try FileManager.default.contentsOfDirectory(atPath: folder))
    var pending = files.filter { !there.contains($0.name) }
    var done = files.count - pending.count
    if done > 0, !pending.isEmpty { observer.noted("\(stage): \(done) of \(files.count) files are there already") }
    observer.began(stage, unit: "files")
    defer { observer.ended() }
    var complaint = ""
    for round in 0..<3 where !pending.isEmpty {
      if round > 0 { observer.noted("\(stage): \(pending.count) files once more: \(complaint)") }
      var failed: [ListedFile] = []
      for start in stride(from: 0, to: pending.count, by: Self.batch) {
        let batch = Array(pending[start..<min(start + Self.batch, pending.count)])
        let incoming = work + "/incoming-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: incoming, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: incoming) }
        let (missing, reason) = try fetch(batch, from: base, incoming: incoming, to: folder)
        failed += missing
        if !missing.isEmpty { complaint = reason }
        done += batch.count - missing.count
        observer.advanced(to: done, of: files.count)
        // When nothing comes any more, thousands of further attempts would not help.
        if missing.count == batch.count, done == 0 || batch.count >= 8 {
          throw failure(complaint, done, files.count, base)
        }
      }
      pending = failed
    }
    if let first = pending.first, !complaint.hasPrefix(first.name) { complaint = "\(first.name): \(complaint)" }
    if !pending.isEmpty { throw failure(complaint, done, files.count, base) }
  }

  private func failure(_ complaint: String, _ done: Int, _ total: Int, _ base: String) -> Diagnostic {
    Diagnostic(
      .download, complaint, help: "\(done) of \(total) files are there; run the same command again to go on",
      subject: base)
  }

  /// - Returns: The files that did not come, and why one of them did not.
  private func fetch(
    _ files: [ListedFile], from base: String, incoming: String, to folder: String
  ) throws -> (missing: [ListedFile], reason: String) {
    // Names and addresses hold no quote and no backslash: see `isPlainName`.
    let config = files.map { "url = \"\(base)\($0.path)\"\noutput = \"\($0.name)\"\n" }.joined()
    let list = incoming + "/.curl"
    guard FileManager.default.createFile(atPath: list, contents: Data(config.utf8)) else {
      throw Diagnostic(.unwritableFile, "this file cannot be written", help: "is the disk full?", subject: list)
    }
    let outcome = try curl.run(
      Transfer.options(for: base) + [
        "--globoff", "--parallel", "--parallel-max", "4", "--retry", "2", "--max-filesize",
        String(max(1 << 20, files.map(\.bytes).max() ?? 0)), "--config", list,
      ],
      in: incoming, cancelled: cancelled)
    var missing: [ListedFile] = []
    var reason = outcome.complaint
    let came = files.filter { FileManager.default.fileExists(atPath: incoming + "/" + $0.name) }
    var sums: [String: Checksum] = [:]
    for kind in [Checksum.Kind.md5, .sha256] {
      let names = came.filter { $0.checksum.kind == kind }.map(\.name)
      if !names.isEmpty {
        sums.merge(try checksums.of(names, kind, in: incoming, cancelled: cancelled)) { first, _ in first }
      }
    }
    for file in files {
      let path = incoming + "/" + file.name
      if let sum = sums[file.name], sum == file.checksum, size(of: path) == file.bytes {
        try? FileManager.default.removeItem(atPath: folder + "/" + file.name)
        try FileManager.default.moveItem(atPath: path, toPath: folder + "/" + file.name)
      } else {
        if let sum = sums[file.name] {
          reason =
            "\(file.name) has \(size(of: path)) bytes and the \(sum.kind.rawValue.uppercased()) \(sum.digits), "
            + "the published one \(file.bytes) and \(file.checksum.digits)"
        }
        missing.append(file)
      }
    }
    return (missing, reason)
  }
}
