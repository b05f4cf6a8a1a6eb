extension TrainingTask {
  /// What every classifier may rely on: rows that are finite and of one width, labels that are classes.
  /// - Throws: A `Diagnostic` that names the row.
  public func check() throws {
    try check(train, "training")
    guard let validation, !validation.labels.isEmpty else { return }
    try check(validation, "validation")
  }

  private func check(_ data: LabelledRows, _ what: String) throws {
    guard !data.labels.isEmpty else { throw Diagnostic(.training, "there are no \(what) rows") }
    guard train.rows.shape == data.rows.shape else {
      throw Diagnostic(.training, "\(what) rows are \(data.rows.shape), training rows \(train.rows.shape)")
    }
    if let label = data.labels.first(where: { !classes.indices.contains($0) }) {
      throw Diagnostic(.training, "a \(what) row has class \(label), but there are \(classes.count) classes")
    }
    try data.rows.matrix.checkFinite(what)
  }
}

extension RowShape: CustomStringConvertible {
  public var description: String {
    switch self {
    case .vector(let columns): "vectors of \(columns) numbers"
    case .sequence(let frames, let bins): "sequences of \(frames) frames of \(bins) numbers"
    }
  }
}

extension Rows {
  /// Asked by models of the rows they are given.
  /// - Throws: A `Diagnostic` for rows of another shape and for numbers that are not finite.
  public func check(for expected: RowShape) throws {
    guard shape == expected else { throw Diagnostic(.badModel, "the model takes \(expected), not \(shape)") }
    try matrix.checkFinite("input")
  }
}

extension Matrix {
  /// - Parameter what: Whose rows these are: "training", "input".
  /// - Throws: A `.notFinite` diagnostic that names row and column.
  public func checkFinite(_ what: String) throws {
    guard let index = values.firstIndex(where: { !$0.isFinite }) else { return }
    throw Diagnostic(
      .notFinite, "\(what) row \(index / columns) holds \(values[index]) in column \(index % columns)",
      help: "look at the feature behind this column, or at the clip behind this row")
  }
}
