import Foundation
import TimbreCore
import TimbreTools

/// Unpacks zip files without letting them write anywhere else.
struct Unpacking: Sendable {
  let unzip: Tool
  let cancelled: @Sendable () -> Bool

  /// The paths in an archive.
  /// - Throws: `.download` for what is no zip file, and for one with a path that leads outside.
  func paths(in archive: String) throws -> [String] {
    let folder = URL(fileURLWithPath: archive).deletingLastPathComponent().path
    let outcome = try unzip.run(["-Z1", archive], in: folder, cancelled: cancelled)
    guard outcome.status <= 1 else { throw bad(archive, "this is not a sound zip file: \(outcome.complaint)") }
    let paths = outcome.out.split(separator: "\n").map(String.init)
    for path in paths {
      let parts = path.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
      if path.hasPrefix("/") || path.hasPrefix("\\") || parts.contains("..") {
        throw bad(archive, "the archive holds \"\(path)\", a path that leads outside")
      }
    }
    return paths
  }

  /// Unpacks an archive into a new folder.
  ///
  /// - Parameter wanted: Patterns of what to take; nil takes all.
  /// - Throws: `.download` for a damaged archive and for one with links in it.
  func unpack(_ archive: String, into folder: String, wanted: [String]? = nil) throws {
    _ = try paths(in: archive)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let outcome = try unzip.run(
      ["-qq", "-o", archive] + (wanted ?? []) + ["-d", folder], in: folder, cancelled: cancelled)
    guard outcome.status <= 1 else { throw bad(archive, "the archive cannot be unpacked: \(outcome.complaint)") }
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      let kind = status(of: folder + "/" + path).map { $0.st_mode & S_IFMT }
      guard kind == S_IFREG || kind == S_IFDIR else {
        throw bad(archive, "the archive holds \"\(path)\", which is neither a file nor a folder")
      }
    }
  }

  private func bad(_ archive: String, _ message: String) -> Diagnostic {
    Diagnostic(.download, message, help: "nothing of it was kept", subject: archive)
  }
}
