import TimbreCore

/// What two sides of a split have in common. Computed from the rows alone, without regard to how they were divided.
public struct Overlap: Sendable, Hashable {
  /// Two clips with the same audio, whole or in part, one on either side.
  public struct Pair: Sendable, Hashable {
    public var known: String
    public var tested: String

    public init(known: String, tested: String) {
      self.known = known
      self.tested = tested
    }
  }

  /// Ids of clips with rows on both sides, in the table's order.
  public var clips: [String] = []
  /// Rows of the tested side whose clip also is on the other side.
  public var rows = 0
  /// One pair for each clip of the tested side whose audio occurs on the other side under another id.
  public var recordings: [Pair] = []
  /// Sorted.
  public var speakers: [String] = []
  /// All rows of the tested side.
  public var testedRows = 0

  /// Speakers in common make a result speaker-dependent, but they are no leak.
  public var isLeak: Bool { !clips.isEmpty || !recordings.isEmpty }

  init(of known: [Int], and tested: [Int], in table: SplitTable) {
    testedRows = tested.count
    let items = table.items
    func itemsOf(_ rows: [Int]) -> [Int] {
      var isThere = [Bool](repeating: false, count: items.count)
      for row in rows { isThere[table.rows[row].item] = true }
      return items.indices.filter { isThere[$0] }
    }
    let (knownItems, testedItems) = (itemsOf(known), itemsOf(tested))
    let knownSpeakers = Set(knownItems.compactMap { items[$0].speaker })
    let knownClips = ItemIndex(knownItems) { stableHash(items[$0].clip) }
    let knownRecordings = ItemIndex(knownItems) { items[$0].recording?.high }
    var partsOfFile: [String: [(clip: String, seconds: Range<Double>)]] = [:]
    for index in knownItems {
      if let part = items[index].part { partsOfFile[part.file, default: []].append((items[index].clip, part.seconds)) }
    }
    var isKnownClip = [Bool](repeating: false, count: items.count)
    for index in testedItems {
      let item = items[index]
      if knownClips.first(stableHash(item.clip), where: { items[$0].clip == item.clip }) != nil {
        isKnownClip[index] = true
        clips.append(item.clip)
      } else if let recording = item.recording,
        let other = knownRecordings.first(recording.high, where: { items[$0].recording == recording })
      {
        recordings.append(Pair(known: items[other].clip, tested: item.clip))
      } else if let part = item.part,
        let other = partsOfFile[part.file]?.first(where: { $0.seconds.overlaps(part.seconds) })
      {
        // Two stretches of one file that share some seconds.
        recordings.append(Pair(known: other.clip, tested: item.clip))
      }
    }
    rows = tested.count { isKnownClip[table.rows[$0].item] }
    speakers = Set(testedItems.compactMap { items[$0].speaker }).intersection(knownSpeakers).sorted()
  }

  /// "1,412 of 1,839 test rows are views of clips that are also trained on (e.g. 03-01-01)".
  func sentence(_ side: String) -> String {
    var parts: [String] = []
    if let first = clips.first {
      parts.append(
        "\(rows) of \(testedRows) \(side) rows are views of \(clips.count == 1 ? "a clip" : "\(clips.count) clips") "
          + "also trained on (e.g. \(first))")
    }
    if let first = recordings.first {
      parts.append(
        "\(recordings.count) \(side) \(recordings.count == 1 ? "clip has" : "clips have") the same audio as a training clip, or part of it "
          + "(e.g. \(first.tested) = \(first.known))")
    }
    return parts.joined(separator: "; ")
  }

  public var json: JSONValue {
    [
      "clips": .int(clips.count), "rows": .int(rows), "clip_examples": .array(clips.prefix(5).map { .string($0) }),
      "identical_recordings": .array(
        recordings.prefix(20).map { ["known": .string($0.known), "tested": .string($0.tested)] }),
      "speakers": .array(speakers.map { .string($0) }),
    ]
  }
}

/// What the guard found in a finished split.
public struct LeakReport: Sendable, Hashable {
  /// Training and validation together against test.
  public var test: Overlap
  /// Training against validation.
  public var validation: Overlap

  public init(of split: Split, in table: SplitTable) {
    test = Overlap(of: split.train + split.validation, and: split.test, in: table)
    validation = Overlap(of: split.train, and: split.validation, in: table)
  }

  public var isLeak: Bool { test.isLeak || validation.isLeak }
  /// Whether speakers of the test side were also trained on.
  public var isSpeakerDependent: Bool { !test.speakers.isEmpty }

  /// What a report says first when the split leaks.
  public var sentence: String? {
    var parts: [String] = []
    if test.isLeak { parts.append(test.sentence("test")) }
    if validation.isLeak { parts.append(validation.sentence("validation")) }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  public var json: JSONValue {
    [
      "leak": .bool(isLeak), "speaker_dependent": .bool(isSpeakerDependent), "test": test.json,
      "validation": validation.json,
    ]
  }
}

/// Looks for leaks in a split, however it came about.
///
/// - Throws: A `.leak` diagnostic unless `allowLeak`.
@discardableResult
public func checkSplit(_ split: Split, of table: SplitTable, allowLeak: Bool) throws -> LeakReport {
  let report = LeakReport(of: split, in: table)
  if !allowLeak, let sentence = report.sentence {
    let help =
      report.test.clips.isEmpty && report.validation.clips.isEmpty
      ? "keep identical recordings on one side, or remove the copies; to accept the leak, set \"allow_leak\": true"
      : "use \"by\": \"clip\" or \"speaker\"; to measure the leak itself, set \"allow_leak\": true"
    throw Diagnostic(.leak, "the split leaks: \(sentence)", help: help)
  }
  return report
}

/// Items by a hash of theirs, in 16 bytes an item, where a dictionary of strings would take as much memory as a row of features.
private struct ItemIndex {
  private let entries: [(hash: UInt64, item: Int)]

  init(_ items: [Int], _ hash: (Int) -> UInt64?) {
    entries = items.compactMap { item in hash(item).map { ($0, item) } }
      .sorted { ($0.hash, $0.item) < ($1.hash, $1.item) }
  }

  /// The first item of that hash that really is the one.
  func first(_ hash: UInt64, where isSame: (Int) -> Bool) -> Int? {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].hash < hash { low = middle + 1 } else { high = middle }
    }
    while low < entries.count, entries[low].hash == hash {
      if isSame(entries[low].item) { return entries[low].item }
      low += 1
    }
    return nil
  }
}
