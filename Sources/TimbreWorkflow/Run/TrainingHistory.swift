import TimbreCore
import TimbreReport

/// `history.csv`: training, epoch by epoch.
package enum TrainingHistory {
  private static let name = "history.csv"

  /// A model that tells of no epochs leaves no file.
  static func write(_ history: [TrainingRecord], to folder: RunFolder) throws {
    guard let names = history.first?.entries.map(\.name) else { return }
    let lines = history.map { record in [String(record.epoch)] + names.map { record[$0].map { CSV.number($0) } ?? "" } }
    try CSV.write(header: ["epoch"] + names, rows: lines, to: folder.file(name))
  }

  /// What a folder tells of its training; empty where it holds no such file.
  package static func read(_ folder: String) -> [TrainingRecord] {
    guard let bytes = try? AtomicFile.read(folder + "/" + name, atMost: 8 << 20),
      let table = try? CSVTable(String(decoding: bytes, as: UTF8.self), file: name, delimiter: ",")
    else { return [] }
    let names = table.header.map(\.text)
    return table.rows.map { row in
      let values = zip(names, row).compactMap { name, cell in
        name == "epoch" ? nil : Double(cell.text).map { TrainingRecord.Entry(name, $0) }
      }
      let epoch = names.firstIndex(of: "epoch").flatMap { row.indices.contains($0) ? Int(row[$0].text) : nil }
      return TrainingRecord(epoch: epoch ?? 0, epochs: table.rows.count, entries: values)
    }
  }
}
