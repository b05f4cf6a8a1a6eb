import TimbreCore
import TimbreEvaluation
import TimbreReport

/// Trains and tests one model for each fold, several at a time, and leaves what they give.
struct TrainingStage: Sendable {
  let plan: Plan
  let data: RunData
  let folder: RunFolder
  let conditions: RunConditions

  /// What training leaves besides its files.
  struct Result: Sendable {
    var outcome: Outcome
    /// Of the only model; empty where there are several.
    var history: [TrainingRecord] = []
    /// The model's parts; of several models, their mean.
    var parts: [ModelPart]
    /// Whether several models have different numbers of parameters.
    var partsVary = false
    var folds: FoldScores?
  }

  /// What one model leaves besides its files.
  private struct Trained: Sendable {
    var outcome: Outcome
    var history: [TrainingRecord]
    var parts: [ModelPart]
  }

  func run() async throws -> Result {
    conditions.observer.began("training", unit: data.isFolded ? "folds" : "epochs")
    defer { conditions.observer.ended() }
    guard data.isFolded else {
      let trained = try train(data.folds[0], in: folder, jobs: conditions.jobs) { record in
        conditions.observer.advanced(to: record.epoch, of: record.epochs, detail: Self.detail(record))
      }
      return Result(outcome: trained.outcome, history: trained.history, parts: trained.parts)
    }
    let trained = try await trainFolds()
    let pooled = Outcome(pooling: trained.map(\.outcome), data: data, plan: plan)
    let scores = FoldScores(trained.map { ($0.outcome, $0.history) })
    try pooled.write(to: folder.file("predictions.csv"))
    try folder.write(.object((pooled.json.members ?? []) + scores.members), to: "metrics.json")
    let parts = trained.map(\.parts)
    return Result(
      outcome: pooled, parts: ModelPart.mean(of: parts), partsVary: Set(parts).count > 1, folds: scores)
  }

  /// What each fold leaves, in their order. Of several that fail, the first is told.
  private func trainFolds() async throws -> [Trained] {
    let folds = data.folds
    let atOnce = min(conditions.jobs, folds.count)
    var trained = [Trained?](repeating: nil, count: folds.count)
    var failure: (fold: Int, error: any Error)?
    await withTaskGroup(of: (Int, Swift.Result<Trained, any Error>).self) { group in
      var next = 0
      func addOne() {
        guard next < folds.count, failure == nil else { return }
        let fold = next
        next += 1
        group.addTask { (fold, Swift.Result { try result(of: folds[fold], jobs: max(1, conditions.jobs / atOnce)) }) }
      }
      for _ in 0..<atOnce { addOne() }
      var done = 0
      while let (fold, result) = await group.next() {
        done += 1
        switch result {
        case .success(let result): trained[fold] = result
        case .failure(let error): if fold < failure?.fold ?? .max { failure = (fold, error) }
        }
        conditions.observer.advanced(to: done, of: folds.count, detail: "fold \(folds[fold].name)")
        addOne()
      }
    }
    if let failure { throw failure.error }
    return trained.compactMap(\.self)
  }

  private func result(of fold: RunData.Fold, jobs: Int) throws -> Trained {
    let parent = self.folder.path
    let folder = try folder.within("folds/" + RunFolder.folderName(clip: fold.name))
    let part = RunPart(.fold, name: fold.name, folder: folder.path, parent: parent)
    conditions.observer.happened(.began(part))
    do {
      let known = conditions.resumes ? finished(fold, in: folder) : nil
      let result = try known ?? train(fold, in: folder, jobs: jobs) { _ in }
      conditions.observer.happened(.ended(part, .finished))
      return result
    } catch {
      let isCancelled = (error as? Diagnostic)?.kind == .cancelled
      conditions.observer.happened(.ended(part, isCancelled ? .interrupted : .failed))
      guard var diagnostic = error as? Diagnostic, !isCancelled else { throw error }
      diagnostic.message = "fold \(fold.name): \(diagnostic.message)"
      throw diagnostic
    }
  }

  /// What an earlier run has left of a fold; `metrics.json` is written last.
  private func finished(_ fold: RunData.Fold, in folder: RunFolder) -> Trained? {
    guard FileSystem.exists(folder.file("metrics.json")),
      let array = try? NPY.read(folder.file("probabilities.npy")),
      array.shape == [fold.split.test.count, data.classes.count]
    else { return nil }
    let probabilities = Matrix(rows: array.shape[0], columns: array.shape[1], values: array.values)
    guard let outcome = try? Outcome(data: data, fold: fold, probabilities: probabilities, plan: plan),
      let tensors = try? Bundle.modelTensors(in: folder.file("bundle")),
      let model = try? plan.classifier.restore(tensors, for: data.rows.shape, classes: data.classes.count),
      let parts = try? parts(of: model)
    else { return nil }
    return Trained(outcome: outcome, history: TrainingHistory.read(folder.path), parts: parts)
  }

  private func parts(of model: any TrainedModel) throws -> [ModelPart] {
    try model.parts ?? plan.classifier.parts(of: data.rows.shape, classes: data.classes.count)
  }

  private func train(
    _ fold: RunData.Fold, in folder: RunFolder, jobs: Int, onEpoch: @escaping @Sendable (TrainingRecord) -> Void
  ) throws -> Trained {
    let scaler = Scaler.fit(plan.scale, data.rows, rows: fold.split.train)
    let bySpeaker = try plan.scale == .standardPerSpeaker ? scaledBySpeaker() : nil
    func scaled(_ indices: [Int]) -> Rows {
      bySpeaker?.selecting(indices) ?? scaler.applied(to: data.rows.selecting(indices))
    }
    func rows(_ indices: [Int]) -> LabelledRows {
      LabelledRows(rows: scaled(indices), labels: indices.map { data.truth[$0] })
    }
    let validation = fold.split.validation.isEmpty ? nil : rows(fold.split.validation)
    let model = try plan.classifier.train(
      TrainingTask(
        train: rows(fold.split.train), validation: validation, classes: data.classes, seed: plan.seed, jobs: jobs,
        onEpoch: { record in
          conditions.observer.happened(.learned(record, folder: folder.path))
          onEpoch(record)
        }, isCancelled: conditions.isCancelled))
    try TrainingHistory.write(model.history, to: folder)
    let probabilities = try model.probabilities(scaled(fold.split.test), jobs: jobs)
    let outcome = try Outcome(data: data, fold: fold, probabilities: probabilities, plan: plan)
    try outcome.write(to: folder.file("predictions.csv"))
    try folder.make("bundle")
    let provenance: JSONValue = [
      "timbre": .string(Timbre.version), "seed": .int(Int(plan.seed)), "split": plan.resolved["split"] ?? .null,
      "train_rows": .int(fold.split.train.count), "metrics": outcome.brief,
    ]
    try Bundle.write(
      to: folder.file("bundle"), plan: plan, labels: data.classes, scaler: scaler, model: model, provenance: provenance)
    if data.isFolded { try NPY.write(probabilities, to: folder.file("probabilities.npy")) }
    try folder.write(outcome.json, to: "metrics.json")
    return Trained(outcome: outcome, history: model.history, parts: try parts(of: model))
  }

  /// Each speaker by its own unaltered clips, whatever side they are on: no label is looked at.
  private func scaledBySpeaker() throws -> Rows {
    let speakers = try data.table.rows.map { row in
      guard let speaker = data.table.items[row.item].speaker else {
        throw Diagnostic(
          .badDataset, "\"standard_per_speaker\" needs the speaker of every clip", help: "use \"scale\": \"standard\"",
          subject: data.table.items[row.item].clip)
      }
      return speaker
    }
    let original = data.viewNames.firstIndex(of: "original")
    return Scaler.perSpeaker(
      data.rows, speakers: speakers, measures: data.table.rows.map { original == nil || $0.view == original })
  }

  private static func detail(_ record: TrainingRecord) -> String {
    record.entries.filter { $0.name != "learning_rate" }.map { "\($0.name) \(Numbers.fixed($0.value, 3))" }
      .joined(separator: ", ")
  }
}

extension ModelPart {
  /// The parts of one model, with what each counts on the mean of several models.
  static func mean(of models: [[ModelPart]]) -> [ModelPart] {
    guard let first = models.first, models.allSatisfy({ $0.count == first.count }) else { return models.first ?? [] }
    return first.indices.map { index in
      var part = first[index]
      let sum = models.reduce(0.0) { $0 + Double($1[index].parameters) }
      part.parameters = Int((sum / Double(models.count)).rounded())
      return part
    }
  }
}
