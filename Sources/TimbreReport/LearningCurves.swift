import TimbreCore

/// Numbers of training over the epochs.
public enum LearningCurves {
  public static func loss(_ history: [TrainingRecord]) -> SVG? {
    svg(history, title: "Loss", train: "loss", validation: "val_loss")
  }

  public static func accuracy(_ history: [TrainingRecord]) -> SVG? {
    svg(history, title: "Accuracy", train: "accuracy", validation: "val_accuracy", from: 0, to: 1)
  }

  /// Two entries of the records as curves; nil when the history has neither.
  ///
  /// - Parameters:
  ///   - from: The lower end of the axis; nil takes the smallest value.
  ///   - to: The upper end of the axis; nil takes the largest value.
  public static func svg(
    _ history: [TrainingRecord], title: String, train: String, validation: String, from: Double? = 0, to: Double? = nil
  ) -> SVG? {
    let width = 400.0
    let height = 200.0
    let left = 48.0
    let top = 40.0
    let curves = [("training", train, "first"), ("validation", validation, "second")].map { label, name, style in
      (label, style, history.map { record in (record.epoch, record[name].flatMap { $0.isFinite ? $0 : nil }) })
    }.filter { $0.2.contains { $0.1 != nil } }
    let values = curves.flatMap { $0.2.compactMap(\.1) }
    guard let smallest = values.min(), let largest = values.max(), let firstEpoch = history.first?.epoch,
      let lastEpoch = history.last?.epoch
    else { return nil }
    let lower = min(smallest, from ?? smallest)
    var upper = max(largest, to ?? largest)
    if !(upper > lower) { upper = lower + 1 }
    func x(_ epoch: Int) -> Double {
      left + (lastEpoch > firstEpoch ? Double(epoch - firstEpoch) / Double(lastEpoch - firstEpoch) : 0.5) * width
    }
    func y(_ value: Double) -> Double { top + height * (1 - (value - lower) / (upper - lower)) }

    var drawing = Drawing()
    drawing.text(title, left, 18, "strong")
    var legend = left + width
    for (label, style, _) in curves.reversed() {
      drawing.text(label, legend, 18, anchor: .end)
      legend -= 7 * Double(label.count) + 8
      drawing.line(legend - 22, 14, legend, 14, style)
      legend -= 38
    }
    let ticks = Ticks(lower, upper, count: 5)
    for value in ticks.values {
      drawing.line(left, y(value), left + width, y(value), "grid")
      drawing.text(ticks.label(value), left - 8, y(value) + 4.5, anchor: .end)
    }
    drawing.line(left, top + height, left + width, top + height, "axis")
    let epochs = Ticks(Double(firstEpoch) - 0.5, Double(lastEpoch) + 0.2, count: 8)
    for value in epochs.values where value.rounded() == value && value >= Double(firstEpoch) {
      drawing.text(Numbers.fixed(value, 0), x(Int(value)), top + height + 18, anchor: .middle)
    }
    drawing.text("epoch", left + width, top + height + 34, anchor: .end)
    for (_, style, points) in curves {
      drawing.path(points.map { epoch, value in value.map { (x(epoch), y($0)) } }, style)
      if points.count == 1, let value = points[0].1 { drawing.circle(x(points[0].0), y(value), 3, style + "fill") }
    }
    let ends = curves.compactMap { label, _, points in
      points.last(where: { $0.1 != nil }).map { "\(label) \(Numbers.short($0.1 ?? 0))" }
    }
    let sentence = "\(title) over \(history.count) epochs; at the end: " + ends.joined(separator: ", ")
    return SVG(width: left + width + 16, height: top + height + 42, title: sentence, body: drawing.body)
  }
}
