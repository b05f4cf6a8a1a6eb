import TimbreCore
import TimbreReport
import TimbreWorkflow

/// A workflow's rows of some files, to be written as one array or table. Those of files that failed are NaN and keep their places.
struct ExtractedRows {
  let files: [String]
  let columns: [String]
  let shape: RowShape
  /// nil for a file that failed.
  let rows: [Row?]

  /// Files × columns, or files × bins × frames with NaN beyond the end of a sequence.
  func writeArray(to path: String) throws {
    guard case .sequence(let frames, let bins) = shape else { return try NPY.write(vectors, to: path) }
    try NPY.write(
      shape: [rows.count, bins, frames], to: path,
      parts: rows.lazy.map { shape.binsByFrames($0?.values ?? [], length: $0?.length ?? 0) })
  }

  /// One line a file, or one line for each of its frames.
  func writeTable(to path: String) throws {
    guard case .sequence(_, let bins) = shape else {
      return try CSV.write(vectors, columns: columns, rowNames: (header: "file", names: files), to: path)
    }
    var lines: [[String]] = []
    for (file, row) in zip(files, rows) {
      guard let row else { continue }
      for frame in 0..<row.length {
        let numbers = row.values[frame * bins..<(frame + 1) * bins].map { CSV.number($0) }
        lines.append([file, String(frame)] + numbers)
      }
    }
    try CSV.write(header: ["file", "frame"] + columns, rows: lines, to: path)
  }

  private var vectors: Matrix {
    let blank = [Float](repeating: .nan, count: shape.count)
    return Matrix(rows: rows.count, columns: shape.count, values: rows.flatMap { $0?.values ?? blank })
  }
}
