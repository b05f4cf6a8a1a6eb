import TimbreCore

/// The weights of a trained network, ready to predict.
public struct TrainedNetwork: TrainedModel {
  public let history: [TrainingRecord]
  public let tensors: [Tensor]
  let layers: [Layer]
  let shape: RowShape
  let classes: Int

  /// - Throws: A `Diagnostic` for rows of another shape, sequences too short for a layer, and numbers that are not finite.
  public func probabilities(_ rows: Rows, jobs: Int) throws -> Matrix {
    try rows.check(for: shape)
    guard rows.count > 0 else { return Matrix(rows: 0, columns: classes) }
    try NetworkPlan.check(rows, suit: layers)
    let weights = try Weights(NetworkPlan(layers, shape, classes: classes), checked: tensors)
    let predictor = try Predictor(weights, jobs: Swift.min(jobs, Slice.count(for: rows.count)))
    return predictor.probabilities(rows)
  }
}
