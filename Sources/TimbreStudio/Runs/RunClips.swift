import Foundation
import HTTPTypes
import Synchronization
import TimbreCore
import TimbreReport
import TimbreWorkflow

/// The rows of a run, from its `clips.csv` and `predictions.csv`.
struct RunClips: Sendable {
  struct Row: Sendable {
    /// In `vectors.npy`; nil for a clip that failed or a file that was passed over.
    var index: Int?
    /// As clients know it: without paths of this machine.
    var id: String
    /// The clip's own.
    var source: String
    /// On this machine.
    var file: String
    /// As clients know it.
    var place: String
    var label: String
    var speaker: String
    var split: String
    var view: String
    var drawn: String
    var status: String
    var reason: String
    var contentHash: String
    var fold: String?
    var predicted: String?
    /// In the order of `classes`.
    var probabilities: [Float] = []

    var isRight: Bool? { predicted.map { $0 == label } }
  }

  /// For what is told of them.
  let redaction: Redaction
  var rows: [Row] = []
  var classes: [String] = []
  /// Names of views in the order of the rows.
  var views: [String] = []

  /// Tables beyond this are not shown.
  static let mostBytes = 96 << 20

  /// - Throws: A `Refusal` where the run has no clips yet, or its tables are too large.
  init(reading path: String, _ redaction: Redaction) throws {
    guard let clips = try Self.table("clips.csv", in: path) else {
      throw Refusal.notFound("this run has no clips", help: "it has not come so far, or it is an experiment")
    }
    func column(_ name: String) -> [String] { clips.column(name) ?? [String](repeating: "", count: clips.rows.count) }
    let names = ["row", "id", "file", "label", "speaker", "split", "view", "drawn", "status", "reason", "content_hash"]
    let columns = names.map(column)
    let redaction = redaction.adding(Self.folder(of: columns[1]).map { [$0] } ?? [])
    self.redaction = redaction
    let ids = Self.names(of: columns[1], redaction)
    var places: [Int: Int] = [:]
    rows.reserveCapacity(clips.rows.count)
    for line in clips.rows.indices {
      let cells = columns.map { $0[line] }
      let row = Row(
        index: Int(cells[0]), id: ids[cells[1]] ?? cells[1], source: cells[1], file: cells[2],
        place: redaction.text(cells[2]), label: cells[3], speaker: cells[4], split: cells[5], view: cells[6],
        drawn: redaction.text(cells[7]), status: cells[8],
        reason: redaction.text(cells[9]), contentHash: cells[10])
      if let index = row.index { places[index] = rows.count }
      if !row.view.isEmpty, !views.contains(row.view) { views.append(row.view) }
      rows.append(row)
    }
    guard let said = try Self.table("predictions.csv", in: path), let lines = said.column("row"),
      let predicted = said.column("predicted")
    else { return }
    let shares = said.header.indices.filter { said.header[$0].text.hasPrefix("p_") }
    classes = shares.map { String(said.header[$0].text.dropFirst(2)) }
    let fold = said.column("fold")
    for line in said.rows.indices {
      guard let place = Int(lines[line]).flatMap({ places[$0] }) else { continue }
      rows[place].predicted = predicted[line]
      rows[place].fold = fold?[line]
      rows[place].probabilities = shares.map { column in
        said.rows[line].indices.contains(column) ? Float(said.rows[line][column].text) ?? .nan : .nan
      }
    }
  }

  /// The folder that holds all clips whose ids are paths of this machine, as a table of files may name them.
  static func folder(of ids: [String]) -> Redaction.Place? {
    var common: ArraySlice<Substring>?
    for id in ids where id.hasPrefix("/") {
      let folders = id.split(separator: "/").dropLast()
      common = common.map { $0.prefix(zip($0, folders).prefix { $0 == $1 }.count) } ?? folders
    }
    guard let common, !common.isEmpty else { return nil }
    return .init("/" + common.joined(separator: "/"), "${FILES}")
  }

  /// What clients call those clips.
  static func names(of ids: [String], _ redaction: Redaction) -> [String: String] {
    var names: [String: String] = [:]
    var taken = Set(ids)
    for path in Set(ids.filter { $0.hasPrefix("/") }).sorted() {
      let short = redaction.text(path)
      // Two that differ only in what is left out are told apart by a number.
      var name = short
      var number = 2
      while !taken.insert(name).inserted {
        name = "\(short) (\(number))"
        number += 1
      }
      names[path] = name
    }
    return names
  }

  private static func table(_ name: String, in path: String) throws -> CSVTable? {
    let file = path + "/" + name
    guard let size = FileSystem.size(file) else { return nil }
    guard size <= mostBytes else {
      throw Refusal(
        .unprocessableContent, "\(name) has \(size >> 20) MiB, too much to be shown",
        help: "download it among the files of the run", kind: "too_large")
    }
    return try CSVTable(String(decoding: try AtomicFile.read(file), as: UTF8.self), file: name, delimiter: ",")
  }

  /// Which rows are asked for.
  struct Wish: Sendable {
    enum Outcome: String, CaseIterable { case right, wrong, tested }

    var label: String?
    var predicted: String?
    var split: String?
    var view: String?
    var speaker: String?
    var search: String?
    var outcome: Outcome?

    init() {}

    init(_ query: Query) throws {
      label = query["label"]
      predicted = query["predicted"]
      split = query["split"]
      view = query["view"]
      speaker = query["speaker"]
      search = query["search"]
      outcome = try query.choice("outcome", of: Outcome.self)
    }

    var values: [(String, String?)] {
      [
        ("label", label), ("predicted", predicted), ("split", split), ("view", view), ("speaker", speaker),
        ("search", search), ("outcome", outcome?.rawValue),
      ]
    }

    func takes(_ row: Row) -> Bool {
      func matches(_ wanted: String?, _ value: String?) -> Bool { wanted == nil || wanted == value }
      return matches(label, row.label) && matches(predicted, row.predicted) && matches(split, row.split)
        && matches(view, row.view) && matches(speaker, row.speaker)
        && (search.map { row.id.localizedCaseInsensitiveContains($0) } ?? true)
        && (outcome.map { $0 == .tested ? row.predicted != nil : row.isRight == ($0 == .right) } ?? true)
    }
  }

  func rows(_ wish: Wish) -> [Row] { rows.filter(wish.takes) }

  func json(_ row: Row) -> JSONValue {
    func text(_ value: String) -> JSONValue { value.isEmpty ? .null : .string(value) }
    return [
      "row": row.index.map { .int($0) } ?? .null, "id": text(row.id), "view": text(row.view),
      "label": text(row.label), "predicted": row.predicted.map { .string($0) } ?? .null,
      "correct": row.isRight.map { .bool($0) } ?? .null,
      "probabilities": row.probabilities.count == classes.count && !classes.isEmpty
        ? .object(
          zip(classes, row.probabilities).map { .init($0, .number(Double("\($1)") ?? Double($1))) }) : .null,
      "speaker": text(row.speaker), "split": text(row.split), "fold": row.fold.map(text) ?? .null,
      "drawn": text(row.drawn), "status": text(row.status), "reason": text(row.reason),
    ]
  }
}

/// The tables of the runs that were looked at last.
final class RunTables: Sendable {
  private struct Entry {
    var path: String
    var stamp: String
    var clips: RunClips
  }

  private let entries = Mutex([Entry]())

  func clips(of path: String, _ redaction: Redaction) throws -> RunClips {
    let stamp = ["clips.csv", "predictions.csv"].map { FileSystem.changed(path + "/" + $0) }.joined(separator: " ")
    let known = entries.withLock { entries in entries.first { $0.path == path && $0.stamp == stamp }?.clips }
    if let known { return known }
    let clips = try RunClips(reading: path, redaction)
    entries.withLock { entries in
      entries.removeAll { $0.path == path }
      entries.append(Entry(path: path, stamp: stamp, clips: clips))
      // Large ones alone, small ones together.
      while entries.count > 1, entries.count > 6 || entries.map(\.clips.rows.count).reduce(0, +) > 200_000 {
        entries.removeFirst()
      }
    }
    return clips
  }
}
