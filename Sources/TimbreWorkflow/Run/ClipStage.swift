import TimbreAudio
import TimbreCore

/// What became of one clip.
struct ClipResult: Sendable {
  /// One row a view, in the plan's order; empty where the clip failed.
  var rows: [Row] = []
  /// What was drawn for each view.
  var drawn: [[Draws.Drawn]] = []
  var contentHash: String?
  var failure: Diagnostic?
  /// Seconds that reading and resampling, making the views, and their features took.
  var seconds = (load: 0.0, views: 0.0, features: 0.0)
}

/// Clips to rows, several at a time. Only the clips under way are in memory.
struct ClipStage: Sendable {
  let plan: Plan
  let jobs: Int
  let isCancelled: @Sendable () -> Bool
  /// What earlier runs have computed; nil to compute everything.
  var cache: ClipCache?

  /// Results in the order of the clips. With `on_error: stop`, stops at the first clip that fails.
  ///
  /// Clips begin in order and those under way are waited for, so that the clip that stops the run is the same for any `jobs`.
  func process(_ clips: [Clip], onResult: (_ done: Int) -> Void) async throws -> ClipResults {
    var results = try ClipResults(clips: clips.count, views: plan.views.count, shape: plan.recipe.shape())
    var done = 0
    var firstFailure: Int?
    await withTaskGroup(of: (Int, ClipResult).self) { group in
      var next = 0
      func addOne() {
        guard next < clips.count, firstFailure == nil, !isCancelled() else { return }
        let (index, clip) = (next, clips[next])
        group.addTask { (index, process(clip)) }
        next += 1
      }
      for _ in 0..<max(1, jobs) { addOne() }
      while let (index, result) = await group.next() {
        results.take(result, at: index)
        done += 1
        if result.failure != nil, plan.onError == .stop { firstFailure = min(index, firstFailure ?? index) }
        onResult(done)
        addOne()
      }
    }
    if let firstFailure, let failure = results.failures[firstFailure] {
      throw ClipFailure(clip: firstFailure, diagnostic: failure)
    }
    if isCancelled() { throw Diagnostic(.cancelled, "interrupted") }
    return results
  }

  /// A clip that stopped the run.
  struct ClipFailure: Error {
    let clip: Int
    let diagnostic: Diagnostic
  }

  func process(_ clip: Clip) -> ClipResult {
    if let result = cache?.process(clip, plan) { return result }
    var result = ClipResult()
    let clock = ContinuousClock()
    do {
      let start = clock.now
      let loaded = try load(clip.source, options: plan.recipe.load)
      result.seconds.load = (clock.now - start).seconds
      result.contentHash = loaded.contentHash
      for view in plan.views {
        let start = clock.now
        var draws = view.draws(seed: plan.seed, clip: clip.id)
        let signal = try view.apply(to: loaded.signal, drawing: &draws)
        let made = clock.now
        do {
          let parts = try plan.recipe.parts(of: signal, in: view, drawing: &draws)
          result.rows.append(try plan.row(of: parts))
        } catch let diagnostic as Diagnostic where view.name != "original" {
          throw diagnostic.about("view \(view.name)")
        }
        result.drawn.append(draws.record)
        result.seconds.views += (made - start).seconds
        result.seconds.features += (clock.now - made).seconds
      }
    } catch {
      result.rows = []
      result.drawn = []
      result.failure = error as? Diagnostic ?? Diagnostic(.badAudio, "\(error)")
    }
    return result
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
