import TimbreAudio
import TimbreCore

/// Recordings listed in a table.
public struct CSVDataset: DatasetReader {
  public struct Config: PluginConfig {
    public var path = ""
    public var root: String?
    public var delimiter = ","
    public var fileColumn = "file"
    public var labelColumn = "label"
    public var speakerColumn = "speaker"
    public var startColumn = "start"
    public var endColumn = "end"
    public var splitColumn = "split"
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "dataset.csv", summary: "Recordings, or parts of them, listed in a CSV table.", reference: "RFC 4180",
    parameters: [
      .path("path", \.path, "The table: UTF-8, its first line naming the columns."),
      .path("root", \.root, "The folder at which relative files start; null is the table's own."),
      .string("delimiter", \.delimiter, "The character between fields."),
      .string("file_column", \.fileColumn, "The column of the audio files."),
      .string("label_column", \.labelColumn, "The column of the labels."),
      .string("speaker_column", \.speakerColumn, "The column of the speakers; a table may do without it."),
      .string(
        "start_column", \.startColumn, "The column of the seconds at which clips begin; a table may do without it."),
      .string("end_column", \.endColumn, "The column of the seconds at which clips end; a table may do without it."),
      .string("split_column", \.splitColumn, "The column of a given split; a table may do without it."),
    ],
    details: """
      Every further column is an attribute, and so is the split, named after its column. Spaces around a value do not count. \
      A row that cannot be used is rejected with its line and column; a table without one usable row is an error. An optional \
      column that is named otherwise than by default must be there.
      """)

  private let config: Config
  private let delimiter: Unicode.Scalar

  public init(_ config: Config) throws {
    let scalars = Array(config.delimiter.unicodeScalars)
    guard scalars.count == 1, !"\"\r\n".unicodeScalars.contains(scalars[0]) else {
      throw Diagnostic(
        .invalidParameters, "the delimiter must be one character, and neither a quote nor a line end",
        help: "usual are \",\", \";\" and \"\\t\"", subject: "delimiter")
    }
    self.config = config
    delimiter = scalars[0]
  }

  public func clips() throws -> ClipList {
    let table = try CSVTable(reading: config.path, delimiter: delimiter)
    let columns = try CSVColumns(table, config)
    let folder = config.root ?? String(config.path.lastIndex(of: "/").map { config.path[...$0] } ?? "./")
    var clips: [Clip] = []
    var rejected: [Diagnostic] = []
    var firstLine: [String: Int] = [:]
    for row in table.rows {
      do {
        let clip = try columns.clip(row, folder: folder)
        if let line = firstLine[clip.id] {
          throw Diagnostic(
            .badDataset, "the same file and range are already in line \(line)", help: "remove one of the rows",
            location: table.location(row[columns.file]))
        }
        firstLine[clip.id] = row[0].line
        clips.append(clip)
      } catch let diagnostic as Diagnostic {
        rejected.append(diagnostic)
      }
    }
    if clips.isEmpty {
      guard var first = rejected.first else {
        throw Diagnostic(
          .badDataset, "the table has a header but no rows", help: "add a row for each clip", subject: config.path)
      }
      if rejected.count > 1 { first.message += "; the other \(rejected.count - 1) rows cannot be used either" }
      throw first
    }
    return ClipList(
      clips: clips.sorted { $0.id < $1.id }, labels: Set(clips.map(\.label)).sorted(), rejected: rejected)
  }
}

/// Which column holds what.
private struct CSVColumns {
  let table: CSVTable
  let file: Int
  let label: Int
  let speaker: Int?
  let start: Int?
  let end: Int?
  let attributes: [(name: String, index: Int)]

  init(_ table: CSVTable, _ config: CSVDataset.Config) throws {
    self.table = table
    let names = try table.columnNames()
    func find(_ name: String, _ parameter: String, isRequired: Bool) throws -> Int? {
      if let index = names.firstIndex(of: name) { return index }
      guard isRequired else { return nil }
      var help = suggestion(for: name, among: names.filter { !$0.isEmpty }) ?? "add the column"
      help += "; \"\(parameter)\" says which column to use"
      throw Diagnostic(
        .badDataset, "there is no column \"\(name)\"", help: help, location: table.location(table.header[0]))
    }
    let usual = CSVDataset.Config()
    func optional(_ field: KeyPath<CSVDataset.Config, String>, _ parameter: String) throws -> Int? {
      try find(config[keyPath: field], parameter, isRequired: config[keyPath: field] != usual[keyPath: field])
    }
    // A required column is found or has been thrown for.
    file = try find(config.fileColumn, "file_column", isRequired: true) ?? 0
    label = try find(config.labelColumn, "label_column", isRequired: true) ?? 0
    speaker = try optional(\.speakerColumn, "speaker_column")
    start = try optional(\.startColumn, "start_column")
    end = try optional(\.endColumn, "end_column")
    _ = try optional(\.splitColumn, "split_column")
    let taken = [file, label, speaker, start, end]
    attributes = names.enumerated().filter { !$0.element.isEmpty && !taken.contains($0.offset) }.map {
      ($0.element, $0.offset)
    }
  }

  /// - Throws: A diagnostic at the field that makes the row unusable.
  func clip(_ row: [CSVTable.Field], folder: String) throws -> Clip {
    try table.checkWidth(of: row)
    let labelText = row[label].value
    guard !row[file].value.isEmpty else { throw table.bad("the file is missing", "name an audio file", row[file]) }
    guard !labelText.isEmpty else { throw table.bad("the label is missing", "give one, or remove the row", row[label]) }
    let (id, source) = try table.recording(
      file: row[file], start: start.map { row[$0] }, end: end.map { row[$0] }, folder: folder)
    let speakerText = speaker.map { row[$0].value }
    return Clip(
      id: id, source: source, label: labelText, speaker: speakerText?.isEmpty == false ? speakerText : nil,
      attributes: attributes.map { ($0.name, row[$0.index].value) })
  }
}
