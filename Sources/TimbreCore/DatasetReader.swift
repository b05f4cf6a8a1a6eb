/// Where the audio of a clip is.
public enum AudioSource: Sendable {
  /// A file, and the part of it that is the clip, in seconds; nil is the file's beginning or end.
  case file(path: String, start: Double?, end: Double?)
  /// Audio that the dataset makes by itself; the same at every call.
  case generated(@Sendable () throws -> Signal)

  public static func file(_ path: String) -> AudioSource { .file(path: path, start: nil, end: nil) }
}

/// One recording of a dataset.
public struct Clip: Sendable {
  /// Unique within the dataset and the same on every machine: not an absolute path.
  public var id: String
  public var source: AudioSource
  public var label: String
  public var speaker: String?
  /// Everything else the dataset knows, in the dataset's order; splits and tables may name it.
  public var attributes: [(name: String, value: String)]

  public init(
    id: String, source: AudioSource, label: String, speaker: String? = nil,
    attributes: [(name: String, value: String)] = []
  ) {
    self.id = id
    self.source = source
    self.label = label
    self.speaker = speaker
    self.attributes = attributes
  }

  /// "speaker", "label", or an attribute by its name.
  public func value(of column: String) -> String? {
    switch column {
    case "speaker": speaker
    case "label": label
    default: attributes.first { $0.name == column }?.value
    }
  }
}

/// What a reader found.
public struct ClipList: Sendable {
  /// In a fixed order, usually by id.
  public var clips: [Clip]
  /// All classes that the dataset may have, in its own order; empty lets the host sort the labels it sees.
  public var labels: [String]
  /// Files that were passed over, each with its reason.
  public var rejected: [Diagnostic]

  public init(clips: [Clip], labels: [String] = [], rejected: [Diagnostic] = []) {
    self.clips = clips
    self.labels = labels
    self.rejected = rejected
  }
}

/// A plugin that lists the clips of a dataset. It reads names and tables, never audio.
public protocol DatasetReader: Plugin {
  /// - Throws: A `Diagnostic` when the path is missing, cannot be read, or holds not one valid clip.
  func clips() throws -> ClipList
}
