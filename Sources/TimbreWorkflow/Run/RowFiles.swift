import TimbreCore
import TimbreReport

/// A run's rows as files, before scaling.
extension Rows {
  static let vectorsName = "features/vectors.npy"
  static let sequencesName = "features/sequences.npy"
  static let lengthsName = "features/lengths.csv"

  /// `vectors.npy`, rows × columns; or `sequences.npy`, rows × bins × frames with NaN beyond a row's end, and `lengths.csv`.
  func write(to folder: RunFolder, available: [Int]) throws {
    guard case .sequence(let frames, let bins) = shape else {
      return try NPY.write(matrix, to: folder.file(Self.vectorsName))
    }
    // Bins × frames, as librosa orders a feature.
    try NPY.write(
      shape: [count, bins, frames], to: folder.file(Self.sequencesName),
      parts: (0..<count).lazy.map { shape.binsByFrames(row($0), length: lengths[$0]) })
    let lines = lengths.indices.lazy.map { [String($0), String(lengths[$0]), String(available[$0])] }
    try CSV.write(header: ["row", "frames", "frames_before_cropping"], rows: lines, to: folder.file(Self.lengthsName))
  }

  /// The rows of a run folder.
  /// - Throws: A diagnostic where there are none, or their files do not fit together.
  static func read(from path: String) throws -> Rows {
    func bad(_ message: String) -> Diagnostic { Diagnostic(.badRun, message, help: "run it again", subject: path) }
    guard FileSystem.exists(path + "/" + sequencesName) else {
      let array = try NPY.read(path + "/" + vectorsName)
      guard array.shape.count == 2 else { throw bad("\(vectorsName) is no table") }
      return Rows(Matrix(rows: array.shape[0], columns: array.shape[1], values: array.values))
    }
    let array = try NPY.read(path + "/" + sequencesName)
    let file = path + "/" + lengthsName
    let table = try CSVTable(String(decoding: try AtomicFile.read(file), as: UTF8.self), file: file, delimiter: ",")
    guard array.shape.count == 3, let lengths = table.column("frames")?.compactMap({ Int($0) }),
      lengths.count == array.shape[0], lengths.allSatisfy({ $0 > 0 && $0 <= array.shape[2] })
    else { throw bad("\(sequencesName) and \(lengthsName) do not fit together") }
    let (bins, frames) = (array.shape[1], array.shape[2])
    var values = [Float](repeating: 0, count: array.values.count)
    for (row, length) in lengths.enumerated() {
      let start = row * frames * bins
      for frame in 0..<length {
        for bin in 0..<bins { values[start + frame * bins + bin] = array.values[start + bin * frames + frame] }
      }
    }
    return Rows(.sequence(frames: frames, bins: bins), values: values, rows: lengths.count, lengths: lengths)
  }
}
