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
    var folds: FoldScores?
  }

  func run() async throws -> Result {
    conditions.observer.began("training", unit: data.isFolded ? "folds" : "epochs")
    defer { conditions.observer.ended() }
    guard data.isFolded else {
      let (outcome, history) = try train(data.folds[0], in: folder, jobs: conditions.jobs) { record in
        conditions.observer.advanced(to: record.epoch, of: record.epochs, detail: Self.detail(record))
      }
      return Result(outcome: outcome, history: history)
    }
    let outcomes = try await trainFolds()
    let pooled = Outcome(pooling: outcomes, data: data, plan: plan)
    let scores = FoldScores(outcomes)
    try pooled.write(to: folder.file("predictions.csv"))
    try folder.write(.object((pooled.json.members ?? []) + scores.members), to: "metrics.json")
    return Result(outcome: pooled, folds: scores)
  }

  /// Outcomes in the order of the folds. Of several that fail, the first is told.
  private func trainFolds() async throws -> [Outcome] {
    let folds = data.folds
    let atOnce = min(conditions.jobs, folds.count)
    var outcomes = [Outcome?](repeating: nil, count: folds.count)
    var failure: (fold: Int, error: any Error)?
    await withTaskGroup(of: (Int, Swift.Result<(outcome: Outcome, isKnown: Bool), any Error>).self) { group in
      var next = 0
      func addOne() {
        guard next < folds.count, failure == nil else { return }
        let fold = next
        next += 1
        group.addTask { (fold, Swift.Result { try outcome(of: folds[fold], jobs: max(1, conditions.jobs / atOnce)) }) }
      }
      for _ in 0..<atOnce { addOne() }
      // What was there already says nothing about how long the others take.
      var (done, known) = (0, 0)
      while let (fold, result) = await group.next() {
        switch result {
        case .success(let (outcome, isKnown)):
          outcomes[fold] = outcome
          if isKnown { known += 1 } else { done += 1 }
        case .failure(let error):
          if fold < failure?.fold ?? .max { failure = (fold, error) }
          done += 1
        }
        conditions.observer.advanced(to: done, of: folds.count - known, detail: "fold \(folds[fold].name)")
        addOne()
      }
    }
    if let failure { throw failure.error }
    return outcomes.compactMap(\.self)
  }

  private func outcome(of fold: RunData.Fold, jobs: Int) throws -> (outcome: Outcome, isKnown: Bool) {
    let parent = self.folder.path
    let folder = try folder.within("folds/" + RunFolder.folderName(clip: fold.name))
    let part = RunPart(.fold, name: fold.name, folder: folder.path, parent: parent)
    conditions.observer.happened(.began(part))
    do {
      let known = conditions.resumes ? finished(fold, in: folder) : nil
      let outcome = try known ?? train(fold, in: folder, jobs: jobs) { _ in }.outcome
      conditions.observer.happened(.ended(part, .finished))
      return (outcome, known != nil)
    } catch {
      let isCancelled = (error as? Diagnostic)?.kind == .cancelled
      conditions.observer.happened(.ended(part, isCancelled ? .interrupted : .failed))
      guard var diagnostic = error as? Diagnostic, !isCancelled else { throw error }
      diagnostic.message = "fold \(fold.name): \(diagnostic.message)"
      throw diagnostic
    }
  }

  /// What an earlier run has left of a fold; `metrics.json` is written last.
  private func finished(_ fold: RunData.Fold, in folder: RunFolder) -> Outcome? {
    guard FileSystem.exists(folder.file("metrics.json")),
      let array = try? NPY.read(folder.file("probabilities.npy")),
      array.shape == [fold.split.test.count, data.classes.count]
    else { return nil }
    let probabilities = Matrix(rows: array.shape[0], columns: array.shape[1], values: array.values)
    return try? Outcome(data: data, fold: fold, probabilities: probabilities, plan: plan)
  }

  private func train(
    _ fold: RunData.Fold, in folder: RunFolder, jobs: Int, onEpoch: @escaping @Sendable (TrainingRecord) -> Void
  ) throws -> (outcome: Outcome, history: [TrainingRecord]) {
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
    try write(model.history, to: folder)
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
    return (outcome, model.history)
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

  private func write(_ history: [TrainingRecord], to folder: RunFolder) throws {
    guard let names = history.first?.entries.map(\.name) else { return }
    let lines = history.map { record in [String(record.epoch)] + names.map { record[$0].map { CSV.number($0) } ?? "" } }
    try CSV.write(header: ["epoch"] + names, rows: lines, to: folder.file("history.csv"))
  }

  private static func detail(_ record: TrainingRecord) -> String {
    record.entries.filter { $0.name != "learning_rate" }.map { "\($0.name) \(Numbers.fixed($0.value, 3))" }
      .joined(separator: ", ")
  }
}
