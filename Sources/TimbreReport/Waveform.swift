import TimbreCore

/// The envelope of a signal over time: the smallest and the largest sample of each column.
public enum Waveform {
  /// - Parameters:
  ///   - peak: The amplitude at the upper edge; nil takes the signal's own, so that quiet recordings are seen.
  ///   - title: What is drawn, for screen readers.
  ///   - neighbour: A picture of the same sound, with whose axis of time this one is to be in line.
  public static func svg(
    _ signal: Signal, peak: Float? = nil, title: String = "Waveform", inLineWith neighbour: SVG? = nil
  ) -> SVG {
    // There has to be room for the labels at the left.
    let time = neighbour?.time.flatMap { $0.left >= 44 ? $0 : nil }
    let left = time?.left ?? 52
    let width = time.map { $0.right - $0.left } ?? 420
    let height = 96.0
    let top = 10.0
    let samples = signal.samples.map { $0.isFinite ? $0 : 0 }
    let own = samples.reduce(0) { max($0, abs($1)) }
    var reach = Double(peak.map { $0.isFinite ? abs($0) : own } ?? own)
    if !(reach > 0) { reach = 1 }
    func y(_ value: Double) -> Double { top + height / 2 * (1 - min(1, max(-1, value / reach))) }

    var drawing = Drawing()
    var ticks = Ticks(-reach, reach, count: 4)
    // Zero alone is no scale.
    if ticks.values.count < 3 { ticks = Ticks(-reach, reach, count: 8) }
    for value in ticks.values {
      drawing.line(left, y(value), left + width, y(value), "grid")
      drawing.text(ticks.label(value), left - 8, y(value) + 4.5, anchor: .end)
    }
    if !samples.isEmpty {
      let columns = min(samples.count, Int(width))
      var upper: [(x: Double, y: Double)?] = []
      var lower: [(x: Double, y: Double)?] = []
      for column in 0..<columns {
        let part = samples[column * samples.count / columns..<(column + 1) * samples.count / columns]
        let x = left + (Double(column) + 0.5) / Double(columns) * width
        upper.append((x, y(Double(part.max() ?? 0))))
        lower.append((x, y(Double(part.min() ?? 0))))
      }
      drawing.path(upper + lower.reversed(), "wave", closed: true)
    }
    let bottom = top + height
    drawing.line(left, bottom + 0.5, left + width, bottom + 0.5, "axis")
    let duration = signal.sampleRate > 0 ? signal.duration : 0
    let times = Ticks(0, duration, count: time == nil ? 6 : max(2, Int(width / 70)))
    for value in times.values where duration > 0 {
      let x = left + value / duration * width
      drawing.line(x, bottom, x, bottom + 4, "axis")
      drawing.text(times.label(value), x, bottom + 18, anchor: .middle)
    }
    drawing.text("time in s", left + width, bottom + 34, anchor: .end)
    let sentence =
      "\(title): \(Numbers.fixed(duration, 2)) s at \(signal.sampleRate) Hz, peak \(Numbers.short(Double(own)))"
    return SVG(
      width: time == nil ? left + width + 16 : neighbour?.width ?? 0, height: bottom + 42, title: sentence,
      body: drawing.body,
      time: SVG.TimeAxis(left: left, right: left + width, duration: duration))
  }
}
