import Foundation

/// A page in the making; every text that goes in is escaped here.
package struct HTML {
  package private(set) var text = ""

  package init() {}

  /// A cell of a table: a number stands to the right.
  package enum Cell {
    case text(String)
    case name(String)
    case code(String)
    case long(String)
    case number(String)
  }

  /// Everything up to the body, with the style sheet in it.
  package mutating func begin(title: String) {
    raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
    raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
    raw("<meta name=\"color-scheme\" content=\"light dark\"><meta name=\"generator\" content=\"Timbre\">")
    element("title", title)
    raw("<style>\(PageStyle.css)</style></head><body>")
  }

  package mutating func raw(_ markup: String) { text += markup + "\n" }

  /// One element with text in it.
  package mutating func element(_ tag: String, _ content: String, class style: String? = nil) {
    raw("<\(tag)\(style.map { " class=\"\($0)\"" } ?? "")>\(Markup.escape(content))</\(tag)>")
  }

  package mutating func figure(_ picture: SVG, caption: String? = nil, isBroad: Bool = false) {
    let drawing =
      isBroad
      ? picture.inline.replacing("class=\"chart\"", with: "class=\"chart broad\"", maxReplacements: 1) : picture.inline
    raw("<figure>\(isBroad ? "<div class=\"scroll\">" : "")\(drawing)\(isBroad ? "</div>" : "")")
    if let caption { element("figcaption", caption) }
    raw("</figure>")
  }

  /// - Parameter footer: One more row that sums up.
  package mutating func table(_ columns: [Cell], _ rows: [[Cell]], footer: [Cell]? = nil, label: String) {
    raw("<div class=\"scroll\"><table aria-label=\"\(Markup.escape(label))\">")
    raw("<thead><tr>" + columns.map { Self.cell($0, tag: "th", scope: "col") }.joined() + "</tr></thead><tbody>")
    for row in rows { raw("<tr>" + row.map { Self.cell($0, tag: "td", scope: nil) }.joined() + "</tr>") }
    raw("</tbody>")
    if let footer {
      raw("<tfoot><tr>" + footer.map { Self.cell($0, tag: "td", scope: nil) }.joined() + "</tr></tfoot>")
    }
    raw("</table></div>")
  }

  private static func cell(_ cell: Cell, tag: String, scope: String?) -> String {
    let scope = scope.map { " scope=\"\($0)\"" } ?? ""
    switch cell {
    case .text(let content): return "<\(tag)\(scope)>\(Markup.escape(content))</\(tag)>"
    case .name(let content):
      return "<th class=\"nowrap\" scope=\"\(tag == "th" ? "col" : "row")\">\(Markup.escape(content))</th>"
    case .code(let content): return "<\(tag)\(scope)><code>\(Markup.escape(content))</code></\(tag)>"
    case .long(let content): return "<\(tag)\(scope) class=\"long\">\(Markup.escape(content))</\(tag)>"
    case .number(let content): return "<\(tag)\(scope) class=\"n\">\(Markup.escape(content))</\(tag)>"
    }
  }

  /// A path beside the page as a link; a colon in it cannot make it a scheme, nor a slash another host.
  package static func link(_ path: String) -> String {
    let safe = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/")
    let encoded = path.addingPercentEncoding(withAllowedCharacters: safe) ?? ""
    return "./" + encoded.drop { $0 == "/" }
  }
}
