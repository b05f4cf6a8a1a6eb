import TimbreAudio
import TimbreCache
import TimbreCore
import TimbreDSP
import TimbreEvaluation
import TimbreFingerprint
import TimbreReport

/// What is known of clips from earlier runs, under keys that name everything it depends on: the file's bytes, the part of it, how it is
/// loaded, the view's chain with its seed, the feature node with every parameter, and the versions of the plugins
/// and libraries.
///
/// Generated audio has no bytes to go by, and a step that reads other files depends on what these hold: neither is kept.
struct ClipCache: Sendable {
  private let cache: ResultCache
  private let files: FileFingerprints
  private let load: String
  /// Libraries whose other versions give other bits, and our own resampling.
  private let libraries = (audioLibraryVersions() + [("fftw", fftwVersion()), ("resampling", "3")])
    .map { "\($0.name) \($0.version)" }.joined(separator: ", ")
  /// Each view; nil where its result is not kept.
  private let views: [(chain: String, name: String, keepsSignal: Bool)?]
  /// Node and statistic of each part of a row; of a sequence's parts the node alone, so that other sequences use its frames as well.
  private let parts: [String]
  private let form: RowForm
  private let widths: [Int]
  private let seed: UInt64
  /// nil where every recording keeps its own: then signals are not kept.
  private let rate: Int?

  init(_ cache: ResultCache, plan: Plan, files: FileFingerprints) throws {
    self.cache = cache
    self.files = files
    seed = plan.seed
    rate = plan.recipe.load.sampleRate
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
    form = plan.recipe.form
    parts = form.parts.map { part in
      node(plan.recipe.nodes[part.node].name) + (part.statistic.map { " " + $0.name } ?? "")
    }
    views = plan.views.map { view in
      let steps = resolved["views"]?[view.name]?.arrayValue ?? []
      if steps.contains(where: Self.readsFiles) { return nil }
      let chain = steps.map { "\($0) version \(version($0))" }.joined(separator: " then ")
      // What is drawn for features is drawn after what is drawn for the signal.
      return (chain, view.name, !view.steps.isEmpty && !view.steps.contains(where: \.isForFeatures))
    }
  }

  /// Steps whose results depend on files that the workflow only names.
  private static func readsFiles(_ step: JSONValue) -> Bool { step["path"] != nil }

  private static func key(_ parts: [String]) -> CacheKey {
    let hash = fingerprint(Array(parts.joined(separator: "\u{0}").utf8), seed: 1)
    return CacheKey(high: hash.high, low: hash.low)
  }

  /// What is known of a clip; nil where nothing of it is kept.
  func open(_ clip: Clip) -> KnownClip? {
    guard case .file(let path, let start, let end) = clip.source, let content = files.content(of: path) else {
      return nil
    }
    let origin = ["\(content.high) \(content.low)", "\(start ?? 0) \(end ?? -1)", load, libraries]
    let kind = form.sequence == nil ? "row" : "frames"
    let views = views.map { view -> KnownClip.ViewKeys? in
      guard let view else { return nil }
      // What a chain draws depends on the seed, the clip's id and the view's name.
      let chain = origin + (view.chain.isEmpty ? [""] : [view.chain, "\(seed)", clip.id, view.name])
      return KnownClip.ViewKeys(
        drawn: Self.key(["drawn"] + chain), rows: parts.map { Self.key([kind] + chain + [$0]) },
        signal: view.keepsSignal ? Self.key(["view"] + chain) : nil)
    }
    return KnownClip(
      cache: cache, rate: rate, form: form, widths: widths, signal: Self.key(["signal"] + origin),
      hash: Self.key(["content"] + origin), fingerprint: Self.key(["fingerprint 1"] + origin), views: views)
  }
}

/// What is known of one clip, and what is to be kept of it.
struct KnownClip {
  struct ViewKeys {
    var drawn: CacheKey
    var rows: [CacheKey]
    /// nil for the recording itself, and for what changes features.
    var signal: CacheKey?
  }

  private let cache: ResultCache
  private let rate: Int?
  private let form: RowForm
  private let widths: [Int]
  private let signalKey: CacheKey
  private let hashKey: CacheKey
  private let fingerprintKey: CacheKey
  private let views: [ViewKeys?]
  private let values: [CacheKey: [UInt8]]
  private var stored: [(key: CacheKey, kind: ResultCache.Kind, value: [UInt8])] = []

  init(
    cache: ResultCache, rate: Int?, form: RowForm, widths: [Int], signal: CacheKey, hash: CacheKey,
    fingerprint: CacheKey,
    views: [ViewKeys?]
  ) {
    self.cache = cache
    self.rate = rate
    self.form = form
    self.widths = widths
    signalKey = signal
    hashKey = hash
    fingerprintKey = fingerprint
    self.views = views
    values = cache.values(of: [hash, fingerprint] + views.compactMap(\.self).flatMap { [$0.drawn] + $0.rows })
  }

  /// What is told of the recording whatever is computed.
  var recording: (contentHash: String, fingerprint: AudioFingerprint?)? {
    guard let hash = values[hashKey], let print = values[fingerprintKey] else { return nil }
    let words = stride(from: 0, to: print.count - 3, by: 4).map { place in
      print[place..<place + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    return (String(decoding: hash, as: UTF8.self), AudioFingerprint(packed: words[...]))
  }

  var signal: Signal? { rate.flatMap { signal(signalKey, $0) } }

  mutating func keep(_ audio: LoadedAudio, _ fingerprint: AudioFingerprint?) {
    stored.append((hashKey, .text, Array(audio.contentHash.utf8)))
    let words = AudioFingerprint.packed(fingerprint)
    stored.append(
      (fingerprintKey, .text, words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }))
    keep(audio.signal, signalKey)
  }

  private func signal(_ key: CacheKey, _ rate: Int) -> Signal? {
    cache.values(of: [key])[key].map { Signal(samples: LittleEndian.floats($0[...]), sampleRate: rate) }
  }

  private mutating func keep(_ signal: Signal, _ key: CacheKey) {
    if signal.sampleRate == rate { stored.append((key, .signal, LittleEndian.bytes(signal.samples))) }
  }

  // MARK: Views

  func drawn(_ view: Int) -> [Draws.Drawn]? {
    guard let bytes = views[view].flatMap({ values[$0.drawn] }) else { return nil }
    let source = SourceText(name: "cache", bytes: bytes)
    return try? JSONParser.parse(source).value.json.arrayValue?.map { item in
      guard let pair = item.arrayValue, pair.count == 2, let name = pair[0].stringValue else {
        throw Diagnostic(.badCache, "an entry cannot be understood")
      }
      return Draws.Drawn(name: name, value: pair[1])
    }
  }

  /// What each part of the view's row was made of; nil where it is not known.
  func parts(_ view: Int) -> [[Float]?] {
    widths.indices.map { part in
      let values = views[view].flatMap { self.values[$0.rows[part]] }.map { LittleEndian.floats($0[...]) }
      return values.flatMap { form.parts[part].isFitting($0.count, width: widths[part]) ? $0 : nil }
    }
  }

  func signal(ofView view: Int) -> Signal? {
    guard let rate, let key = views[view]?.signal else { return nil }
    return signal(key, rate)
  }

  mutating func keep(_ signal: Signal, ofView view: Int) {
    if let key = views[view]?.signal { keep(signal, key) }
  }

  mutating func keep(_ values: [Float], ofPart part: Int, ofView view: Int) {
    if let keys = views[view] { stored.append((keys.rows[part], .row, LittleEndian.bytes(values))) }
  }

  mutating func keep(_ record: [Draws.Drawn], ofView view: Int) {
    guard let keys = views[view] else { return }
    let text = JSONValue.array(record.map { .array([.string($0.name), $0.value]) }).description
    stored.append((keys.drawn, .text, Array(text.utf8)))
  }

  func save() { cache.store(stored) }
}
