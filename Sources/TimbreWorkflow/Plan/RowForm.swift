import TimbreCore
import TimbreEvaluation

/// What is taken of the features to make a row: `"vector"` or `"sequence"` of a workflow.
public struct RowForm: Sendable {
  /// In the order of the row's columns. The parts of a vector have a statistic, those of a sequence have none.
  public var parts: [Part]
  /// nil for a vector.
  public let sequence: SequenceOptions?

  /// One feature's contribution.
  public struct Part: Sendable {
    /// Index of the node.
    public var node: Int
    /// nil for all frames.
    public var statistic: Statistic?
  }

  public static func vector(_ parts: [Part]) -> RowForm { RowForm(parts: parts, sequence: nil) }

  public static func sequence(of nodes: [Int], _ options: SequenceOptions) -> RowForm {
    RowForm(parts: nodes.map { Part(node: $0) }, sequence: options)
  }

  private init(parts: [Part], sequence: SequenceOptions?) {
    self.parts = parts
    self.sequence = sequence
  }

  /// The keys of a workflow of which exactly one stands there.
  static let keys = ["vector", "sequence"]
}

extension RowForm.Part {
  /// One number a bin, or all bins of one frame after the other.
  func values(of feature: FeatureMatrix, named name: String) throws -> [Float] {
    guard let statistic else {
      do {
        try feature.requireFinite()
      } catch let diagnostic as Diagnostic {
        throw diagnostic.about("feature \(name)")
      }
      return feature.values
    }
    let pooled = statistic.pool(feature)
    if let bin = pooled.firstIndex(where: { !$0.isFinite }) {
      throw Diagnostic(
        .notFinite, "the \(statistic.name) of feature \(name), bin \(feature.axes.bins[bin]), is not finite",
        help: "look at the feature of this clip, or choose another statistic")
    }
    return pooled
  }

  /// Whether so many numbers can be this part of a row.
  func isFitting(_ count: Int, width: Int) -> Bool {
    statistic == nil ? count > 0 && count.isMultiple(of: width) : count == width
  }
}

/// One row of a classifier's input, before scaling.
public struct Row: Sendable {
  /// Of a sequence frame after frame, with zeros behind the last.
  public var values: [Float]
  /// Frames of a sequence, and how many there were before cropping.
  public var length = 1, available = 1
}

extension Rows {
  /// A single row.
  init(_ row: Row, _ shape: RowShape) {
    self.init(shape, values: row.values, rows: 1, lengths: shape.isSequence ? [row.length] : [])
  }
}

/// `"sequence"`: the frames of some features in the order of time.
public struct SequenceOptions: RecordValue, Hashable {
  /// Which part of a longer clip is kept.
  public enum Crop: String, ParameterValue, CaseIterable { case start, center, end }

  /// Names of feature nodes; their bins lie one after the other in every frame.
  public var of: [String] = []
  public var frames = 128
  public var crop = Crop.start

  public init() {}

  public static let parameters: [Parameter<SequenceOptions>] = [
    .list("of", \.of, count: 1...1_000, "The features whose frames are taken, bins one after the other."),
    .requiredInt(
      "frames", \.frames, in: 1...100_000, unit: .frames,
      "Frames of a row. Longer clips are cropped; shorter ones end earlier, and what is missing takes part in nothing."),
    .choice("crop", \.crop, "Which part of a longer clip is kept."),
  ]

  /// The features of one clip side by side.
  func row(of parts: [(name: String, frames: (values: [Float], width: Int))]) throws -> Row {
    let counts = parts.map { $0.frames.values.count / max(1, $0.frames.width) }
    guard let available = counts.first else { return Row(values: []) }
    for (part, count) in zip(parts, counts) where count != available || count == 0 {
      throw Diagnostic(
        .badInput,
        count == 0
          ? "the feature \(part.name) has no frame"
          : "the feature \(part.name) has \(count) frames, \(parts[0].name) has \(available)",
        help: count == 0 ? nil : "the features of a sequence need the same hop, and the same way of meeting the ends")
    }
    let length = min(available, frames)
    let first =
      switch crop {
      case .start: 0
      case .center: (available - length) / 2
      case .end: available - length
      }
    let bins = parts.reduce(0) { $0 + $1.frames.width }
    var row = [Float](repeating: 0, count: frames * bins)
    var place = 0
    for (_, (values, width)) in parts {
      for frame in 0..<length {
        for bin in 0..<width { row[frame * bins + place + bin] = values[(first + frame) * width + bin] }
      }
      place += width
    }
    return Row(values: row, length: length, available: available)
  }
}
