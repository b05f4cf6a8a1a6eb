import Foundation
import TimbreCore

/// A feature made ready for drawing: few enough cells, on a scale that shows something.
package struct FeatureCells {
  let columns: Int
  let rows: Int
  /// Frame-major like the feature; NaN for what cannot be drawn.
  private let values: [Double]
  package let lower: Double
  package let upper: Double
  /// What stands above the colour bar.
  package let unit: String
  let isCurve: Bool
  /// Whether values beyond `lower` and `upper` share the end's colour.
  let isCutBelow: Bool
  let isCutAbove: Bool
  /// The value that 0 dB stands for, where decibels are drawn and the values are none.
  package private(set) var reference: Double?

  package init(_ feature: FeatureMatrix, scale: HeatMap.Scale, widest: Int, tallest: Int) {
    let isDecibel = scale == .decibels || (scale == .automatic && Self.spansOrders(feature))
    isCurve = feature.binCount == 1
    columns = max(1, min(feature.frameCount, widest))
    rows = min(feature.binCount, tallest)
    var pooled = Self.pooled(feature, columns: columns, rows: rows)
    if isDecibel {
      let largest = pooled.lazy.filter(\.isFinite).max() ?? 0
      reference = largest
      pooled = pooled.map { value in
        guard value.isFinite else { return .nan }
        return value > 0 && largest > 0 ? max(-80, 10 * log10(value / largest)) : -80
      }
    }
    let finite = pooled.filter(\.isFinite)
    var low = finite.min() ?? 0
    var high = finite.max() ?? 1
    if low < 0, !isDecibel, !isCurve, feature.axes.valueUnit != .decibels {
      let fences = Self.fences(finite)
      isCutBelow = fences.lowerBound > low
      isCutAbove = fences.upperBound < high
      (low, high) = (max(low, fences.lowerBound), min(high, fences.upperBound))
    } else {
      (isCutBelow, isCutAbove) = (false, false)
    }
    if !(high > low) {
      let pad = max(abs(low) * 0.5, 1e-6)
      (low, high) = (low - pad, high + pad)
    }
    values = pooled
    lower = low
    upper = high
    unit = isDecibel ? "dB" : feature.axes.valueUnit?.description ?? ""
  }

  /// The cell's place between the lowest and the highest value, 0 to 1; nil when it is not finite.
  func share(row: Int, column: Int) -> Double? {
    let value = values[column * rows + row]
    return value.isFinite ? min(1, max(0, (value - lower) / (upper - lower))) : nil
  }

  /// The palette entry of a canvas.
  func color(row: Int, column: Int) -> UInt8 {
    guard let share = share(row: row, column: column) else { return Canvas.missing }
    return UInt8(Canvas.firstColor + Int((share * Double(Canvas.colors - 1)).rounded()))
  }

  var ticks: [FeatureTicks.Tick] {
    let ticks = Ticks(lower, upper, count: 7)
    let cut = (isCutBelow ? 0.08 : -1)...(isCutAbove ? 0.92 : 2)
    var marks = ticks.values.map { FeatureTicks.Tick(place: ($0 - lower) / (upper - lower), label: ticks.label($0)) }
      .filter { cut.contains($0.place) }
    if isCutBelow { marks.insert(.init(place: 0, label: "≤ " + Numbers.short(lower)), at: 0) }
    if isCutAbove { marks.append(.init(place: 1, label: "≥ " + Numbers.short(upper))) }
    return marks
  }

  /// Three interquartile ranges around the quartiles (Tukey's outer fences). Beyond them one bin, such as the first
  /// MFCC, would leave the others no colours.
  private static func fences(_ finite: [Double]) -> ClosedRange<Double> {
    let sorted = finite.sorted()
    guard sorted.count >= 8 else { return -.infinity ... .infinity }
    let (first, third) = (sorted[sorted.count / 4], sorted[sorted.count * 3 / 4])
    let range = third - first
    guard range > 0, range.isFinite else { return -.infinity ... .infinity }
    return first - 3 * range...third + 3 * range
  }

  /// Non-negative, not yet in decibels, and so uneven that a linear scale would be black.
  private static func spansOrders(_ feature: FeatureMatrix) -> Bool {
    guard feature.binCount > 1, feature.axes.valueUnit != .decibels else { return false }
    let finite = feature.values.filter(\.isFinite)
    guard let largest = finite.max(), largest > 0, finite.allSatisfy({ $0 >= 0 }) else { return false }
    // Every nth value is enough for a median that only decides on the scale.
    let some = stride(from: 0, to: finite.count, by: max(1, finite.count / 50_000)).map { finite[$0] }.sorted()
    let median = some[some.count / 2]
    return largest > 200 * median
  }

  /// Blocks of frames and bins, by their largest value where nothing is negative (so that a click stays visible),
  /// else by their mean.
  private static func pooled(_ feature: FeatureMatrix, columns: Int, rows: Int) -> [Double] {
    guard feature.frameCount > 0 else { return [Double](repeating: .nan, count: columns * rows) }
    let byLargest = feature.values.allSatisfy { !($0 < 0) }
    var pooled: [Double] = []
    pooled.reserveCapacity(columns * rows)
    for column in 0..<columns {
      let frames = column * feature.frameCount / columns..<(column + 1) * feature.frameCount / columns
      for row in 0..<rows {
        var sum = 0.0
        var largest = -Double.infinity
        var count = 0
        for frame in frames {
          for bin in row * feature.binCount / rows..<(row + 1) * feature.binCount / rows {
            let value = Double(feature[bin: bin, frame: frame])
            guard value.isFinite else { continue }
            sum += value
            largest = max(largest, value)
            count += 1
          }
        }
        pooled.append(count == 0 ? .nan : byLargest ? largest : sum / Double(count))
      }
    }
    return pooled
  }
}
