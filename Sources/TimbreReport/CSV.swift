import TimbreCore

/// Comma-separated tables as RFC 4180 quotes them, with plain line feeds as pandas writes them.
public enum CSV {
  /// The text of one field: quoted when it holds a comma, a quote, or a line end.
  public static func field(_ text: String) -> String {
    let special = text.utf8.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
    guard special else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// One line with its end. A line of one empty field is quoted, lest it read as no line at all.
  public static func line(_ fields: [String]) -> String {
    fields == [""] ? "\"\"\n" : fields.map(field).joined(separator: ",") + "\n"
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
    var pending = line(header)
    for row in rows {
      pending += line(row)
      // Bounded memory for long tables.
      if pending.utf8.count > 1 << 18 {
        try file.append(pending)
        pending = ""
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
