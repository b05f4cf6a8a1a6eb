import TimbreCore

/// Comma-separated tables as RFC 4180 quotes them, with plain line feeds as pandas writes them.
public enum CSV {
  /// The text of one field: quoted when it holds a comma, a quote, or a line end.
  public static func field(_ text: String) -> String {
    guard text.utf8.contains(where: isSpecial) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// One line with its end. A line of one empty field is quoted, lest it read as no line at all.
  public static func line(_ fields: [String]) -> String {
    fields == [""] ? "\"\"\n" : fields.map(field).joined(separator: ",") + "\n"
  }

  private static func isSpecial(_ byte: UInt8) -> Bool { byte == 0x2C || byte == 0x22 || byte == 0x0A || byte == 0x0D }

  /// The same line as bytes: of a long table, texts put together one by one would take most of the time.
  private static func append(_ fields: [String], to bytes: inout [UInt8]) {
    if fields == [""] { return bytes += line(fields).utf8 }
    for (index, text) in fields.enumerated() {
      if index > 0 { bytes.append(0x2C) }
      let start = bytes.count
      bytes += text.utf8
      // What has to be quoted is rare.
      guard bytes[start...].contains(where: isSpecial) else { continue }
      bytes.removeSubrange(start...)
      bytes += field(text).utf8
    }
    bytes.append(0x0A)
  }

  /// The shortest text that reads back as the same number.
  public static func number(_ value: Float) -> String { value.description }
  public static func number(_ value: Double) -> String { value.description }

  public static func text(header: [String], rows: [[String]]) -> String {
    line(header) + rows.map(line).joined()
  }

  /// - Throws: An `.unwritableFile` diagnostic.
  public static func write(header: [String], rows: some Sequence<[String]>, to path: String) throws {
    let file = try AtomicFile(path)
    var pending: [UInt8] = []
    append(header, to: &pending)
    for row in rows {
      append(row, to: &pending)
      // Bounded memory for long tables.
      if pending.count > 1 << 18 {
        try file.append(pending)
        pending.removeAll(keepingCapacity: true)
      }
    }
    try file.append(pending)
    try file.commit()
  }

  /// A matrix with names for its columns and, where given, a first column that names its rows.
  public static func write(
    _ matrix: Matrix, columns: [String], rowNames: (header: String, names: [String])? = nil, to path: String
  ) throws {
    let rows = (0..<matrix.rows).lazy.map { row in
      (rowNames.map { [$0.names[row]] } ?? []) + matrix.row(row).map(number)
    }
    try write(header: (rowNames.map { [$0.header] } ?? []) + columns, rows: rows, to: path)
  }
}
