import TimbreAudio
import TimbreCore

/// A database in audformat, or one table in its form.
public struct Audformat: DatasetReader {
  public struct Config: PluginConfig {
    public var path = ""
    public var tables: [String]?
    public var labelColumn = "emotion"
    public var speakerColumn = "speaker"
    public var labels = LabelNames.original
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "dataset.audformat", summary: "A database in audformat: a folder of CSV tables, or one such table.",
    reference: "audformat 1.3: https://audeering.github.io/audformat",
    parameters: [
      .path("path", \.path, "The folder of the database, or one table of it."),
      .value(
        "tables", \.tables, "Tables to take clips from, such as emotion for db.emotion.csv; null is all with labels."),
      .string("label_column", \.labelColumn, "The column of the labels."),
      .string(
        "speaker_column", \.speakerColumn, "The column of the speakers, in any table; a database may do without it."),
      .choice("labels", \.labels, LabelNames.summary),
    ],
    details: """
      Tables are db.NAME.csv with the index columns file, or file, start and end, where start and end are seconds or durations \
      as pandas writes them (0 days 00:00:01.5). Clips are the rows that have a label; a clip in several tables is one clip, \
      and a row that gives it another label is rejected. What other tables say about the file, and tables about something else say \
      (age and gender of a speaker), are attributes, named in lower snake case. Where a table's name has a part train, dev or \
      test, that is the attribute split. A single table may hold further columns, such as speaker. Only CSV is read: \
      audformat writes it with storage_format="csv".
      """)

  private let config: Config

  public init(_ config: Config) throws { self.config = config }

  public func clips() throws -> ClipList {
    let database = try AudformatTables(config.path)
    let labelled = try self.labelled(in: database)
    var clips: [String: Clip] = [:]
    var places: [String: (file: String, line: Int)] = [:]
    var rejected: [Diagnostic] = []
    for table in labelled {
      for row in table.csv.rows {
        do {
          var clip = try clip(row, of: table, in: database)
          if let first = clips[clip.id], let place = places[clip.id] {
            let other = "line \(place.line) of \(place.file)"
            guard first.label == clip.label else {
              throw table.csv.bad(
                "the label \"\(clip.label)\", but \(other) says \"\(first.label)\"",
                "correct one of them, or name one table",
                row[table.column(config.labelColumn) ?? 0])
            }
            guard place.file != table.csv.file else {
              throw table.csv.bad("the same file and range are already in \(other)", "remove one of the rows", row[0])
            }
            clip.attributes = zip(first.attributes, clip.attributes).map { $0.value.isEmpty ? $1 : $0 }
          } else {
            places[clip.id] = (table.csv.file, row[0].line)
          }
          clips[clip.id] = clip
        } catch let diagnostic as Diagnostic {
          rejected.append(diagnostic)
        }
      }
    }
    if clips.isEmpty {
      guard var first = rejected.first else {
        throw Diagnostic(
          .badDataset, "the tables have a header but no rows", help: "add a row for each clip", subject: config.path)
      }
      if rejected.count > 1 { first.message += "; the other \(rejected.count - 1) rows cannot be used either" }
      throw first
    }
    let found = Set(clips.values.map(\.label))
    return ClipList(
      clips: clips.values.sorted { $0.id < $1.id },
      labels: config.labels == .common ? config.labels.names(of: found.sorted()) : found.sorted(), rejected: rejected)
  }

  /// The tables to take clips from.
  private func labelled(in database: AudformatTables) throws -> [AudformatTable] {
    let media = database.tables.filter(\.isMedia)
    let chosen = try config.tables.map { names in
      try names.map { name in
        if let table = media.first(where: { $0.name == name }) { return table }
        throw Diagnostic(
          .badDataset, "there is no table \"\(name)\" of files",
          help: suggestion(for: name, among: media.map(\.name)) ?? "tables of files are \(listed(media.map(\.name)))",
          subject: config.path)
      }
    }
    let labelled = (chosen ?? media).filter { $0.column(config.labelColumn) != nil }
    guard labelled.isEmpty else { return labelled }
    let columns = Set((chosen ?? media).flatMap(\.columns).map(\.name)).sorted()
    let help = suggestion(for: config.labelColumn, among: columns) ?? "columns are \(listed(columns))"
    throw Diagnostic(
      .badDataset, "no table of files has the column \"\(config.labelColumn)\"",
      help: help + "; \"label_column\" says which to use", subject: config.path)
  }

  private func listed(_ names: [String]) -> String { names.isEmpty ? "not there" : names.joined(separator: ", ") }

  private func clip(_ row: [CSVTable.Field], of table: AudformatTable, in database: AudformatTables) throws -> Clip {
    try table.csv.checkWidth(of: row)
    var (id, source) = try table.csv.recording(
      file: row[0], start: table.isSegmented ? row[1] : nil, end: table.isSegmented ? row[2] : nil,
      folder: database.folder)
    // A range from 0 to nowhere is the file, which other tables may name without a range.
    if case .file(let path, 0, nil) = source { (id, source) = (String(id.dropLast(3)), .file(path)) }
    let field = row[table.column(config.labelColumn) ?? 0]
    guard !field.value.isEmpty else {
      throw table.csv.bad("the label is missing", "give one, or remove the row", field)
    }
    guard let label = config.labels.name(of: field.value) else {
      throw table.csv.bad(
        "no common name for \"\(field.value)\"", "\"labels\": \"original\" takes labels as they are", field)
    }
    let values = database.values(of: row, in: table)
    let speaker = values[config.speakerColumn] ?? ""
    let taken = [config.labelColumn, config.speakerColumn]
    return Clip(
      id: id, source: source, label: label, speaker: speaker.isEmpty ? nil : speaker,
      attributes: database.attributes.filter { !taken.contains($0.column) }.map { ($0.name, values[$0.column] ?? "") })
  }
}
