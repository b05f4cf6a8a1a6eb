/// A table in RFC 4180 form, with the place of every field.
public struct CSVTable: Sendable {
  public struct Field: Sendable {
    public var text: String
    /// From 1; the column counts Unicode scalars.
    public var line: Int
    public var column: Int
    public var length: Int
  }

  public let file: String
  public let header: [Field]
  /// Rows without an empty line; a row may have another number of fields than the header.
  public let rows: [[Field]]
  private let lines: [String]

  /// Reads quotes, line ends within quotes, CRLF, LF and CR, and a byte-order mark.
  /// - Throws: `.badDataset` for a quote that is never closed, for text after a closing quote, and for a table without a header.
  public init(_ text: String, file: String, delimiter: Unicode.Scalar) throws {
    var scalars = Array(text.unicodeScalars)
    if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
    self.file = file
    let lines = Self.lines(of: scalars)
    self.lines = lines
    var reader = CSVReader(scalars: scalars, delimiter: delimiter)
    do {
      var records: [[Field]] = []
      while let record = try reader.record() { records.append(record) }
      guard let first = records.first else {
        throw Diagnostic(.badDataset, "the table is empty", help: "its first line names the columns", subject: file)
      }
      header = first
      rows = Array(records.dropFirst())
    } catch let problem as CSVReader.Problem {
      throw Diagnostic(
        .badDataset, problem.message, help: problem.help, location: Self.location(problem.field, in: lines, file: file))
    }
  }

  /// The fields of one column, by its name; empty where a row ends before it. nil where there is no such column.
  public func column(_ name: String) -> [String]? {
    guard let index = header.firstIndex(where: { $0.text == name }) else { return nil }
    return rows.map { $0.indices.contains(index) ? $0[index].text : "" }
  }

  public func location(_ field: Field) -> SourceLocation { Self.location(field, in: lines, file: file) }

  private static func location(_ field: Field, in lines: [String], file: String) -> SourceLocation {
    SourceLocation(
      file: file, line: field.line, column: field.column, length: max(1, field.length),
      sourceLine: field.line <= lines.count ? lines[field.line - 1] : "")
  }

  private static func lines(of scalars: [Unicode.Scalar]) -> [String] {
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    var previous: Unicode.Scalar = " "
    for scalar in scalars {
      if scalar == "\n" && previous == "\r" {
        previous = scalar
        continue
      }
      if scalar == "\n" || scalar == "\r" {
        lines.append(String(line))
        line = String.UnicodeScalarView()
      } else {
        line.append(scalar)
      }
      previous = scalar
    }
    lines.append(String(line))
    return lines
  }
}

/// Goes through the text of a table once.
private struct CSVReader {
  struct Problem: Error {
    var message: String
    var help: String
    var field: CSVTable.Field
  }

  let scalars: [Unicode.Scalar]
  let delimiter: Unicode.Scalar
  var position = 0
  var line = 1
  var lineStart = 0

  init(scalars: [Unicode.Scalar], delimiter: Unicode.Scalar) {
    self.scalars = scalars
    self.delimiter = delimiter
  }

  /// The fields of the next line that is not empty; nil at the end.
  mutating func record() throws -> [CSVTable.Field]? {
    while position < scalars.count, atLineEnd { endLine() }
    guard position < scalars.count else { return nil }
    var fields = [try field()]
    while position < scalars.count, scalars[position] == delimiter {
      position += 1
      fields.append(try field())
    }
    if position < scalars.count { endLine() }
    return fields
  }

  private var atLineEnd: Bool { scalars[position] == "\n" || scalars[position] == "\r" }

  private mutating func endLine() {
    if scalars[position] == "\r", position + 1 < scalars.count, scalars[position + 1] == "\n" { position += 1 }
    position += 1
    line += 1
    lineStart = position
  }

  private mutating func field() throws -> CSVTable.Field {
    var field = CSVTable.Field(text: "", line: line, column: position - lineStart + 1, length: 0)
    var text = String.UnicodeScalarView()
    if position < scalars.count, scalars[position] == "\"" {
      text = try quoted(field)
    } else {
      while position < scalars.count, scalars[position] != delimiter, !atLineEnd {
        text.append(scalars[position])
        position += 1
      }
    }
    field.text = String(text)
    field.length = line == field.line ? position - lineStart + 1 - field.column : 1
    return field
  }

  private mutating func quoted(_ field: CSVTable.Field) throws -> String.UnicodeScalarView {
    var text = String.UnicodeScalarView()
    position += 1
    var isClosed = false
    while position < scalars.count, !isClosed {
      let scalar = scalars[position]
      if atLineEnd {
        endLine()
        text.append("\n")
        continue
      }
      position += 1
      if scalar != "\"" {
        text.append(scalar)
      } else if position < scalars.count, scalars[position] == "\"" {
        text.append(scalar)
        position += 1
      } else {
        isClosed = true
      }
    }
    guard isClosed else {
      throw Problem(
        message: "this quote is never closed", help: "end the field with \", and write a quote within it as \"\"",
        field: field)
    }
    if position < scalars.count, scalars[position] != delimiter, !atLineEnd {
      let place = CSVTable.Field(text: "", line: line, column: position - lineStart + 1, length: 1)
      throw Problem(
        message: "text follows the closing quote of a field", help: "write a quote within a field as \"\"", field: place
      )
    }
    return text
  }
}
