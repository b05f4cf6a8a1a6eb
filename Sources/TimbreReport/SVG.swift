import TimbreCore

/// A drawing that goes into a page or stands alone in a file; both follow the reader's light or dark theme.
public struct SVG: Sendable, Hashable {
  public let width: Double
  public let height: Double
  /// One sentence that says what is to be seen; screen readers speak it.
  public let title: String
  /// Where time runs in it; nil for what has no axis of time.
  public let time: TimeAxis?
  /// Whether there are links in it: then it is a group of them to a screen reader rather than one picture.
  let hasLinks: Bool
  let body: String

  /// The stretch of a drawing along which time runs to the right, for what is laid over it, such as a playhead.
  public struct TimeAxis: Sendable, Hashable {
    /// Places in the drawing.
    public var left: Double
    public var right: Double
    /// Seconds.
    public var duration: Double
  }

  init(width: Double, height: Double, title: String, body: String, time: TimeAxis? = nil, hasLinks: Bool = false) {
    self.width = width
    self.height = height
    self.title = title
    self.body = body
    self.time = time
    self.hasLinks = hasLinks
  }

  private func element(_ attributes: String, style: String) -> String {
    "<svg \(attributes)viewBox=\"0 0 \(Self.number(width)) \(Self.number(height))\" role=\"\(hasLinks ? "group" : "img")\" "
      + "aria-label=\"\(Markup.escape(title))\"><title>\(Markup.escape(title))</title>\(style)\(body)</svg>"
  }

  /// For a page that has `Theme.css` in its style; never larger than it was drawn, so that type keeps its size.
  ///
  /// It has no style of its own, so that a page may forbid what is not in its style sheet.
  public var inline: String {
    let n = Self.number
    let time = time.map {
      "data-left=\"\(n($0.left))\" data-right=\"\(n($0.right))\" data-duration=\"\($0.duration)\" "
    }
    return element("class=\"chart\" width=\"\(n(width))\" height=\"\(n(height))\" \(time ?? "")", style: "")
  }

  /// The text of an `.svg` file.
  public var standalone: String {
    let size = "width=\"\(Self.number(width))\" height=\"\(Self.number(height))\" "
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      + element(
        "xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" " + size,
        style: "<style>\(Theme.css)</style><rect class=\"paper\" width=\"100%\" height=\"100%\"/>") + "\n"
  }

  /// - Throws: An `.unwritableFile` diagnostic.
  public func write(to path: String) throws { try AtomicFile.write(standalone, to: path) }

  /// A coordinate with two decimals at most; what is not finite becomes 0.
  static func number(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e9 else { return "0" }
    let hundredths = Int((value * 100).rounded())
    if hundredths % 100 == 0 { return String(hundredths / 100) }
    let fraction = abs(hundredths) % 100
    let digits = fraction % 10 == 0 ? String(fraction / 10) : (fraction < 10 ? "0" : "") + String(fraction)
    return (hundredths < 0 ? "-" : "") + "\(abs(hundredths) / 100).\(digits)"
  }
}

/// Text in HTML and XML.
package enum Markup {
  package static func escape(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\n", "\r", "\t": escaped.unicodeScalars.append(scalar)
      // XML has no other control characters, not even escaped.
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}

/// Elements in the making.
struct Drawing {
  enum Anchor: String { case start, middle, end }

  private(set) var body = ""

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
    let n = SVG.number
    body += "<line class=\"\(style)\" x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\"/>"
  }

  mutating func rect(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String, opacity: Double? = nil,
    radius: Double = 0
  ) {
    let n = SVG.number
    body +=
      "<rect class=\"\(style)\" x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(max(0, width)))\" height=\"\(n(max(0, height)))\""
    if radius > 0 { body += " rx=\"\(n(radius))\"" }
    if let opacity { body += " fill-opacity=\"\(n(opacity))\"" }
    body += "/>"
  }

  /// Whatever `draw` draws leads to an address.
  mutating func link(to address: String, label: String, _ draw: (inout Drawing) -> Void) {
    body += "<a href=\"\(Markup.escape(address))\" aria-label=\"\(Markup.escape(label))\">"
    draw(&self)
    body += "</a>"
  }

  mutating func circle(_ x: Double, _ y: Double, _ radius: Double, _ style: String) {
    let n = SVG.number
    body += "<circle class=\"\(style)\" cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(radius))\"/>"
  }

  mutating func text(
    _ text: String, _ x: Double, _ y: Double, _ style: String = "label", anchor: Anchor = .start, turned: Bool = false
  ) {
    let n = SVG.number
    body += "<text class=\"\(style)\" x=\"\(n(x))\" y=\"\(n(y))\""
    if anchor != .start { body += " text-anchor=\"\(anchor.rawValue)\"" }
    if turned { body += " transform=\"rotate(-90 \(n(x)) \(n(y)))\"" }
    body += ">\(Markup.escape(text))</text>"
  }

  /// Connected points; nil breaks the line.
  ///
  /// - Parameter title: What a pointer over it shows.
  mutating func path(_ points: [(x: Double, y: Double)?], _ style: String, closed: Bool = false, title: String? = nil) {
    var commands = ""
    var isDown = false
    for point in points {
      guard let point else {
        isDown = false
        continue
      }
      commands += (isDown ? "L" : "M") + SVG.number(point.x) + " " + SVG.number(point.y)
      isDown = true
    }
    guard !commands.isEmpty else { return }
    body += "<path class=\"\(style)\" d=\"\(commands)\(closed ? "Z" : "")\""
    body += title.map { "><title>\(Markup.escape($0))</title></path>" } ?? "/>"
  }

  /// A curve that leaves and arrives level: from the end of one thing to the beginning of the next.
  mutating func curve(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
    let (n, half) = (SVG.number, (x1 + x2) / 2)
    body +=
      "<path class=\"\(style)\" d=\"M\(n(x1)) \(n(y1))C\(n(half)) \(n(y1)) \(n(half)) \(n(y2)) \(n(x2)) \(n(y2))\"/>"
  }

  /// Something to click on.
  ///
  /// - Parameters:
  ///   - name: What a screen reader says.
  ///   - data: What scripts read of it.
  mutating func link(_ target: String, name: String, data: String, _ style: String, _ draw: (inout Drawing) -> Void) {
    let e = Markup.escape
    body += "<a class=\"\(e(style))\" href=\"\(e(target))\" data-path=\"\(e(data))\" aria-label=\"\(e(name))\">"
    body += "<title>\(e(name))</title>"
    draw(&self)
    body += "</a>"
  }

  /// A PNG stretched over a rectangle, its pixels kept sharp.
  mutating func image(_ x: Double, _ y: Double, _ width: Double, _ height: Double, png: String) {
    let n = SVG.number
    body +=
      "<image x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(width))\" height=\"\(n(height))\" preserveAspectRatio=\"none\" "
    body += "image-rendering=\"pixelated\" href=\"data:image/png;base64,\(png)\"/>"
  }
}
