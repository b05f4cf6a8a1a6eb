import TimbreCore

/// Numbers of training over the epochs, of one model or of several in one picture.
public enum LearningCurves {
  /// The training of one of several models.
  public struct Fold: Sendable, Hashable {
    public var name: String
    public var history: [TrainingRecord]

    public init(_ name: String, _ history: [TrainingRecord]) {
      self.name = name
      self.history = history
    }
  }

  public static func loss(_ history: [TrainingRecord]) -> SVG? { loss(folds: [Fold("", history)]) }

  public static func accuracy(_ history: [TrainingRecord]) -> SVG? { accuracy(folds: [Fold("", history)]) }

  public static func loss(folds: [Fold]) -> SVG? {
    svg(folds: folds, title: "Loss", train: "loss", validation: "val_loss")
  }

  public static func accuracy(folds: [Fold]) -> SVG? {
    svg(folds: folds, title: "Accuracy", train: "accuracy", validation: "val_accuracy", from: 0, to: 1)
  }

  /// Two entries of the records as curves; nil when the history has neither.
  ///
  /// - Parameters:
  ///   - from: The lower end of the axis; nil takes the smallest value.
  ///   - to: The upper end of the axis; nil takes the largest value.
  public static func svg(
    _ history: [TrainingRecord], title: String, train: String, validation: String, from: Double? = 0, to: Double? = nil
  ) -> SVG? {
    svg(folds: [Fold("", history)], title: title, train: train, validation: validation, from: from, to: to)
  }

  /// Of each fold two curves, one kind looking alike in all of them.
  public static func svg(
    folds: [Fold], title: String, train: String, validation: String, from: Double? = 0, to: Double? = nil
  ) -> SVG? {
    let kinds = [Kind("training", train, "first", folds), Kind("validation", validation, "second", folds)].filter {
      !$0.curves.isEmpty
    }
    let points = kinds.flatMap { $0.curves.flatMap(\.points) }
    let values = points.compactMap(\.value)
    let epochs = folds.flatMap { $0.history.map(\.epoch) }
    guard let smallest = values.min(), let largest = values.max(), let first = epochs.min(), let last = epochs.max()
    else { return nil }
    let lower = min(smallest, from ?? smallest)
    let upper = max(largest, to ?? largest)
    let frame = Frame(epochs: first...last, values: lower...(upper > lower ? upper : lower + 1))

    let count = folds.count { !$0.history.isEmpty }
    let many = count > 1
    var drawing = Drawing()
    drawing.text(many ? "\(title), \(count) folds" : title, frame.left, 18, "strong")
    draw(frame, kinds, in: &drawing)
    for kind in kinds {
      for curve in kind.curves {
        let name = many ? "\(kind.label), fold \(curve.fold)" : nil
        drawing.path(
          curve.points.map { epoch, value in value.map { (frame.x(epoch), frame.y($0)) } },
          kind.style + (many ? " fold" : ""), title: name)
        if curve.points.count == 1, let value = curve.points[0].value {
          drawing.circle(frame.x(curve.points[0].epoch), frame.y(value), 3, kind.style + "fill")
        }
      }
    }
    let ends = kinds.map { "\($0.label) \(Numbers.short($0.end))" }.joined(separator: ", ")
    let length = folds.map(\.history.count).max() ?? 0
    let sentence =
      many
      ? "\(title) over up to \(length) epochs in \(count) folds; at the end, on the mean: \(ends)"
      : "\(title) over \(length) epochs; at the end: \(ends)"
    return SVG(
      width: frame.left + frame.width + 16, height: frame.top + frame.height + 42, title: sentence, body: drawing.body)
  }

  /// Axes, grid and legend.
  private static func draw(_ frame: Frame, _ kinds: [Kind], in drawing: inout Drawing) {
    let (left, right, bottom) = (frame.left, frame.left + frame.width, frame.top + frame.height)
    var legend = right
    for kind in kinds.reversed() {
      drawing.text(kind.label, legend, 18, anchor: .end)
      legend -= 7 * Double(kind.label.count) + 8
      drawing.line(legend - 22, 14, legend, 14, kind.style)
      legend -= 38
    }
    let ticks = Ticks(frame.values.lowerBound, frame.values.upperBound, count: 5)
    for value in ticks.values {
      drawing.line(left, frame.y(value), right, frame.y(value), "grid")
      drawing.text(ticks.label(value), left - 8, frame.y(value) + 4.5, anchor: .end)
    }
    drawing.line(left, bottom, right, bottom, "axis")
    let first = Double(frame.epochs.lowerBound)
    let epochs = Ticks(first - 0.5, Double(frame.epochs.upperBound) + 0.2, count: 8)
    for value in epochs.values where value.rounded() == value && value >= first {
      drawing.text(Numbers.fixed(value, 0), frame.x(Int(value)), bottom + 18, anchor: .middle)
    }
    drawing.text("epoch", right, bottom + 34, anchor: .end)
  }

  /// Where epochs and values are in the picture.
  private struct Frame {
    let left = 48.0
    let top = 40.0
    let width = 400.0
    let height = 200.0
    var epochs: ClosedRange<Int>
    var values: ClosedRange<Double>

    func x(_ epoch: Int) -> Double {
      let (first, last) = (epochs.lowerBound, epochs.upperBound)
      return left + (last > first ? Double(epoch - first) / Double(last - first) : 0.5) * width
    }

    func y(_ value: Double) -> Double {
      top + height * (1 - (value - values.lowerBound) / (values.upperBound - values.lowerBound))
    }
  }

  /// The curves of one entry.
  private struct Kind {
    var label: String
    var style: String
    var curves: [(fold: String, points: [(epoch: Int, value: Double?)])]

    init(_ label: String, _ entry: String, _ style: String, _ folds: [Fold]) {
      self.label = label
      self.style = style
      curves = folds.map { fold in
        (
          fold.name,
          fold.history.map { record in (record.epoch, record[entry].flatMap { $0.isFinite ? $0 : nil }) }
        )
      }.filter { $0.points.contains { $0.value != nil } }
    }

    /// The last value, on the mean of the folds.
    var end: Double {
      let ends = curves.compactMap { $0.points.compactMap(\.value).last }
      return ends.reduce(0, +) / Double(max(1, ends.count))
    }
  }
}
