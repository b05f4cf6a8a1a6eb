import TimbreAudio
import TimbreCore

/// Why the name of a file does not tell what is recorded.
struct MalformedName: Error {
  var reason: String
  /// Where another help fits better than how names look.
  var help: String?
}

/// What the name of a file of an acted corpus says.
struct NamedClip {
  /// The same for each copy of a recording.
  var id: String
  /// As the corpus calls it.
  var emotion: String
  /// Unique within the corpus.
  var actor: String
  var attributes: [(name: String, value: String)]
}

/// A corpus whose file names tell everything, in any folder layout.
struct NamedCorpus {
  /// As people write it.
  var title: String
  /// What is put before an actor so that no other corpus has a speaker of that name.
  var prefix: String
  /// The name of one file, without its ending.
  var example: String

  var wanted: String { "WAV or FLAC files named like \(example).wav" }

  /// Every recording at any depth, in the order of paths, with what its name says.
  ///
  /// - Parameter id: What two copies of one recording have in common; the second is rejected.
  /// - Returns: The recordings, and a diagnostic for each file or folder that had to be passed over.
  /// - Throws: `.badDataset` where the folder is missing, cannot be read, or holds not one recording.
  func recordings<Name>(
    under path: String, id: (Name, FoundFile) -> String, name: (FoundFile) throws(MalformedName) -> Name
  ) throws -> (found: [(file: FoundFile, name: Name)], rejected: [Diagnostic]) {
    let (files, unreadable) = try AudioFiles.list(under: path, extensions: ["wav", "flac"], wanted: wanted)
    var found: [(file: FoundFile, name: Name)] = []
    var rejected = unreadable
    var firstOfID: [String: String] = [:]
    var reasons = Set<String>()
    for file in files {
      let parts: Name
      do { parts = try name(file) } catch {
        let help = error.help ?? "\(title) names are like \(example)"
        rejected.append(Diagnostic(.badDataset, error.reason, help: help, subject: file.path))
        reasons.insert(error.reason)
        continue
      }
      let id = id(parts, file)
      if let first = firstOfID[id] {
        rejected.append(Diagnostic(.badDataset, "the same recording is already there as \(first)", subject: file.path))
        continue
      }
      firstOfID[id] = file.relative
      found.append((file, parts))
    }
    if found.isEmpty {
      let reason = reasons.count == 1 ? reasons.first.map { ": \($0)" } ?? "" : ""
      throw Diagnostic(
        .badDataset,
        files.isEmpty
          ? "no WAV or FLAC file in this folder"
          : "none of the \(files.count) audio files is a recording of \(title)\(reason)",
        help: "looked for \(wanted) at any depth", subject: path)
    }
    return (found, rejected)
  }

  /// The clips of a corpus all of whose recordings are wanted.
  ///
  /// - Parameter emotions: All that the corpus has, in its order.
  func clips(
    under path: String, emotions: [String], labels: LabelNames,
    name: (FoundFile) throws(MalformedName) -> NamedClip
  ) throws -> ClipList {
    let (found, rejected) = try recordings(under: path, id: { name, _ in name.id }, name: name)
    let clips = found.map { file, name in
      Clip(
        id: name.id, source: .file(file.path), label: labels.name(of: name.emotion) ?? name.emotion,
        speaker: "\(prefix)_\(name.actor)",
        attributes: [("emotion", name.emotion), ("actor", name.actor)] + name.attributes)
    }
    return ClipList(clips: clips.sorted { $0.id < $1.id }, labels: labels.names(of: emotions), rejected: rejected)
  }
}

extension Dictionary where Key == String {
  /// What a part of a name stands for.
  func meaning(of code: some StringProtocol, _ what: String) throws(MalformedName) -> Value {
    if let value = self[String(code)] { return value }
    throw MalformedName(
      reason: "\(what) \"\(code)\" in the name is not one of \(keys.sorted().joined(separator: ", "))")
  }
}

extension FoundFile {
  /// The parts of the name without its ending; empty ones count.
  func parts(between separator: Character, _ counts: ClosedRange<Int>) throws(MalformedName) -> [Substring] {
    let parts = stem.split(separator: separator, omittingEmptySubsequences: false)
    guard counts.contains(parts.count) else {
      throw MalformedName(
        reason:
          "the name has \(parts.count) part\(parts.count == 1 ? "" : "s") between \(separator == "-" ? "hyphens" : "underscores"), not "
          + (counts.count == 1 ? "\(counts.lowerBound)" : "\(counts.lowerBound) to \(counts.upperBound)"))
    }
    return parts
  }
}

/// A whole number of exactly `digits` ASCII digits.
func number(_ text: some StringProtocol, digits: Int) -> Int? {
  text.utf8.count == digits && text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
}
