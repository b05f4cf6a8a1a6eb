import TimbreAudio
import TimbreCache
import TimbreCore
import TimbreEvaluation
import TimbreReport

/// What is known of clips from earlier runs, under keys that name everything it depends on: the file's bytes, the part of it, how it is
/// loaded, the view's chain with its seed, the feature node with every parameter, and the versions of the plugins.
///
/// Generated audio has no bytes to go by, and a step that reads other files depends on what these hold: neither is kept.
struct ClipCache: Sendable {
  private let cache: ResultCache
  private let load: String
  /// The chain of each view; nil where its result is not kept.
  private let views: [String?]
  /// Node and statistic of each part of a row; of a sequence's parts the node alone, so that other sequences use its frames as well.
  private let parts: [String]
  private let widths: [Int]
  private let seed: UInt64

  init(_ cache: ResultCache, plan: Plan) throws {
    self.cache = cache
    seed = plan.seed
    widths = try plan.recipe.widths()
    let resolved = plan.resolved
    func version(_ node: JSONValue) -> String {
      node["use"]?.stringValue.flatMap { resolved["plugins"]?[$0]?.description } ?? "0"
    }
    func node(_ name: String, depth: Int = 0) -> String {
      guard depth < 1_000, let json = resolved["features"]?[name] else { return name }
      let source = json["of"]?.stringValue.map { node($0, depth: depth + 1) } ?? ""
      let rest = JSONValue.object((json.members ?? []).filter { $0.key != "of" })
      return "\(rest) version \(version(json)) of (\(source))"
    }
    load = resolved["load"]?.description ?? ""
    parts = plan.recipe.form.parts.map { part in
      node(plan.recipe.nodes[part.node].name) + (part.statistic.map { " " + $0.name } ?? "")
    }
    views = plan.views.map { view in
      let steps = resolved["views"]?[view.name]?.arrayValue ?? []
      if steps.contains(where: Self.readsFiles) { return nil }
      return steps.map { "\($0) version \(version($0))" }.joined(separator: " then ")
    }
  }

  /// Steps whose results depend on files that the workflow only names.
  private static func readsFiles(_ step: JSONValue) -> Bool { step["path"] != nil }

  private static func key(_ parts: [String]) -> CacheKey {
    let hash = fingerprint(Array(parts.joined(separator: "\u{0}").utf8), seed: 1)
    return CacheKey(high: hash.high, low: hash.low)
  }

  private struct ViewKeys {
    var drawn: CacheKey
    var rows: [CacheKey]
  }

  /// nil where nothing of the clip is kept, or what is kept cannot be used: then it is computed as if there were no cache.
  func process(_ clip: Clip, _ plan: Plan) -> ClipResult? {
    guard case .file(let path, let start, let end) = clip.source, let bytes = try? AtomicFile.read(path) else {
      return nil
    }
    let clock = ContinuousClock()
    let begin = clock.now
    let content = fingerprint(bytes)
    let origin = ["\(content.high) \(content.low)", "\(start ?? 0) \(end ?? -1)", load]
    let signalKey = Self.key(["signal"] + origin)
    let hashKey = Self.key(["content"] + origin)
    let form = plan.recipe.form
    let isSequence = form.sequence != nil
    let viewKeys = views.indices.map { index -> ViewKeys? in
      guard let chain = views[index] else { return nil }
      // What a chain draws depends on the seed, the clip's id and the view's name.
      let view = origin + (chain.isEmpty ? [""] : [chain, "\(seed)", clip.id, plan.views[index].name])
      return ViewKeys(
        drawn: Self.key(["drawn"] + view), rows: parts.map { Self.key([isSequence ? "frames" : "row"] + view + [$0]) })
    }
    let known = cache.values(of: [hashKey] + viewKeys.compactMap(\.self).flatMap { [$0.drawn] + $0.rows })
    var result = ClipResult()
    var stored: [(key: CacheKey, kind: ResultCache.Kind, value: [UInt8])] = []
    var loaded: Signal?
    result.contentHash = known[hashKey].map { String(decoding: $0, as: UTF8.self) }

    func signal() throws -> Signal {
      if let loaded { return loaded }
      if result.contentHash != nil, let rate = plan.recipe.load.sampleRate,
        let bytes = cache.values(of: [signalKey])[signalKey]
      {
        let signal = Signal(samples: LittleEndian.floats(bytes[...]), sampleRate: rate)
        loaded = signal
        return signal
      }
      let audio = try TimbreAudio.load(clip.source, options: plan.recipe.load)
      result.contentHash = audio.contentHash
      stored.append((hashKey, .text, Array(audio.contentHash.utf8)))
      if plan.recipe.load.sampleRate != nil {
        stored.append((signalKey, .signal, LittleEndian.bytes(audio.signal.samples)))
      }
      loaded = audio.signal
      return audio.signal
    }

    do {
      // The content's hash goes into clips.csv even where all rows are known.
      if result.contentHash == nil { _ = try signal() }
      result.seconds.load = (clock.now - begin).seconds
      for (index, view) in plan.views.enumerated() {
        let start = clock.now
        let keys = viewKeys[index]
        let drawn = keys.flatMap { known[$0.drawn] }.flatMap(Self.drawn)
        var parts = form.parts.indices.map { part in
          keys.flatMap { known[$0.rows[part]] }.map { LittleEndian.floats($0[...]) }
        }
        if drawn == nil { parts = parts.map { _ in nil } }
        var missing = parts.indices.filter { index in
          !(parts[index].map { form.parts[index].isFitting($0.count, width: widths[index]) } ?? false)
        }
        if let drawn, missing.isEmpty {
          result.rows.append(try Self.row(parts, view, plan))
          result.drawn.append(drawn)
          continue
        }
        // What is drawn for features is drawn node by node.
        if view.steps.contains(where: \.isForFeatures) { missing = Array(parts.indices) }
        var draws = view.draws(seed: plan.seed, clip: clip.id)
        let changed = try view.apply(to: try signal(), drawing: &draws)
        let made = clock.now
        do {
          let made = try plan.recipe.only(missing).parts(of: changed, in: view, drawing: &draws)
          for (part, values) in zip(missing, made) {
            parts[part] = values
            if let keys { stored.append((keys.rows[part], .row, LittleEndian.bytes(values))) }
          }
        } catch let diagnostic as Diagnostic where view.name != "original" {
          throw diagnostic.about("view \(view.name)")
        }
        if let keys { stored.append((keys.drawn, .text, Self.text(of: draws.record))) }
        result.rows.append(try Self.row(parts, view, plan))
        result.drawn.append(draws.record)
        result.seconds.views += (made - start).seconds
        result.seconds.features += (clock.now - made).seconds
      }
    } catch {
      result.rows = []
      result.drawn = []
      result.failure = error as? Diagnostic ?? Diagnostic(.badAudio, "\(error)")
    }
    cache.store(stored)
    return result
  }

  private static func row(_ parts: [[Float]?], _ view: View, _ plan: Plan) throws -> Row {
    do {
      return try plan.row(of: parts.map { $0 ?? [] })
    } catch let diagnostic as Diagnostic where view.name != "original" {
      throw diagnostic.about("view \(view.name)")
    }
  }

  private static func text(of record: [Draws.Drawn]) -> [UInt8] {
    Array(JSONValue.array(record.map { .array([.string($0.name), $0.value]) }).description.utf8)
  }

  private static func drawn(_ bytes: [UInt8]) -> [Draws.Drawn]? {
    let source = SourceText(name: "cache", bytes: bytes)
    return try? JSONParser.parse(source).value.json.arrayValue?.map { item in
      guard let pair = item.arrayValue, pair.count == 2, let name = pair[0].stringValue else {
        throw Diagnostic(.badCache, "an entry cannot be understood")
      }
      return Draws.Drawn(name: name, value: pair[1])
    }
  }
}
