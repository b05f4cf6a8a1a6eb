import Foundation
import TimbreAudio
import TimbreCore

/// What readers of tables share: reading the file, and finding the recordings that its rows name.
extension CSVTable {
  /// - Throws: `.badDataset` for what is not a table of UTF-8 text.
  init(reading path: String, delimiter: Unicode.Scalar = ",") throws {
    func unreadable(_ message: String, _ help: String) -> Diagnostic {
      Diagnostic(.badDataset, message, help: help + "; looked for a CSV table", subject: path)
    }
    guard let isFolder = AudioFiles.kind(of: path) else { throw unreadable("no such file", "check \"path\"") }
    if isFolder { throw unreadable("this is a folder, not a table", "name a file in it") }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw unreadable("this file cannot be read", "check its owner and mode")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw unreadable("this file is not UTF-8 text", "save the table as \"CSV UTF-8\"")
    }
    try self.init(text, file: path, delimiter: delimiter)
  }

  /// The names of the columns.
  /// - Throws: `.badDataset` where one is there twice.
  func columnNames() throws -> [String] {
    let names = header.map(\.value)
    for (index, name) in names.enumerated() where !name.isEmpty && names[..<index].contains(name) {
      throw bad("the column \"\(name)\" is there twice", "rename one of them", header[index])
    }
    return names
  }

  /// - Throws: `.badDataset` where a row has more or fewer fields than the header.
  func checkWidth(of row: [Field]) throws {
    guard row.count != header.count else { return }
    let place = row.count > header.count ? row[header.count] : row[row.count - 1]
    throw bad(
      "\(row.count) field\(row.count == 1 ? "" : "s"), but the header has \(header.count)",
      "a field that holds the delimiter needs quotes around it", place)
  }

  /// The recording, or the part of one, that a row names.
  ///
  /// - Returns: An id that is the same on every machine, and where the audio is.
  /// - Throws: A diagnostic at the field that makes the row unusable.
  func recording(file: Field, start: Field?, end: Field?, folder: String) throws -> (id: String, source: AudioSource) {
    let name = file.value
    guard !name.isEmpty else { throw bad("the file is missing", "name an audio file", file) }
    let from = try start.flatMap(seconds)
    let to = try end.flatMap(seconds)
    if let to, let end, to <= from ?? 0 {
      throw bad(
        "the clip ends at \(short(to)) s and begins at \(short(from ?? 0)) s", "the end must be after the start", end)
    }
    let path = name.hasPrefix("/") ? name : AudioFiles.joined(folder, name)
    switch AudioFiles.kind(of: path) {
    case nil: throw bad("no such file: \(path)", "relative files start at \(folder)", file)
    case true?: throw bad("this is a folder, not a file: \(path)", "name an audio file in it", file)
    case false?: break
    }
    var id = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
    let root = folder.hasSuffix("/") ? folder : folder + "/"
    if id.hasPrefix(root) { id = String(id.dropFirst(root.count)) }
    if from != nil || to != nil { id += "@\(short(from ?? 0))-\(to.map(short) ?? "")" }
    return (id, .file(path: path, start: from, end: to))
  }

  func bad(_ message: String, _ help: String, _ field: Field) -> Diagnostic {
    Diagnostic(.badDataset, message, help: help, location: location(field))
  }

  /// A number of seconds, or a duration as pandas writes it; nil where there is none.
  private func seconds(_ field: Field) throws -> Double? {
    let text = field.value
    if text.isEmpty || text == "NaT" { return nil }
    guard let number = Double(text) ?? pandasSeconds(text), number.isFinite else {
      throw bad("\"\(text)\" is not a number", "write seconds like 1.25", field)
    }
    guard number >= 0 else {
      throw bad("\(short(number)) s is before the beginning of the file", "give at least 0", field)
    }
    return number
  }
}

extension CSVTable.Field {
  /// The text without the spaces around it.
  var value: String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
}

/// "0 days", "0 days 00:00:01.25", or "00:00:01.25" in seconds; nil for anything else.
private func pandasSeconds(_ text: String) -> Double? {
  var words = text.split(separator: " ")
  var total = 0.0
  if words.count >= 2, words[1] == "days" || words[1] == "day" {
    guard let days = Int(words[0]), (0...100_000).contains(days) else { return nil }
    total = Double(days) * 86_400
    words.removeFirst(2)
    if words.isEmpty { return total }
  }
  guard words.count == 1 else { return nil }
  let parts = words[0].split(separator: ":", omittingEmptySubsequences: false)
  guard parts.count == 3, let hours = Int(parts[0]), let minutes = Int(parts[1]), let seconds = Double(parts[2]),
    (0..<24).contains(hours), (0..<60).contains(minutes), (0..<60).contains(seconds)
  else { return nil }
  return total + Double(hours * 3_600 + minutes * 60) + seconds
}
