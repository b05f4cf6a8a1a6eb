import Foundation
import TimbreCore

/// Questions about files that need no error.
public enum FileSystem {
  public static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// Makes a folder and those above it.
  /// - Throws: An `.unwritableFile` diagnostic with the system's reason.
  public static func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
      let reason =
        cause.map { unsafe String(cString: strerror(Int32($0.code))) }
        ?? "a file has this name, or its place cannot be written"
      throw Diagnostic(
        .unwritableFile, "the folder cannot be made: \(reason)", help: "name a folder that you may write to with --out",
        subject: path)
    }
  }

  /// When a file was last changed, and how long it is, as a mark that differs where the file does; empty for no file.
  public static func changed(_ path: String) -> String {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return "" }
    let time = (attributes[.modificationDate] as? Date)?.timeIntervalSinceReferenceDate ?? 0
    return "\(time)-\((attributes[.size] as? NSNumber)?.intValue ?? 0)"
  }

  /// Bytes of a regular file; nil for everything else.
  public static func size(_ path: String) -> Int? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return attributes?[.type] as? FileAttributeType == .typeRegular ? (attributes?[.size] as? NSNumber)?.intValue : nil
  }
}
