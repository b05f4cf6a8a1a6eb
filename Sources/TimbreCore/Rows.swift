/// What one row of a classifier's input is.
public enum RowShape: Sendable, Hashable {
  /// Numbers in no order.
  case vector(columns: Int)
  /// Frames in the order of time, each of so many bins; a row may end earlier.
  case sequence(frames: Int, bins: Int)

  public var isSequence: Bool { if case .sequence = self { true } else { false } }

  /// Numbers of a row.
  public var count: Int {
    switch self {
    case .vector(let columns): columns
    case .sequence(let frames, let bins): frames * bins
    }
  }

  /// Numbers that mean the same thing in every row and frame: a vector's columns, a sequence's bins.
  public var columns: Int {
    switch self {
    case .vector(let columns): columns
    case .sequence(_, let bins): bins
    }
  }

  /// A sequence's numbers row-major, bins × frames, as librosa orders a feature, with NaN from `length` on.
  public func binsByFrames(_ row: some RandomAccessCollection<Float>, length: Int) -> [Float] {
    let (bins, frames) = (columns, count / max(1, columns))
    var turned = [Float](repeating: .nan, count: count)
    for (index, value) in row.prefix(length * bins).enumerated() {
      turned[index % bins * frames + index / bins] = value
    }
    return turned
  }

  /// The columns of a vector, for a classifier that reads nothing else.
  ///
  /// - Parameter classifier: Its id.
  /// - Throws: A `Diagnostic` for sequences.
  public func columns(of classifier: String) throws -> Int {
    if case .vector(let columns) = self { return columns }
    throw Diagnostic(
      .badInput, "\(classifier) reads vectors, not sequences",
      help: "use \"vector\" in place of \"sequence\", or classifier.conv1d")
  }
}

/// Rows as a classifier reads them.
public struct Rows: Sendable, Hashable {
  public let shape: RowShape
  /// One row after the other; of a sequence frame after frame, all bins of each. Beyond a row's last frame are zeros.
  public private(set) var matrix: Matrix
  /// How many frames each row has, at least 1; empty for vectors.
  public let lengths: [Int]

  /// Vectors.
  public init(_ matrix: Matrix) {
    shape = .vector(columns: matrix.columns)
    self.matrix = matrix
    lengths = []
  }

  /// - Parameter lengths: One a row for sequences, none for vectors.
  public init(_ shape: RowShape, values: [Float], rows: Int, lengths: [Int] = []) {
    if case .sequence(let frames, _) = shape {
      precondition(lengths.count == rows && lengths.allSatisfy { (1...frames).contains($0) }, "a length for each row")
    }
    self.shape = shape
    matrix = Matrix(rows: rows, columns: shape.count, values: values)
    self.lengths = lengths
  }

  public var count: Int { matrix.rows }

  public func row(_ index: Int) -> ArraySlice<Float> { matrix.row(index) }

  /// The frames of a row; 1 for vectors.
  public func length(of row: Int) -> Int { lengths.isEmpty ? 1 : lengths[row] }

  /// The given rows in the given order.
  public func selecting(_ indices: [Int]) -> Rows {
    Rows(
      shape, values: matrix.selecting(indices).values, rows: indices.count,
      lengths: lengths.isEmpty ? [] : indices.map { lengths[$0] })
  }

  // MARK: Frame by frame

  /// Every row of vectors, every frame of sequences, real or not: rows × columns.
  public var units: Matrix {
    Matrix(rows: matrix.values.count / max(1, shape.columns), columns: shape.columns, values: matrix.values)
  }

  /// The rows of `units` that belong to the given rows, without frames beyond their ends.
  public func units(of rows: [Int]) -> [Int] {
    guard case .sequence(let frames, _) = shape else { return rows }
    return rows.flatMap { $0 * frames..<$0 * frames + lengths[$0] }
  }

  /// Changes `units`; frames beyond the ends are zeros again afterwards.
  public mutating func changeUnits(_ change: (inout Matrix) -> Void) {
    let (rows, columns) = (matrix.rows, matrix.columns)
    var units = units
    // Or it would be copied.
    matrix = Matrix(rows: 0, columns: 0)
    change(&units)
    matrix = Matrix(rows: rows, columns: columns, values: units.values)
    units.values = []
    for (row, length) in lengths.enumerated() {
      for index in row * columns + length * shape.columns..<(row + 1) * columns { matrix.values[index] = 0 }
    }
  }
}

extension Diagnostic.Kind {
  public static let badInput = Self("bad_input")
}
