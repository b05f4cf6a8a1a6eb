import TimbreCore

/// The weights of a trained network, ready to predict.
public struct TrainedNetwork: TrainedModel {
  public let history: [TrainingRecord]
  public let tensors: [Tensor]
  let layers: [Layer]
  let columns: Int
  let classes: Int

  /// - Throws: A `Diagnostic` for rows of another width and for numbers that are not finite.
  public func probabilities(_ rows: Matrix, jobs: Int) throws -> Matrix {
    guard rows.columns == columns else {
      throw Diagnostic(.badModel, "the model takes rows of \(columns) numbers, not of \(rows.columns)")
    }
    try rows.checkFinite("input")
    guard rows.rows > 0 else { return Matrix(rows: 0, columns: classes) }
    let weights = try Weights(NetworkPlan(layers, columns: columns, classes: classes), checked: tensors)
    let predictor = try Predictor(weights, jobs: Swift.min(jobs, Slice.count(for: rows.rows)))
    return predictor.probabilities(rows)
  }
}
