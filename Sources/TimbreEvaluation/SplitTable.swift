import TimbreCore

/// What a split needs to know of one clip.
public struct SplitItem: Sendable {
  public var clip: String
  public var label: String
  public var speaker: String?
  public var attributes: [(name: String, value: String)]
  /// Equal for recordings with the same audio; nil before the audio is read.
  public var contentHash: String?
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
    self.contentHash = contentHash
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

/// The rows of a dataset: views of clips.
public struct SplitTable: Sendable {
  public struct Row: Sendable, Hashable {
    /// Index in `items`.
    public var item: Int
    /// Index in `views`.
    public var view: Int

    public init(item: Int, view: Int) {
      self.item = item
      self.view = view
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
    let rows = items.indices.flatMap { item in views.indices.map { Row(item: item, view: $0) } }
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
