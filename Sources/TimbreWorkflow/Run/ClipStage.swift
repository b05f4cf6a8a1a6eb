import TimbreAudio
import TimbreCore
import TimbreFingerprint

/// What became of one clip.
struct ClipResult: Sendable {
  /// One row a view, in the plan's order; empty where the clip failed.
  var rows: [Row] = []
  /// What was drawn for each view.
  var drawn: [[Draws.Drawn]] = []
  var contentHash: String?
  /// nil where the clip is too short or too quiet for one.
  var fingerprint: AudioFingerprint?
  var failure: Diagnostic?
  /// Whether its recording had to be read: the cache did not know everything.
  var isRead = false
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

  /// A clip's file is asked for so many clips before it is computed, where those before it had to be read.
  private static let ahead = 8

  /// Results in the order of the clips. With `on_error: stop`, stops at the first clip that fails.
  ///
  /// Clips begin in order and those under way are waited for, so that the clip that stops the run is the same for any `jobs`.
  func process(_ clips: [Clip], onResult: (_ done: Int) -> Void) async throws -> ClipResults {
    var results = try ClipResults(clips: clips.count, views: plan.views.count, shape: plan.recipe.shape())
    var done = 0
    var firstFailure: Int?
    let reading = ReadAhead()
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
        if result.isRead, next + Self.ahead < clips.count { reading.expect(clips[next + Self.ahead].source) }
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
    var known = cache?.open(clip)
    var result = ClipResult()
    do { try compute(clip, &known, into: &result) } catch {
      result.rows = []
      result.drawn = []
      result.failure = error as? Diagnostic ?? Diagnostic(.badAudio, "\(error)")
    }
    known?.save()
    return result
  }

  /// What is not known already.
  private func compute(_ clip: Clip, _ known: inout KnownClip?, into result: inout ClipResult) throws {
    let clock = ContinuousClock()
    let begin = clock.now
    var original: Signal?
    if let recording = known?.recording {
      (result.contentHash, result.fingerprint) = recording
    } else {
      result.isRead = true
      let audio = try load(clip.source, options: plan.recipe.load)
      original = audio.signal
      result.contentHash = audio.contentHash
      result.fingerprint = AudioFingerprint(of: audio.signal)
      known?.keep(audio, result.fingerprint)
    }
    result.seconds.load = (clock.now - begin).seconds
    for (index, view) in plan.views.enumerated() {
      let start = clock.now
      let drawn = known?.drawn(index)
      var parts = (drawn == nil ? nil : known?.parts(index)) ?? plan.recipe.form.parts.map { _ in nil }
      var missing = parts.indices.filter { parts[$0] == nil }
      if let drawn, missing.isEmpty {
        result.rows.append(try row(of: parts, view))
        result.drawn.append(drawn)
        continue
      }
      // What is drawn for features is drawn node by node: then all of them are computed.
      if view.steps.contains(where: \.isForFeatures) { missing = Array(parts.indices) }
      var draws = view.draws(seed: plan.seed, clip: clip.id)
      let signal: Signal
      if drawn != nil, let stored = known?.signal(ofView: index) {
        signal = stored
      } else {
        let source = try original ?? known?.signal ?? load(clip.source, options: plan.recipe.load).signal
        original = source
        signal = try view.apply(to: source, drawing: &draws)
        known?.keep(signal, ofView: index)
      }
      let made = clock.now
      do {
        let recipe = missing.count == parts.count ? plan.recipe : plan.recipe.only(missing)
        let made = try recipe.parts(of: signal, in: view, drawing: &draws)
        for (part, values) in zip(missing, made) {
          parts[part] = values
          known?.keep(values, ofPart: part, ofView: index)
        }
      } catch let diagnostic as Diagnostic where view.name != "original" {
        throw diagnostic.about("view \(view.name)")
      }
      result.rows.append(try row(of: parts, view))
      if drawn == nil { known?.keep(draws.record, ofView: index) }
      result.drawn.append(drawn ?? draws.record)
      result.seconds.views += (made - start).seconds
      result.seconds.features += (clock.now - made).seconds
    }
  }

  private func row(of parts: [[Float]?], _ view: View) throws -> Row {
    do {
      return try plan.row(of: parts.map { $0 ?? [] })
    } catch let diagnostic as Diagnostic where view.name != "original" {
      throw diagnostic.about("view \(view.name)")
    }
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
