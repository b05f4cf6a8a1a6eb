import TimbreCore

/// How often each class was taken for each other one.
public struct ConfusionMatrix: Sendable, Hashable {
  public var labels: [String]
  /// `counts[actual][predicted]`.
  public var counts: [[Int]]

  public init(labels: [String], counts: [[Int]]) {
    precondition(
      counts.count == labels.count && counts.allSatisfy { $0.count == labels.count }, "a square of the labels")
    self.labels = labels
    self.counts = counts
  }

  /// Where the cell of a true and a predicted class leads; nil for a cell that leads nowhere.
  public typealias CellLink = @Sendable (_ actual: Int, _ predicted: Int) -> String?

  /// Counts and percentages of the row; the darker a cell, the larger its share of the row.
  public func svg(title: String = "Confusion matrix", link: CellLink? = nil) -> SVG {
    let cell = labels.count > 12 ? 40.0 : 58
    let longest = Double(labels.map(\.count).max() ?? 0)
    let left = 34 + 7.6 * min(22, longest)
    let top = 30.0
    let size = cell * Double(labels.count)
    // Names of columns that do not fit side by side are turned.
    let isTurned = longest * 7.4 > cell - 4
    let foot = isTurned ? 16 + 7.6 * min(22, longest) : 28
    var drawing = Drawing()
    drawing.text("actual", left - 10, 18, anchor: .end)
    for (row, counts) in counts.enumerated() {
      let total = counts.reduce(0, +)
      let y = top + Double(row) * cell
      drawing.text(Self.cut(labels[row]), left - 10, y + cell / 2 + 4.5, "name", anchor: .end)
      for (column, count) in counts.enumerated() {
        let share = total > 0 ? Double(count) / Double(total) : 0
        let x = left + Double(column) * cell
        // The jump at one half keeps figures readable: dark on every tint below it, light on every one above.
        let opacity = share == 0 ? 0 : share < 0.5 ? 0.06 + 0.8 * share : 0.72 + 0.46 * (share - 0.5)
        func draw(_ drawing: inout Drawing) {
          drawing.rect(x + 1, y + 1, cell - 2, cell - 2, "cell", opacity: opacity, radius: 3)
          let style = share < 0.5 ? "onlight" : "inverse"
          if count == 0 {
            drawing.text("0", x + cell / 2, y + cell / 2 + 4.5, "label", anchor: .middle)
          } else if cell > 50 {
            drawing.text(String(count), x + cell / 2, y + cell / 2 - 1, style + " strong", anchor: .middle)
            drawing.text(Numbers.percent(share), x + cell / 2, y + cell / 2 + 15, style + " small", anchor: .middle)
          } else {
            drawing.text(String(count), x + cell / 2, y + cell / 2 + 4.5, style, anchor: .middle)
          }
        }
        if count > 0, let address = link?(row, column) {
          drawing.link(to: address, label: "\(count) \(labels[row]) taken for \(labels[column])", draw)
        } else {
          draw(&drawing)
        }
      }
    }
    drawing.rect(left - 1, top - 1, size + 2, size + 2, "frame", radius: 4)
    for (column, label) in labels.enumerated() {
      let x = left + (Double(column) + 0.5) * cell
      if isTurned {
        drawing.text(Self.cut(label), x + 4.5, top + size + 10, "name", anchor: .end, turned: true)
      } else {
        drawing.text(label, x, top + size + 20, "name", anchor: .middle)
      }
    }
    drawing.text("predicted", left + size, top + size + foot + 12, anchor: .end)
    let right = counts.indices.reduce(0) { $0 + counts[$1][$1] }
    let all = counts.reduce(0) { $0 + $1.reduce(0, +) }
    return SVG(
      width: left + size + 12, height: top + size + foot + 22, title: "\(title): \(right) of \(all) correct",
      body: drawing.body, hasLinks: link != nil)
  }

  private static func cut(_ label: String) -> String { label.count > 22 ? label.prefix(21) + "…" : label }
}
