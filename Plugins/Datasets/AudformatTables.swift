import Foundation
import TimbreAudio
import TimbreCore

/// One table of a database in audformat.
struct AudformatTable {
  /// `emotion` for db.emotion.csv.
  let name: String
  let csv: CSVTable
  /// Without the index.
  let columns: [(name: String, index: Int)]
  /// Whether its rows are about files, or parts of them.
  let isMedia: Bool
  let isSegmented: Bool

  init(_ path: String, name: String) throws {
    self.name = name
    csv = try CSVTable(reading: path)
    let names = try csv.columnNames()
    isMedia = names[0] == "file"
    isSegmented = isMedia && names.dropFirst().starts(with: ["start", "end"])
    let indexed = isSegmented ? 3 : 1
    columns = names.enumerated().dropFirst(indexed).filter { !$0.element.isEmpty }.map { ($0.element, $0.offset) }
  }

  func column(_ name: String) -> Int? { columns.first { $0.name == name }?.index }

  /// train, dev or test, where the name says so.
  var split: String? {
    name.split(separator: ".").map(String.init).first { ["train", "dev", "test", "validation"].contains($0) }
  }
}

/// All tables of a database, and what they say together.
struct AudformatTables {
  /// Where relative files start.
  let folder: String
  /// By name.
  let tables: [AudformatTable]
  /// Every column of any table, with the name it has as an attribute.
  let attributes: [(name: String, column: String)]
  /// By a table's name and the index of a row, the row.
  private let rows: [String: [String: [CSVTable.Field]]]

  /// - Parameter path: A folder with tables called db.NAME.csv, or one table.
  init(_ path: String) throws {
    func bad(_ message: String, _ help: String) -> Diagnostic {
      Diagnostic(.badDataset, message, help: help, subject: path.isEmpty ? nil : path)
    }
    let wanted = "looked for a folder with tables called db.NAME.csv, or for one table"
    guard let isFolder = AudioFiles.kind(of: path) else {
      throw bad(
        path.isEmpty ? "the path of the dataset is empty" : "no such file or folder", "check \"path\"; " + wanted)
    }
    if isFolder {
      folder = path
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
        throw bad("this folder cannot be read", "check its owner and mode")
      }
      let found = names.filter { $0.hasPrefix("db.") && $0.hasSuffix(".csv") && $0.count > 7 }.sorted()
      if found.isEmpty {
        let others = names.contains { $0.hasPrefix("db.") && ($0.hasSuffix(".parquet") || $0.hasSuffix(".pkl")) }
        throw bad(
          "no table called db.NAME.csv in this folder",
          others ? "write its tables as CSV: db.save(folder, storage_format=\"csv\")" : wanted)
      }
      tables = try found.map {
        try AudformatTable(AudioFiles.joined(path, $0), name: String($0.dropFirst(3).dropLast(4)))
      }
    } else {
      folder = String(path.lastIndex(of: "/").map { path[...$0] } ?? "./")
      let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
      let table = try AudformatTable(path, name: name.hasPrefix("db.") ? String(name.dropFirst(3)) : name)
      guard table.isMedia else {
        throw bad("the first column is \"\(table.csv.header[0].value)\", not \"file\"", "audformat's index comes first")
      }
      tables = [table]
    }
    var attributes: [(name: String, column: String)] = []
    for column in tables.flatMap(\.columns).map(\.name) + (tables.contains { $0.split != nil } ? ["split"] : []) {
      let name = snakeCase(column)
      if !name.isEmpty, !attributes.contains(where: { $0.name == name }) { attributes.append((name, column)) }
    }
    self.attributes = attributes
    rows = Dictionary(
      uniqueKeysWithValues: tables.map { table in
        let rows = table.csv.rows.filter { $0.count == table.csv.header.count }
        return (table.name, Dictionary(rows.map { (Self.key($0, table.isSegmented), $0) }) { first, _ in first })
      })
  }

  /// What all tables say about a row's clip: those of its very range, of its file, and of anything it names.
  func values(of row: [CSVTable.Field], in table: AudformatTable) -> [String: String] {
    var values: [String: String] = [:]
    func add(_ row: [CSVTable.Field], of table: AudformatTable) {
      for (name, index) in table.columns where values[name, default: ""].isEmpty { values[name] = row[index].value }
      if table.isMedia, let split = table.split, values["split", default: ""].isEmpty { values["split"] = split }
    }
    add(row, of: table)
    for other in tables where other.isMedia && other.name != table.name {
      if other.isSegmented && !table.isSegmented { continue }
      if let row = rows[other.name]?[Self.key(row, other.isSegmented)] { add(row, of: other) }
    }
    for other in tables where !other.isMedia {
      guard let value = values[other.csv.header[0].value], let row = rows[other.name]?[value] else { continue }
      add(row, of: other)
    }
    return values
  }

  private static func key(_ row: [CSVTable.Field], _ isSegmented: Bool) -> String {
    isSegmented ? row[...2].map(\.value).joined(separator: "\n") : row[0].value
  }
}

/// Small letters, digits, and single underscores between them.
private func snakeCase(_ text: String) -> String {
  let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.joined(separator: "_")
  return words.first?.isNumber == true ? "column_" + words : words
}
