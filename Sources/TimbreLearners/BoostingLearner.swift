import TimbreCore

/// Gradient-boosted trees by XGBoost. Defaults are XGBoost's.
public struct BoostingLearner: Learner {
  public var rounds = 100
  public var learningRate = 0.3
  public var maxDepth = 6
  public var subsample = 1.0, columnShare = 1.0
  public var minChildWeight = 1.0
  public var lambda = 1.0, alpha = 0.0, gamma = 0.0
  public var earlyStoppingRounds: Int?
  public var classWeight = ClassWeight.none

  public init() {}

  public func parts(columns: Int, classes: Int) -> [ModelPart] {
    // How many nodes the trees have depends on the rows.
    [ModelPart(name: "trees", shape: [rounds, TreeModel.groups(classes)], parameters: 0)]
  }

  public func train(_ task: TrainingTask) throws -> TreeModel {
    try task.checkCancelled()
    let set = try TrainingSet(task, classWeight)
    let groups = TreeModel.groups(set.present.count)
    try checkMemory(set, trees: rounds * groups)
    let weights = set.labels.map { Float(set.weights[$0]) }
    let train = try BoosterRows(set.rows, labels: set.labels, weights: weights, name: "train")
    let validation = try validationRows(task, set)
    if earlyStoppingRounds != nil, validation == nil {
      throw Diagnostic(
        .training, "early_stopping_rounds needs validation rows of the classes of training, and there are none",
        help: "hold out a part of the training rows for validation, or set \"early_stopping_rounds\": null")
    }
    let booster = try Booster(train, parameters: parameters(classes: set.present.count, seed: task.seed))
    var history: [TrainingRecord] = []
    var best: (loss: Double, round: Int)?
    for round in 0..<rounds {
      try task.checkCancelled()
      try booster.update(round)
      let metrics = try booster.metrics(round, on: [train] + (validation.map { [$0] } ?? []))
      let prefix = groups == 1 ? "" : "m"
      func entries(_ set: String, _ name: String) -> [TrainingRecord.Entry] {
        guard let loss = metrics["\(set)-\(prefix)logloss"], let error = metrics["\(set)-\(prefix)error"] else {
          return []
        }
        return [.init("\(name)loss", loss), .init("\(name)accuracy", 1 - error)]
      }
      let record = TrainingRecord(
        epoch: round + 1, epochs: rounds, entries: entries("train", "") + entries("validation", "val_"))
      history.append(record)
      task.onEpoch(record)
      guard let patience = earlyStoppingRounds, let loss = record["val_loss"] else { continue }
      if best.map({ loss < $0.loss }) ?? true { best = (loss, round) }
      if let best, round - best.round >= patience { break }
    }
    let kept = (best?.round).map { ($0 + 1) * groups }
    let trees = try booster.trees()
    let tensors = try TreeModel.tensors(
      trees.prefix(kept ?? trees.count), present: set.present, columns: set.rows.columns)
    return try TreeModel(tensors, history: history, columns: set.rows.columns, classes: task.classes.count)
  }

  public func restore(_ tensors: [Tensor], columns: Int, classes: Int) throws -> TreeModel {
    try TreeModel(tensors, history: [], columns: columns, classes: classes)
  }

  /// - Returns: The validation rows of classes that training saw; nil where there are none.
  private func validationRows(_ task: TrainingTask, _ set: TrainingSet) throws -> BoosterRows? {
    guard let data = task.validation else { return nil }
    let kept = data.labels.indices.filter { set.present.contains(data.labels[$0]) }
    guard !kept.isEmpty else { return nil }
    let labels = kept.compactMap { set.present.firstIndex(of: data.labels[$0]) }
    return try BoosterRows(
      data.rows.matrix.selecting(kept), labels: labels, weights: [Float](repeating: 1, count: kept.count),
      name: "validation")
  }

  package func parameters(classes: Int, seed: UInt64) -> [(name: String, value: String)] {
    var random = RandomSource(seed: seed, "boosting")
    let objective =
      classes == 2
      ? [("objective", "binary:logistic"), ("eval_metric", "logloss"), ("eval_metric", "error")]
      : [
        ("objective", "multi:softprob"), ("num_class", "\(classes)"), ("eval_metric", "mlogloss"),
        ("eval_metric", "merror"),
      ]
    // The seed is 31 bits wide; one thread, since the sums of several depend on their number.
    return objective + [
      ("seed", "\(random.next() >> 33)"), ("nthread", "1"), ("verbosity", "0"), ("tree_method", "hist"),
      ("base_score", "0.5"), ("eta", "\(learningRate)"), ("max_depth", "\(maxDepth)"), ("subsample", "\(subsample)"),
      ("colsample_bytree", "\(columnShare)"), ("min_child_weight", "\(minChildWeight)"), ("lambda", "\(lambda)"),
      ("alpha", "\(alpha)"), ("gamma", "\(gamma)"),
    ]
  }

  private func checkMemory(_ set: TrainingSet, trees: Int) throws {
    // A histogram of 256 bins a column for each node of a level, and some hundred bytes a node of all trees.
    let leaves = Double(min(set.rows.rows, 1 << maxDepth))
    let nodes = 2 * leaves * Double(trees)
    let bytes = Double(set.rows.columns) * 4_096 * leaves + nodes * 128
    guard bytes < 0x1p34, nodes < 0x1p28 else {
      throw Diagnostic(
        .training, "\(trees) trees of depth \(maxDepth) would need up to \(Int(bytes / 0x1p30) + 1) GiB of memory",
        help: "use fewer n_estimators or a smaller max_depth")
    }
  }
}
