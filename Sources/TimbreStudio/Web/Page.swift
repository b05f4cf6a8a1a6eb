import HTTPTypes
import Hummingbird
import TimbreCore
import TimbreReport
import TimbreWorkflow

/// One page: a header that all share, and a body.
struct Page: Sendable {
  enum Section: String, CaseIterable, Sendable {
    case predict = "/", workflows = "/workflows", runs = "/runs", compare = "/compare", plugins = "/plugins"

    var name: String {
      switch self {
      case .predict: "Predict"
      case .workflows: "Workflows"
      case .runs: "Runs"
      case .compare: "Compare"
      case .plugins: "Plugins"
      }
    }
  }

  var title: String
  var section: Section?
  /// Modules of this page's own.
  var scripts: [String]
  var body = HTML()

  init(_ title: String, section: Section? = nil, scripts: [String] = []) {
    self.title = title
    self.section = section
    self.scripts = scripts
  }
}

/// Makes pages of what they hold.
struct Pages: Sendable {
  let assets: Assets

  func html(_ page: Page, status: HTTPResponse.Status = .ok) -> Response { Answer.html(text(page), status: status) }

  func error(_ refusal: Refusal) -> Response {
    var page = Page("\(refusal.status.code)")
    page.body.element("h1", "\(refusal.status.code) \(refusal.status.reasonPhrase)")
    let isMute = refusal.message.lowercased() == refusal.status.reasonPhrase.lowercased()
    let message = isMute && refusal.status == .notFound ? "there is no page at this address" : refusal.message
    page.body.element("p", Self.sentence(message), class: "lead")
    if let help = refusal.help { page.body.element("p", Self.sentence(help)) }
    if refusal.status == .unauthorized {
      page.body.raw(
        """
        <form class="bar" method="get" action="/"><label for="token">Token</label>
        <input id="token" name="token" type="password" required autocomplete="current-password">
        <button class="primary">Open the studio</button></form>
        """)
    }
    return html(page, status: refusal.status)
  }

  /// A diagnostic's words as people write them.
  static func sentence(_ text: String) -> String {
    let end = text.last.map { ".!?…".contains($0) } ?? true ? "" : "."
    // A path, or another name, stays as it is.
    let isWord = text.prefix { $0 != " " }.allSatisfy { $0.isLetter || $0 == "," || $0 == "." }
    return (isWord ? text.prefix(1).uppercased() : String(text.prefix(1))) + text.dropFirst() + end
  }

  private func text(_ page: Page) -> String {
    var html = HTML()
    html.raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
    html.raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
    html.raw("<meta name=\"color-scheme\" content=\"light dark\">")
    html.element("title", "\(page.title) · Timbre Studio")
    html.raw("<link rel=\"icon\" href=\"\(assets.address("icon.svg"))\" type=\"image/svg+xml\">")
    for sheet in ["report.css", "studio.css"] {
      html.raw("<link rel=\"stylesheet\" href=\"\(assets.address(sheet))\">")
    }
    for script in page.scripts { html.raw("<script type=\"module\" src=\"\(assets.address(script))\"></script>") }
    html.raw("</head><body><a class=\"skip\" href=\"#main\">Skip to content</a><header class=\"top\">")
    html.raw("<a class=\"brand\" href=\"/\">Timbre Studio</a><nav class=\"sections\" aria-label=\"Sections\"><ul>")
    for section in Page.Section.allCases {
      let current = section == page.section ? " aria-current=\"page\"" : ""
      html.raw("<li><a href=\"\(section.rawValue)\"\(current)>\(section.name)</a></li>")
    }
    html.raw("</ul></nav></header><main id=\"main\" tabindex=\"-1\">")
    html.raw(page.body.text)
    html.raw(
      "</main><footer class=\"foot\">Timbre \(Timbre.version) · <a href=\"/api/v1/openapi.json\">API</a></footer>")
    html.raw("</body></html>")
    return html.text
  }
}
