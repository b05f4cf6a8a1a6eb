import Foundation
import TimbreCore

extension HeatMap {
  /// The picture for a page or an `.svg` file: the cells as a small embedded PNG, the axes as text.
  /// - Throws: A diagnostic with libpng's reason.
  public static func svg(_ feature: FeatureMatrix, options: Options = Options()) throws -> SVG {
    let cells = FeatureCells(feature, scale: options.scale, widest: options.widest, tallest: 512)
    let width = 350.0
    let height = cells.isCurve ? 110 : min(190, max(40, Double(cells.rows) * 16))
    let axes = FeatureTicks(feature, cells: cells, spacing: 15 / height, timeSpacing: 70 / width)
    let longest = axes.bins.map(\.label.count).max() ?? 0
    let left = 16 + 7.5 * Double(min(14, longest))
    let right = cells.isCurve ? 16.0 : 84
    let top = 22.0
    var drawing = Drawing()
    if cells.isCurve {
      for tick in cells.ticks {
        let y = top + height * (1 - tick.place)
        drawing.line(left, y, left + width, y, "grid")
      }
      let points = (0..<cells.columns).map { column -> (x: Double, y: Double)? in
        cells.share(row: 0, column: column).map {
          (left + (Double(column) + 0.5) / Double(cells.columns) * width, top + height * (1 - $0))
        }
      }
      drawing.path(points, "first")
    } else {
      drawing.image(left, top, width, height, png: try base64(cells, options.map))
      let barX = left + width + 14
      drawing.image(barX, top, 12, height, png: try base64Bar(options.map))
      for tick in cells.ticks where height * tick.place > 4 || tick.place == 0 {
        drawing.text(tick.label, barX + 18, top + height * (1 - tick.place) + 4)
      }
      drawing.text(cells.unit, barX, top - 8)
    }
    for tick in axes.bins { drawing.text(tick.label, left - 8, top + height * (1 - tick.place) + 4.5, anchor: .end) }
    drawing.text(axes.binUnit, left - 8, top - 8, anchor: .end)
    drawing.line(left, top + height + 0.5, left + width, top + height + 0.5, "axis")
    for tick in axes.times {
      let x = left + width * tick.place
      drawing.line(x, top + height, x, top + height + 4, "axis")
      drawing.text(tick.label, x, top + height + 18, anchor: .middle)
    }
    drawing.text(axes.timeUnit, left + width, top + height + 34, anchor: .end)
    let name = options.title.isEmpty ? "Feature" : options.title
    let title =
      "\(name): \(feature.binCount) \(feature.binCount == 1 ? "bin" : "bins") × \(feature.frameCount) frames, "
      + "from \(Numbers.short(cells.lower)) to \(Numbers.short(cells.upper))\(cells.unit.isEmpty ? "" : " " + cells.unit)"
    return SVG(
      width: left + width + right, height: top + height + 42, title: title, body: drawing.body,
      time: SVG.TimeAxis(left: left, right: left + width, duration: feature.axes.hop * Double(feature.frameCount)))
  }

  /// One pixel a cell.
  private static func base64(_ cells: FeatureCells, _ map: ColorMap) throws -> String {
    var canvas = Canvas(width: cells.columns, height: cells.rows, map: map)
    for row in 0..<cells.rows {
      for column in 0..<cells.columns {
        canvas.set(column, cells.rows - 1 - row, cells.color(row: row, column: column))
      }
    }
    return Data(try PNG.encode(canvas.image)).base64EncodedString()
  }

  private static func base64Bar(_ map: ColorMap) throws -> String {
    var canvas = Canvas(width: 1, height: 64, map: map)
    for row in 0..<64 { canvas.set(0, row, UInt8(Canvas.firstColor + (63 - row) * (Canvas.colors - 1) / 63)) }
    return Data(try PNG.encode(canvas.image)).base64EncodedString()
  }
}
