import TimbreCore

/// Scaling of a classifier's rows. The columns of a vector are scaled by their numbers in training rows, the bins of a sequence by their
/// numbers in the frames of training rows; frames beyond a row's end neither count nor change.
extension Scaler {
  /// Learns from the given rows and from no others.
  public static func fit(_ kind: ScalerKind, _ rows: Rows, rows indices: [Int]) -> Scaler {
    fit(kind, rows.units, rows: rows.units(of: indices))
  }

  /// The scaled copy of rows.
  public func applied(to rows: Rows) -> Rows {
    guard kind != .none else { return rows }
    var copy = rows
    copy.changeUnits { apply(to: &$0) }
    return copy
  }

  /// Rows brought to mean 0 and deviation 1 for each speaker, by those of its rows that `measures` holds; where it holds none of a speaker,
  /// by all of its rows.
  ///
  /// - Parameter speakers: One a row.
  public static func perSpeaker(_ rows: Rows, speakers: [String], measures: [Bool]) -> Rows {
    precondition(speakers.count == rows.count && measures.count == rows.count, "a speaker for each row")
    var places: [String: [Int]] = [:]
    for row in speakers.indices { places[speakers[row], default: []].append(row) }
    let units = rows.units
    var values = rows.matrix.values
    let size = rows.shape.count
    for (_, own) in places {
      let measured = own.filter { measures[$0] }
      let scaler = fit(.standard, units, rows: rows.units(of: measured.isEmpty ? own : measured))
      let part = scaler.applied(to: rows.selecting(own))
      for (index, row) in own.enumerated() {
        values.replaceSubrange(row * size..<(row + 1) * size, with: part.row(index))
      }
    }
    return Rows(rows.shape, values: values, rows: rows.count, lengths: rows.lengths)
  }
}
