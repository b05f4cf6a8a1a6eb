import TimbreCore
import TimbreEvaluation
import TimbreReport

/// Carries out a plan and leaves a run folder.
public struct Runner: Sendable {
  let plan: Plan
  let folder: RunFolder
  let conditions: RunConditions

  public init(plan: Plan, folder: RunFolder, conditions: RunConditions) {
    self.plan = plan
    self.folder = folder
    self.conditions = conditions
  }

  /// - Returns: What is written into `metrics.json`.
  /// - Throws: The `Diagnostic` that stopped the run, after `run.json` tells of it.
  @discardableResult
  public func run() async throws -> JSONValue {
    // What a large run took is of no use to the next one in this process.
    defer { returnFreedMemory(beyond: 256 << 20) }
    // What an earlier process has finished belongs to the data that it had.
    let begun = conditions.resumes ? folder.fact(DataCheck.key) : nil
    // The first clips are computed meanwhile.
    let beginning = BackgroundWriting()
    beginning.begin { try begin(begun) }
    do {
      let (metrics, facts) = try await carryOut(begun?.stringValue, after: beginning)
      try folder.mark(.finished, about: facts)
      conditions.observer.happened(.ended(part, .finished))
      return metrics
    } catch {
      // What could not be written is why the clips were given up.
      let error = beginning.outcome() ?? error
      let diagnostic = error as? Diagnostic ?? Diagnostic(.training, "\(error)")
      let state: RunFolder.State = diagnostic.kind == .cancelled ? .interrupted : .failed
      // The disk may be what failed; then the mark that the run is under way stays.
      let mark = folder.fact(DataCheck.key).map { [JSONValue.Member(DataCheck.key, $0)] } ?? []
      try? folder.mark(state, about: mark + [.init("error", .string(diagnostic.description))])
      conditions.observer.happened(.ended(part, state))
      throw diagnostic
    }
  }

  private var part: RunPart { RunPart(.run, folder: folder.path) }

  /// Says that the run is under way, then what it is.
  private func begin(_ begun: JSONValue?) throws {
    try folder.mark(.running, about: begun.map { [.init(DataCheck.key, $0)] } ?? [])
    try folder.write(plan.resolved, to: "workflow.json")
    try folder.write(conditions.environment, to: "environment.json")
    conditions.observer.happened(.began(part))
  }

  /// - Parameters:
  ///   - begun: The mark of the data that the folder was begun with.
  ///   - beginning: What the folder holds from the first. Nothing else is written before it.
  private func carryOut(
    _ begun: String?, after beginning: BackgroundWriting
  ) async throws -> (metrics: JSONValue, facts: [JSONValue.Member]) {
    var timings = Timings()
    guard let dataset = plan.dataset else { throw Diagnostic(.badDataset, "the workflow has no usable dataset") }
    let list = try dataset.clips()
    guard !list.clips.isEmpty else { throw Diagnostic(.badDataset, "the dataset has no clip") }
    if !list.rejected.isEmpty {
      let (count, first) = (list.rejected.count, list.rejected[0])
      conditions.observer.warned(
        "\(count) \(count == 1 ? "entry" : "entries") of the dataset passed over, listed in clips.csv; the first: \(first)"
      )
    }
    let labels = Set(list.clips.map(\.label))
    guard labels.count > 1 else {
      throw Diagnostic(
        .badDataset, "all clips have the label \"\(labels.first ?? "")\"",
        help: "a classifier needs at least two classes")
    }
    // What is wrong with the split shows before the audio is read.
    try plan.split.preview(list.clips.map { SplitItem($0) }, views: plan.views.map(\.name), workflowSeed: plan.seed)

    var results = try await extract(list, after: beginning, timings: &timings)
    let near = NearIdentical(of: results, clips: list.clips, load: plan.recipe.load, jobs: conditions.jobs)
    results.forgetFingerprints()
    if let sentence = near.sentence(list.clips) { conditions.observer.warned(sentence) }
    let data: RunData
    do {
      data = try RunData(plan: plan, list: list, results: results, near: near)
    } catch {
      try RunData.writeFailures(results.failures(of: list.clips), passedOver: list.rejected, to: folder)
      try near.write(list.clips, to: folder)
      throw error
    }
    let mark = DataCheck.mark(of: list, plan) { results.contentHash(ofClip: $0) }
    if let begun, begun != mark { throw DataCheck.other(folder.path, list, plan) }
    let writing = BackgroundWriting()
    try data.write(to: folder, by: writing)
    writing.begin { try folder.mark(.running, about: [.init(DataCheck.key, .string(mark))]) }
    try writing.finish()

    let clock = ContinuousClock()
    let start = clock.now
    let training = TrainingStage(
      plan: plan, data: data, folder: folder, conditions: conditions)
    let result = try await training.run()
    timings.training = (clock.now - start).seconds
    let shown = try showClips(data: data, outcome: result.outcome, list: list)
    try writeReport(data: data, result: result, shown: shown, timings: timings)
    var facts: [JSONValue.Member] = [
      .init(DataCheck.key, .string(mark)), .init("seconds", timings.json), .init("clips", .int(data.clips.count)),
      .init("columns", .int(data.columns.count)),
    ]
    let parameters = result.parts.reduce(0) { $0 + $1.parameters }
    if parameters > 0 { facts.append(.init("parameters", .int(parameters))) }
    if case .sequence(let frames, _) = data.rows.shape { facts.append(.init("frames", .int(frames))) }
    return (.object((result.outcome.json.members ?? []) + (result.folds?.members ?? [])), facts)
  }

  private func extract(
    _ list: ClipList, after beginning: BackgroundWriting, timings: inout Timings
  ) async throws -> ClipResults {
    let clock = ContinuousClock()
    let start = clock.now
    conditions.observer.began("features", unit: "clips")
    defer { conditions.observer.ended() }
    let stage = ClipStage(
      plan: plan, jobs: conditions.jobs, isCancelled: { conditions.isCancelled() || beginning.hasFailed },
      cache: try conditions.cache.map { try ClipCache($0, plan: plan, files: conditions.files) })
    let results: ClipResults
    do {
      results = try await stage.process(list.clips) {
        conditions.observer.advanced(to: $0, of: list.clips.count, detail: nil)
      }
      try beginning.finish()
    } catch let failure as ClipStage.ClipFailure {
      try beginning.finish()
      let clip = list.clips[failure.clip]
      try RunData.writeFailures([(clip, failure.diagnostic)], passedOver: list.rejected, to: folder)
      var diagnostic = failure.diagnostic.about(clip.id)
      if diagnostic.subject != clip.id { diagnostic.message += " (clip \(clip.id))" }
      diagnostic.help = (diagnostic.help.map { $0 + "; " } ?? "") + "\"on_error\": \"skip\" goes on without such clips"
      throw diagnostic
    }
    timings.features = (clock.now - start).seconds
    timings.parts = results.seconds
    // Rows are copied as they are divided. A few megabytes of them fit beside the blocks of the last clips.
    if results.values.count > 2 << 20 { returnFreedMemory() }
    for failure in results.failures(of: list.clips) {
      conditions.observer.warned("skipped \(failure.clip.id): \(failure.reason.message)")
    }
    return results
  }
}

/// Where the time went, in seconds. Features are counted as the clock runs, their parts as the sum over the jobs.
struct Timings: Sendable {
  var features = 0.0
  var training = 0.0
  var parts = (load: 0.0, views: 0.0, features: 0.0)

  var json: JSONValue {
    [
      "features": .number(features), "training": .number(training), "load_sum": .number(parts.load),
      "views_sum": .number(parts.views), "extraction_sum": .number(parts.features),
    ]
  }
}
