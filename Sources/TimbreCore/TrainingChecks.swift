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
    let columns = train.rows.columns
    guard columns == data.rows.columns else {
      throw Diagnostic(.training, "\(what) rows have \(data.rows.columns) columns, training rows \(columns)")
    }
    if let label = data.labels.first(where: { !classes.indices.contains($0) }) {
      throw Diagnostic(.training, "a \(what) row has class \(label), but there are \(classes.count) classes")
    }
    try data.rows.checkFinite(what)
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
