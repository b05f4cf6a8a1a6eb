import Foundation
import TimbreCore

/// A folder for what one request brings along; it goes with its last owner.
final class TemporaryFolder: Sendable {
  let path: String

  private init(path: String) { self.path = path }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Where the temporary folders of one server lie; what killed servers have left is taken away at its start.
  struct Root: Sendable {
    let path: String
    private static let prefix = "timbre-studio-"

    init() throws {
      let manager = FileManager.default
      let all = manager.temporaryDirectory.path
      for name in (try? manager.contentsOfDirectory(atPath: all)) ?? [] where name.hasPrefix(Self.prefix) {
        // Signal 0 asks whether there is such a process.
        guard let process = pid_t(name.dropFirst(Self.prefix.count).prefix { $0 != "-" }),
          kill(process, 0) != 0, errno == ESRCH
        else { continue }
        try? manager.removeItem(atPath: all + "/" + name)
      }
      path = "\(all)/\(Self.prefix)\(getpid())-\(String(UInt64.random(in: 0 ... .max), radix: 16))"
      try Self.make(path)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    func folder() throws -> TemporaryFolder {
      let folder = path + "/" + String(UInt64.random(in: 0 ... .max), radix: 16)
      do {
        try Self.make(folder)
      } catch {
        throw Refusal.noSpace
      }
      return TemporaryFolder(path: folder)
    }

    private static func make(_ path: String) throws {
      do {
        try FileManager.default.createDirectory(
          atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
      } catch {
        throw Diagnostic(
          .unwritableFile, "a temporary folder cannot be made: \(error.localizedDescription)",
          help: "set TMPDIR to a folder with space", subject: path)
      }
    }
  }
}
