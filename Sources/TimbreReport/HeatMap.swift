import TimbreCore

/// Pictures of a feature: time to the right, low bins at the bottom, values as colour; a feature of one bin is a curve.
public enum HeatMap {
  /// How values become colours.
  public enum Scale: Sendable, Hashable {
    /// Decibels for non-negative values of a wide range (a power spectrum), otherwise linear.
    case automatic
    case linear
    /// 10 · log10(value / largest value), down to −80 dB.
    case decibels
  }

  public struct Options: Sendable, Hashable {
    public var title: String
    public var scale: Scale
    public var map: ColorMap
    /// The widest the data may get, in pixels; more frames are pooled.
    public var widest: Int

    public init(title: String = "", scale: Scale = .automatic, map: ColorMap = .magma, widest: Int = 1_200) {
      self.title = title
      self.scale = scale
      self.map = map
      self.widest = max(16, widest)
    }
  }

  /// A PNG with axes and a colour bar. Values that are not finite are grey.
  /// - Throws: A diagnostic with libpng's reason.
  public static func png(_ feature: FeatureMatrix, options: Options = Options()) throws -> [UInt8] {
    try PNG.encode(image(feature, options: options))
  }

  /// The same picture as pixels.
  public static func image(_ feature: FeatureMatrix, options: Options = Options()) -> IndexedImage {
    let cells = FeatureCells(feature, scale: options.scale, widest: options.widest, tallest: 512)
    // Whole-number magnification keeps cells alike; few bins get tall cells so that their names fit.
    let width = cells.isCurve ? 720 : cells.columns * max(1, 720 / max(1, cells.columns))
    let cellHeight = max(1, min(40, 320 / cells.rows))
    let height = cells.isCurve ? 200 : max(48, cells.rows * cellHeight)
    let axes = FeatureTicks(feature, cells: cells, spacing: 26 / Double(height), timeSpacing: 110 / Double(width))

    let labels = axes.bins.map { Canvas.width(of: $0.label, scale: 2) }.max() ?? 0
    let left = 24 + labels + 12
    let top = options.title.isEmpty ? 24 : 52
    // Unit captions stand above the axes they belong to.
    let plotTop = top + (axes.binUnit.isEmpty && (cells.isCurve || cells.unit.isEmpty) ? 0 : 24)
    let values = cells.ticks.map { Canvas.width(of: $0.label, scale: 2) }.max() ?? 0
    let right = cells.isCurve ? 32 : 24 + 18 + 12 + max(values, Canvas.width(of: cells.unit, scale: 2) - 30) + 16
    var canvas = Canvas(width: left + width + right, height: plotTop + height + 62, map: options.map)
    canvas.text(options.title, left, 20)

    if cells.isCurve {
      drawCurve(cells, x: left, y: plotTop, width: width, height: height, on: &canvas)
    } else {
      for y in 0..<height {
        let row = cells.rows - 1 - min(cells.rows - 1, y * cells.rows / height)
        for x in 0..<width {
          canvas.set(
            left + x, plotTop + y, cells.color(row: row, column: min(cells.columns - 1, x * cells.columns / width)))
        }
      }
      drawColorBar(cells, x: left + width + 24, y: plotTop, height: height, on: &canvas)
    }
    canvas.frame(left - 1, plotTop - 1, width + 2, height + 2, Canvas.muted)
    for tick in axes.bins {
      let y = plotTop + height - 1 - Int((tick.place * Double(height - 1)).rounded())
      canvas.fill(left - 7, y, 6, 1, Canvas.muted)
      canvas.text(tick.label, left - 12, y - 6, align: .right)
    }
    canvas.text(axes.binUnit, left - 12, plotTop - 28, color: Canvas.muted, align: .left)
    for tick in axes.times {
      let x = left + Int((tick.place * Double(width - 1)).rounded())
      canvas.fill(x, plotTop + height + 1, 1, 6, Canvas.muted)
      canvas.text(tick.label, x, plotTop + height + 12, align: .center)
    }
    canvas.text(axes.timeUnit, left + width / 2, plotTop + height + 36, color: Canvas.muted, align: .center)
    return canvas.image
  }

  private static func drawColorBar(_ cells: FeatureCells, x: Int, y: Int, height: Int, on canvas: inout Canvas) {
    for row in 0..<height {
      let index = (height - 1 - row) * (Canvas.colors - 1) / max(1, height - 1)
      canvas.fill(x, y + row, 18, 1, UInt8(Canvas.firstColor + index))
    }
    canvas.frame(x - 1, y - 1, 20, height + 2, Canvas.muted)
    for tick in cells.ticks {
      let place = y + height - 1 - Int((tick.place * Double(height - 1)).rounded())
      canvas.fill(x + 19, place, 5, 1, Canvas.muted)
      canvas.text(tick.label, x + 28, place - 6)
    }
    canvas.text(cells.unit, x, y - 28, color: Canvas.muted)
  }

  private static func drawCurve(_ cells: FeatureCells, x: Int, y: Int, width: Int, height: Int, on canvas: inout Canvas)
  {
    for tick in cells.ticks {
      let place = y + height - 1 - Int((tick.place * Double(height - 1)).rounded())
      for column in stride(from: x, to: x + width, by: 6) { canvas.fill(column, place, 2, 1, Canvas.missing) }
    }
    var previous: (x: Int, y: Int)?
    for column in 0..<cells.columns {
      guard let share = cells.share(row: 0, column: column) else {
        previous = nil
        continue
      }
      let pointX = x + (2 * column + 1) * width / (2 * cells.columns)
      let pointY = y + height - 2 - Int((share * Double(height - 3)).rounded())
      let start = previous ?? (pointX, pointY)
      for step in start.x...max(start.x, pointX) {
        let along = pointX > start.x ? Double(step - start.x) / Double(pointX - start.x) : 0
        let next = pointX > start.x ? min(1, Double(step + 1 - start.x) / Double(pointX - start.x)) : 1
        let first = start.y + Int((Double(pointY - start.y) * along).rounded())
        let second = start.y + Int((Double(pointY - start.y) * next).rounded())
        canvas.fill(step, min(first, second), 1, abs(first - second) + 2, Canvas.line)
      }
      previous = (pointX, pointY)
    }
  }
}
