import Foundation

/// Questions about files that need no error.
public enum FileSystem {
  public static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// Bytes of a regular file; nil for everything else.
  public static func size(_ path: String) -> Int? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return attributes?[.type] as? FileAttributeType == .typeRegular ? (attributes?[.size] as? NSNumber)?.intValue : nil
  }
}
