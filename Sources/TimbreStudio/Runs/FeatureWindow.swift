import TimbreCore
import TimbreReport

/// A part of a feature, reduced to what a screen can show. Where the part is small enough, its values are the feature's own.
struct FeatureWindow {
  /// What a client asks for: a part in frames and bins, and how many columns and rows it can show.
  struct Wish: Sendable {
    var firstFrame = 0
    var frames: Int?
    var firstBin = 0
    var bins: Int?
    var columns = 600
    var rows = 256

    static let mostColumns = 2_000
    static let mostRows = 1_024
  }

  /// How the values of several cells become one: the largest where no value of the feature is negative, so that a click stays
  /// visible, else their mean, as in the pictures of the report.
  enum Pooling: String { case none, largest, mean }

  let frames: Range<Int>
  let bins: Range<Int>
  let columns: Int
  let rows: Int
  let pooling: Pooling
  /// Row by row, the lowest bin first.
  let values: [Float]

  /// - Parameter source: Frame by frame.
  init(_ feature: FeatureMatrix, _ wish: Wish, isNonNegative: Bool) {
    func part(_ first: Int, _ count: Int?, of total: Int) -> Range<Int> {
      let start = min(max(0, first), max(0, total - 1))
      return start..<min(total, start + max(1, min(count ?? total, total)))
    }
    frames = part(wish.firstFrame, wish.frames, of: feature.frameCount)
    bins = part(wish.firstBin, wish.bins, of: feature.binCount)
    columns = max(1, min(frames.count, wish.columns))
    rows = max(1, min(bins.count, wish.rows))
    let isExact = columns == frames.count && rows == bins.count
    pooling = isExact ? .none : isNonNegative ? .largest : .mean
    var values: [Float] = []
    values.reserveCapacity(columns * rows)
    for row in 0..<rows where !frames.isEmpty {
      let span = bins.lowerBound + row * bins.count / rows..<bins.lowerBound + (row + 1) * bins.count / rows
      for column in 0..<columns {
        let time = column * frames.count / columns..<(column + 1) * frames.count / columns
        if isExact {
          values.append(feature[bin: span.lowerBound, frame: frames.lowerBound + time.lowerBound])
          continue
        }
        var sum = 0.0
        var largest = -Float.infinity
        for frame in time {
          for bin in span {
            let value = feature[bin: bin, frame: frames.lowerBound + frame]
            sum += Double(value)
            largest = max(largest, value)
          }
        }
        values.append(isNonNegative ? largest : Float(sum / Double(time.count * span.count)))
      }
    }
    self.values = values
  }

  /// As the API answers it. Numbers are the shortest that read back as the same float.
  func json(_ head: [JSONValue.Member], axes: FeatureAxes, cells: JSONValue) -> String {
    var members = head
    members += [
      .init("hop", .number(axes.hop)), .init("start", .number(axes.start)),
      .init("unit", axes.valueUnit.map { .string($0.rawValue) } ?? .null),
      .init("position_unit", axes.positionUnit.map { .string($0.rawValue) } ?? .null),
      .init(
        "window",
        [
          "first_frame": .int(frames.lowerBound), "frames": .int(frames.count), "first_bin": .int(bins.lowerBound),
          "bins": .int(bins.count),
        ]),
      .init("columns", .int(frames.isEmpty ? 0 : columns)), .init("rows", .int(rows)),
      .init("pooling", .string(pooling.rawValue)), .init("colors", cells),
      .init("bin_names", Array(axes.bins[bins]).json),
      .init("positions", axes.positions.count == axes.bins.count ? Array(axes.positions[bins]).json : .null),
    ]
    var text = JSONValue.object(members).description
    text.removeLast()
    text += ", \"values\": ["
    let width = frames.isEmpty ? 0 : columns
    for row in 0..<rows {
      text += row == 0 ? "[" : ", ["
      for column in 0..<width {
        if column > 0 { text += "," }
        let value = values[row * width + column]
        text += value.isFinite ? value.description : "null"
      }
      text += "]"
    }
    return text + "]}"
  }
}
