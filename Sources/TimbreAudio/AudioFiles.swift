import Foundation
import TimbreCore

/// A file in a folder.
public struct FoundFile: Sendable, Hashable {
  /// From the folder that was listed, with "/" on every system.
  public var relative: String
  public var path: String

  public init(relative: String, path: String) {
    self.relative = relative
    self.path = path
  }

  public var name: String {
    relative.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(relative[relative.utf8.index(after: $0)...]) }
      ?? relative
  }
  /// The name without its extension.
  public var stem: String { name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name }
}

/// Lists audio files below a folder.
public enum AudioFiles {
  public static let extensions: Set<String> = ["wav", "flac", "ogg", "mp3", "aiff", "aif"]

  /// Every file with one of the `extensions` (any case) at any depth, sorted by relative path. Names that begin with a dot
  /// are hidden and passed over; symbolic links are followed.
  /// - Returns: The files, and a diagnostic for each subfolder that cannot be read.
  /// - Throws: `.badDataset` where `root` is not a folder that can be read; `wanted` says what was looked for in it.
  public static func list(
    under root: String, extensions: Set<String> = extensions, wanted: String
  ) throws -> (files: [FoundFile], unreadable: [Diagnostic]) {
    func bad(_ message: String, _ help: String) -> Diagnostic {
      Diagnostic(.badDataset, message, help: "\(help); looked for \(wanted)", subject: root.isEmpty ? nil : root)
    }
    guard !root.isEmpty else { throw bad("the path of the dataset is empty", "name its folder") }
    guard let isFolder = kind(of: root) else { throw bad("no such folder", "check \"path\"") }
    guard isFolder else { throw bad("this is a file, not a folder", "name the folder that holds it") }
    guard names(in: root) != nil else { throw bad("this folder cannot be read", "check its owner and mode") }
    var walk = Walk(extensions: extensions)
    walk.visit(root, relative: "", ancestors: [])
    return (walk.files.sorted { $0.relative < $1.relative }, walk.unreadable)
  }

  /// Whether `path` is a folder; nil where there is nothing.
  public static func kind(of path: String) -> Bool? {
    var isFolder: ObjCBool = false
    return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) ? isFolder.boolValue : nil
  }

  public static func joined(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  fileprivate static func names(in folder: String) -> [String]? {
    try? FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }.sorted()
  }
}

private struct Walk {
  let extensions: Set<String>
  var files: [FoundFile] = []
  var unreadable: [Diagnostic] = []

  /// - Parameter ancestors: The real paths of the folders above, so that a link to one of them does not go round for ever.
  mutating func visit(_ folder: String, relative: String, ancestors: Set<String>) {
    let real = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
    guard !ancestors.contains(real) else { return }
    guard let names = AudioFiles.names(in: folder) else {
      unreadable.append(
        Diagnostic(.unreadableFile, "this folder cannot be read", help: "check its owner and mode", subject: folder))
      return
    }
    for name in names {
      let path = AudioFiles.joined(folder, name)
      let below = relative.isEmpty ? name : relative + "/" + name
      switch AudioFiles.kind(of: path) {
      case true?: visit(path, relative: below, ancestors: ancestors.union([real]))
      case false?:
        let suffix = name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
        if extensions.contains(suffix) { files.append(FoundFile(relative: below, path: path)) }
      case nil: continue
      }
    }
  }
}
