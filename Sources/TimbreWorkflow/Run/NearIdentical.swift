import TimbreAudio
import TimbreCore
import TimbreEvaluation
import TimbreFingerprint
import TimbreMachine
import TimbreReport

/// Clips that are one recording in different files: compressed, louder, resampled, with a little noise, shifted.
struct NearIdentical: Sendable {
  struct Pair: Sendable {
    /// Indices of clips.
    var first: Int
    var second: Int
    /// Share of the fingerprints' bits that differ.
    var distance: Double
    /// Of the waves, 0 to 1.
    var likeness: Double
  }

  /// Sorted by `first`, then `second`. Clips with the same content hash are not among them.
  private(set) var pairs: [Pair] = []

  /// So many of a clip's nearest are listened to: of many copies each has several partners then, and steady tones do not cost the
  /// square of their number.
  private static let mostPartners = 8

  init() {}

  /// Compares the fingerprints of all clips, and listens to those that are alike.
  init(of results: ClipResults, clips: [Clip], load: LoadOptions, jobs: Int) {
    let matches = FingerprintIndex.matches(in: results.fingerprints, Workers(jobs)) {
      results.contentHash(ofClip: $0) == results.contentHash(ofClip: $1)
    }
    let nearest = Self.nearest(matches)
    let heard = Workers(jobs).map(nearest.count) { index -> Pair? in
      let match = nearest[index]
      guard let first = try? TimbreAudio.load(clips[match.first].source, options: load),
        let second = try? TimbreAudio.load(clips[match.second].source, options: load)
      else { return nil }
      let likeness = match.likeness(first.signal, second.signal)
      guard likeness >= FingerprintMatch.leastLikeness else { return nil }
      return Pair(first: match.first, second: match.second, distance: match.distance, likeness: likeness)
    }
    pairs = heard.compactMap(\.self).sorted { ($0.first, $0.second) < ($1.first, $1.second) }
  }

  /// The nearest first, of each clip no more than are listened to.
  private static func nearest(_ matches: [FingerprintMatch]) -> [FingerprintMatch] {
    var partners: [Int: Int] = [:]
    return matches.sorted { ($0.distance, $0.first, $0.second) < ($1.distance, $1.first, $1.second) }.filter { match in
      guard max(partners[match.first] ?? 0, partners[match.second] ?? 0) < mostPartners else { return false }
      partners[match.first, default: 0] += 1
      partners[match.second, default: 0] += 1
      return true
    }
  }

  /// The content hash that stands for a recording and all its near copies, by the hashes of these: then the leak guard takes them for one.
  func standIns(_ hash: (Int) -> String?) -> [String: String] {
    var parent: [String: String] = [:]
    func root(_ hash: String) -> String {
      var hash = hash
      while let next = parent[hash] { hash = next }
      return hash
    }
    for pair in pairs {
      guard let first = hash(pair.first), let second = hash(pair.second) else { continue }
      let (a, b) = (root(first), root(second))
      if a != b { parent[max(a, b)] = min(a, b) }
    }
    return Dictionary(uniqueKeysWithValues: parent.keys.map { ($0, root($0)) })
  }

  /// So many recordings that occur more than once are listened to for silence, the most frequent first: a dataset that is joined twice
  /// is not decoded a third time.
  private static let mostShared = 200

  /// Of content hashes that several clips have, those of recordings in which there is nothing to hear: digital silence of the same length
  /// says nothing about who was recorded.
  static func silences(_ clips: [Clip], load: LoadOptions, _ hash: (Int) -> String?) -> Set<String> {
    // Names only of what occurs again: those of all clips would take as much memory as short clips' vectors.
    var seen: Set<RecordingID> = []
    var found: [String: (clip: Int, count: Int)] = [:]
    for index in clips.indices {
      guard let hash = hash(index), !seen.insert(RecordingID(hash)).inserted else { continue }
      found[hash, default: (index, 1)].count += 1
    }
    let shared = found.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
    let silent = shared.prefix(mostShared).filter { _, place in
      (try? TimbreAudio.load(clips[place.clip].source, options: load))?.signal.samples.allSatisfy { $0 == 0 } == true
    }
    return Set(silent.map(\.key))
  }

  /// One line for people; nil where there is none.
  func sentence(_ clips: [Clip]) -> String? {
    guard let pair = pairs.first else { return nil }
    let count = pairs.count == 1 ? "1 pair of clips is" : "\(pairs.count) pairs of clips are"
    return "warning: \(count) one recording in different files, listed in near_identical.csv: "
      + "\(clips[pair.first].id) = \(clips[pair.second].id)\(pairs.count > 1 ? ", …" : "")\n"
      + "  help: they count as identical: no split parts them without \"allow_leak\"; remove the copies if they are not meant"
  }

  func write(_ clips: [Clip], to folder: RunFolder) throws {
    if pairs.isEmpty { return }
    let lines = pairs.map { pair in
      [
        clips[pair.first].id, clips[pair.second].id, clips[pair.first].label, clips[pair.second].label,
        CSV.number(pair.distance), CSV.number(pair.likeness),
      ]
    }
    try CSV.write(
      header: ["id", "other_id", "label", "other_label", "distance", "correlation"], rows: lines,
      to: folder.file("near_identical.csv"))
  }
}
