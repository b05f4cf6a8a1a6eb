import TimbreCore
import TimbreReport

/// A text that values came from: a workflow file, or the words of one `--set`.
public final class SourceText: Sendable {
  public let name: String
  public let bytes: [UInt8]

  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  public convenience init(name: String, text: String) { self.init(name: name, bytes: Array(text.utf8)) }

  /// Line, column (in Unicode scalars, from 1) and the whole line of a range of bytes.
  public func location(of range: Range<Int>) -> SourceLocation {
    let start = min(range.lowerBound, bytes.count)
    let newline = UInt8(ascii: "\n")
    let lineStart = bytes[..<start].lastIndex(of: newline).map { $0 + 1 } ?? 0
    var lineEnd = bytes[start...].firstIndex(of: newline) ?? bytes.count
    if lineEnd > lineStart, bytes[lineEnd - 1] == UInt8(ascii: "\r") { lineEnd -= 1 }
    let end = max(start, min(range.upperBound, lineEnd))
    return SourceLocation(
      file: name, line: bytes[..<lineStart].count { $0 == newline } + 1, column: scalars(lineStart, start) + 1,
      length: max(1, scalars(start, end)),
      sourceLine: String(decoding: bytes[lineStart..<max(lineStart, lineEnd)], as: UTF8.self))
  }

  /// How many Unicode scalars begin in these bytes.
  private func scalars(_ start: Int, _ end: Int) -> Int {
    guard start < end else { return 0 }
    return bytes[start..<end].count { $0 & 0xC0 != 0x80 }
  }
}

extension SourceText {
  /// Reads a workflow file. The size is looked at first: a mistaken name may lead to something huge.
  /// - Throws: An `.unreadableFile` diagnostic with the reason.
  public convenience init(reading path: String) throws {
    if let size = FileSystem.size(path), size > JSONParser.largest {
      throw Diagnostic(
        .unreadableFile, "the file has \(size) bytes; a workflow has at most \(JSONParser.largest)", subject: path)
    }
    self.init(name: path, bytes: try AtomicFile.read(path, atMost: JSONParser.largest))
  }
}
