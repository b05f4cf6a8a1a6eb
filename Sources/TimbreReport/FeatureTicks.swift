import TimbreCore

/// Where the axes of a feature's picture have labels; places run from 0 to 1, from the left and from the bottom.
struct FeatureTicks {
  struct Tick {
    var place: Double
    var label: String
  }

  var bins: [Tick] = []
  var binUnit = ""
  var times: [Tick] = []
  var timeUnit = "time in s"

  /// - Parameters:
  ///   - spacing: The closest that two labels of bins may be.
  ///   - timeSpacing: The closest that two labels of times may be.
  init(_ feature: FeatureMatrix, cells: FeatureCells, spacing: Double, timeSpacing: Double) {
    if cells.isCurve {
      bins = cells.ticks
      binUnit = cells.unit
    } else {
      setBins(feature.axes, spacing: spacing)
    }
    setTimes(feature, spacing: timeSpacing)
  }

  private mutating func setBins(_ axes: FeatureAxes, spacing: Double) {
    let count = axes.bins.count
    func center(_ bin: Double) -> Double { (bin + 0.5) / Double(count) }
    let rising = axes.positions.count == count && zip(axes.positions, axes.positions.dropFirst()).allSatisfy { $0 < $1 }
    if rising, let first = axes.positions.first, let last = axes.positions.last, first.isFinite, last.isFinite,
      count > 14
    {
      binUnit = axes.positionUnit?.description ?? ""
      let middle = axes.positions[count / 2]
      let isLinear = abs(middle - (first + last) / 2) < 0.05 * (last - first)
      let even = Ticks(first, last, count: max(1, min(8, Int(0.9 / spacing))))
      for value in isLinear ? even.values : Self.roundNumbers(from: first, to: last) {
        let upper = max(1, axes.positions.firstIndex { $0 >= value } ?? count - 1)
        let (left, right) = (axes.positions[upper - 1], axes.positions[upper])
        let place = center(Double(upper - 1) + min(1, max(0, (value - left) / (right - left))))
        if let previous = bins.last, place - previous.place < spacing { continue }
        bins.append(Tick(place: place, label: Numbers.short(value)))
      }
      return
    }
    // Every name, or every second, fifth, … one.
    let step = [1, 2, 4, 5, 10, 20, 50, 100, 200, 500, 1000].first { Double($0) / Double(count) >= spacing } ?? count
    for bin in stride(from: 0, to: count, by: step) {
      let name = axes.bins[bin]
      bins.append(Tick(place: center(Double(bin)), label: name.count > 14 ? name.prefix(13) + "." : name))
    }
  }

  /// 1, 2, 5, 10, 20, 50, … within the range.
  private static func roundNumbers(from lower: Double, to upper: Double) -> [Double] {
    var values: [Double] = lower <= 0 ? [0] : []
    var power = 1e-3
    while power <= upper, power < 1e12 {
      values += [power, 2 * power, 5 * power].filter { $0 >= lower && $0 <= upper }
      power *= 10
    }
    return values
  }

  private mutating func setTimes(_ feature: FeatureMatrix, spacing: Double) {
    let axes = feature.axes
    let frames = Double(feature.frameCount)
    guard frames > 0 else { return }
    let known = axes.hop.isFinite && axes.hop > 0 && axes.start.isFinite
    if !known { timeUnit = "frame" }
    let hop = known ? axes.hop : 1
    let left = known ? axes.start - hop / 2 : -0.5
    let ticks = Ticks(max(left, 0), left + hop * frames, count: max(1, min(8, Int(1 / spacing))))
    times = ticks.values.map { Tick(place: ($0 - left) / (hop * frames), label: ticks.label($0)) }
  }
}
