import TimbreCore

/// What a split needs to know of one clip.
public struct SplitItem: Sendable {
  public var clip: String
  public var label: String
  public var speaker: String?
  public var attributes: [(name: String, value: String)]
  /// Equal for recordings with the same audio; nil before the audio is read.
  public var recording: RecordingID?
  /// The file, and the seconds of it, that the clip is; nil for other audio.
  public var part: (file: String, seconds: Range<Double>)?

  public init(
    clip: String, label: String, speaker: String? = nil, attributes: [(name: String, value: String)] = [],
    contentHash: String? = nil
  ) {
    self.clip = clip
    self.label = label
    self.speaker = speaker
    self.attributes = attributes
    recording = contentHash.map(RecordingID.init)
  }

  public init(_ clip: Clip, contentHash: String? = nil) {
    self.init(
      clip: clip.id, label: clip.label, speaker: clip.speaker, attributes: clip.attributes, contentHash: contentHash)
    if case .file(let path, let start, let end) = clip.source {
      let first = start ?? 0
      part = (path, first..<max(first, end ?? .infinity))
    }
  }

  /// "speaker", "label", or an attribute by its name.
  func value(of column: String) -> String? {
    switch column {
    case "speaker": speaker
    case "label": label
    default: attributes.first { $0.name == column }?.value
    }
  }
}

/// What a recording sounds like, in 16 bytes: a content hash is kept for every clip of a corpus.
public struct RecordingID: Sendable, Hashable {
  let high: UInt64
  let low: UInt64

  /// - Parameter hash: 32 hex digits, or any other text that tells recordings apart.
  public init(_ hash: String) {
    if hash.utf8.count == 32, let high = UInt64(hash.prefix(16), radix: 16),
      let low = UInt64(hash.suffix(16), radix: 16)
    {
      (self.high, self.low) = (high, low)
    } else {
      (high, low) = fingerprint(Array(hash.utf8))
    }
  }
}

/// The rows of a dataset: views of clips.
public struct SplitTable: Sendable {
  public struct Row: Sendable, Hashable {
    // 8 bytes: there are several rows to every clip of a corpus.
    private let place: Int32
    private let viewPlace: Int32

    /// Index in `items`.
    public var item: Int { Int(place) }
    /// Index in `views`.
    public var view: Int { Int(viewPlace) }

    public init(item: Int, view: Int) {
      place = Int32(item)
      viewPlace = Int32(view)
    }
  }

  public var items: [SplitItem]
  public var views: [String]
  public var rows: [Row]

  public init(items: [SplitItem], views: [String], rows: [Row]) {
    self.items = items
    self.views = views
    self.rows = rows
  }

  /// Every view of every clip, the views of a clip side by side.
  public init(items: [SplitItem], views: [String]) {
    var rows: [Row] = []
    rows.reserveCapacity(items.count * views.count)
    for item in items.indices { for view in views.indices { rows.append(Row(item: item, view: view)) } }
    self.init(items: items, views: views, rows: rows)
  }
}

/// Row indices of each side, ascending.
public struct Split: Sendable, Hashable {
  public var train: [Int]
  public var validation: [Int]
  public var test: [Int]
  /// Views of test and validation clips that are not in `test_views`.
  public var unused: [Int]

  public init(train: [Int], validation: [Int] = [], test: [Int], unused: [Int] = []) {
    self.train = train
    self.validation = validation
    self.test = test
    self.unused = unused
  }
}
