import Foundation
import TimbreCore

/// A folder of files for one test, gone when the test is over.
final class DatasetFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "timbre-datasets-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Makes a file, and the folders above it. Readers look at names only, so that any content will do.
  @discardableResult
  func add(_ relative: String, _ content: String = "x") throws -> String {
    let place = URL(fileURLWithPath: path).appendingPathComponent(relative)
    try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(content.utf8).write(to: place)
    return place.path
  }
}

/// The list that a reader with these settings finds, made as a workflow makes it.
func clips<Reader: DatasetReader>(_ reader: Reader.Type, _ members: [JSONValue.Member]) throws -> ClipList {
  try Reader(Reader.spec.config(from: members)).clips()
}

/// The diagnostic that `work` throws.
func thrown(_ work: () throws -> Void) -> Diagnostic? {
  do { try work() } catch { return error as? Diagnostic }
  return nil
}

extension Clip {
  var path: String? { if case .file(let path, _, _) = source { path } else { nil } }
}
