import TimbreCore

/// Horizontal bars between 0 and 1 with their values: one or two figures for each label.
public enum BarChart {
  public struct Series: Sendable, Hashable {
    public var name: String
    /// One a label.
    public var values: [Double]

    public init(_ name: String, _ values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  /// - Parameters:
  ///   - marked: The index of a label to set in bold, such as the true class.
  public static func svg(title: String, labels: [String], series: [Series], marked: Int? = nil) -> SVG {
    let bar = series.count > 1 ? 12.0 : 14
    let gap = series.count > 1 ? 12.0 : 8
    let width = 320.0
    let longest = Double(labels.map(\.count).max() ?? 0)
    let left = 18 + 7.6 * min(24, longest)
    let top = series.count > 1 ? 34.0 : 8
    var drawing = Drawing()
    if series.count > 1 {
      var x = left
      for (index, one) in series.prefix(2).enumerated() {
        drawing.rect(x, 8, 11, 11, index == 0 ? "firstfill" : "secondfill", radius: 2)
        drawing.text(one.name, x + 17, 18)
        x += 40 + 7.5 * Double(one.name.count)
      }
    }
    var y = top
    for (row, label) in labels.enumerated() {
      let height = bar * Double(series.count) + Double(series.count - 1) * 2
      let name = label.count > 24 ? label.prefix(23) + "…" : label
      drawing.text(name, left - 10, y + height / 2 + 4.5, row == marked ? "strong" : "name", anchor: .end)
      for (index, one) in series.prefix(2).enumerated() {
        let value = row < one.values.count ? one.values[row] : .nan
        let barY = y + Double(index) * (bar + 2)
        drawing.rect(left, barY, width, bar, "track", opacity: 0.5, radius: 2)
        if value.isFinite {
          drawing.rect(
            left, barY, width * min(1, max(0, value)), bar, index == 0 ? "firstfill" : "secondfill", radius: 2)
        }
        drawing.text(
          Numbers.fixed(value, 2), left + width + 8, barY + bar / 2 + 4, series.count > 1 ? "small" : "label")
      }
      y += height + gap
    }
    let best = labels.indices.map { row in
      labels[row] + " "
        + series.map { Numbers.fixed(row < $0.values.count ? $0.values[row] : .nan, 2) }.joined(separator: " and ")
    }
    let sentence = "\(title) (\(series.map(\.name).joined(separator: ", "))): " + best.joined(separator: "; ")
    return SVG(width: left + width + 52, height: y, title: sentence, body: drawing.body)
  }

  /// The probabilities of one prediction; the true class in bold.
  public static func probabilities(_ values: [Double], labels: [String], actual: String?) -> SVG {
    svg(
      title: "Probabilities", labels: labels, series: [Series("probability", values)],
      marked: actual.flatMap { labels.firstIndex(of: $0) })
  }

  /// A value between 0 and 1 with its interval, and marks for what chance would reach.
  static func gauge(_ value: Double, interval: ClosedRange<Double>?, baselines: [Double], title: String) -> SVG {
    let width = 220.0
    func x(_ value: Double) -> Double { 6 + (width - 12) * min(1, max(0, value.isFinite ? value : 0)) }
    var drawing = Drawing()
    drawing.rect(x(0), 10, width - 12, 4, "track", radius: 2)
    if let interval { drawing.line(x(interval.lowerBound), 12, x(interval.upperBound), 12, "interval") }
    for baseline in baselines where baseline.isFinite { drawing.line(x(baseline), 4, x(baseline), 20, "chance") }
    if value.isFinite { drawing.circle(x(value), 12, 5, "firstfill") }
    return SVG(width: width, height: 24, title: title, body: drawing.body)
  }
}
