/// The numbers of a vector, part by part: each part on a scale of its own, from its smallest to its largest value.
public enum VectorChart {
  public struct Part: Sendable, Hashable {
    public var name: String
    public var values: [Float]

    public init(_ name: String, _ values: [Float]) {
      self.name = name
      self.values = values
    }
  }

  public static func svg(_ parts: [Part], title: String = "Vector") -> SVG {
    let width = 420.0
    let height = 34.0
    let longest = Double(parts.map(\.name.count).max() ?? 0)
    let left = 18 + 7.6 * min(24, longest)
    var drawing = Drawing()
    var y = 6.0
    for part in parts {
      let name = part.name.count > 24 ? part.name.prefix(23) + "…" : part.name
      drawing.text(name, left - 10, y + height / 2 + 4.5, "name", anchor: .end)
      let finite = part.values.lazy.filter(\.isFinite).map(Double.init)
      // Zero is always on the scale: bars begin there.
      let low = min(0, finite.min() ?? 0)
      let high = max(0, finite.max() ?? 0)
      let span = high > low ? high - low : 1
      func place(_ value: Double) -> Double { y + height * (1 - (value - low) / span) }
      drawing.rect(left, y, width, height, "track", opacity: 0.35, radius: 2)
      let step = width / Double(max(1, part.values.count))
      for (index, value) in part.values.enumerated() where value.isFinite {
        let top = min(place(Double(value)), place(0))
        drawing.rect(
          left + Double(index) * step, top, max(0.5, min(step * 0.85, 40)), abs(place(Double(value)) - place(0)),
          "firstfill")
      }
      drawing.line(left, place(0), left + width, place(0), "axis")
      let range = part.values.count == 1 ? Numbers.short(high + low) : "\(Numbers.short(low)) to \(Numbers.short(high))"
      drawing.text(range, left + width + 8, y + height / 2 + 4)
      y += height + 8
    }
    let words = parts.map { "\($0.name) \($0.values.count)" }.joined(separator: ", ")
    return SVG(width: left + width + 130, height: y, title: "\(title): \(words)", body: drawing.body)
  }
}
