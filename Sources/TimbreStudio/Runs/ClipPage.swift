import TimbreCore
import TimbreReport
import TimbreWorkflow

/// One clip of a run: its views to hear, its features to look at. What is heard and seen comes from the script.
struct ClipPage {
  let id: String
  let clip: String
  let view: String?
  let clips: RunClips
  let workflow: JSONValue

  /// - Throws: A `Refusal` where the run has no such clip.
  init(id: String, clip: String, view: String?, clips: RunClips, workflow: JSONValue) throws {
    guard clips.rows.contains(where: { $0.id == clip }) else {
      throw Refusal.notFound("the run has no clip \"\(clip)\"", help: "the page of the run lists them")
    }
    self.id = id
    self.clip = clip
    self.clips = clips
    self.workflow = workflow
    let views = workflow["views"]?.members?.map(\.key) ?? clips.views
    self.view = view.flatMap { views.contains($0) ? $0 : nil } ?? views.first
  }

  private var views: [String] { workflow["views"]?.members?.map(\.key) ?? clips.views }

  var page: Page {
    var page = Page(clip, section: .runs, scripts: ["clip.js"])
    let rows = clips.rows.filter { $0.id == clip }
    page.body.raw(
      "<nav class=\"way\" aria-label=\"Way here\"><a href=\"/runs\">Runs</a> / "
        + "<a href=\"\(RunAddress.run(id))\">\(Markup.escape(id))</a> / "
        + "<a href=\"\(RunAddress.clips(of: id, []))\">clips</a> / <span>\(Markup.escape(clip))</span></nav>")
    page.body.element("h1", clip)
    if let row = rows.first { page.body.raw("<p>\(tags(row))</p>") }
    if let reason = rows.first(where: { !$0.reason.isEmpty })?.reason { page.body.element("p", reason, class: "bad") }
    writeProbabilities(rows, to: &page.body)
    writeViews(to: &page.body)
    return page
  }

  private func tags(_ row: RunClips.Row) -> String {
    func tag(_ name: String, _ value: String) -> String {
      value.isEmpty ? "" : "<span class=\"tag\"><span class=\"muted\">\(name)</span> \(Markup.escape(value))</span>"
    }
    return tag("label", row.label) + tag("speaker", row.speaker) + tag("split", row.split) + tag("fold", row.fold ?? "")
  }

  private func writeProbabilities(_ rows: [RunClips.Row], to html: inout HTML) {
    let said = rows.filter { $0.predicted != nil && $0.probabilities.count == clips.classes.count }
    guard !said.isEmpty, !clips.classes.isEmpty else { return }
    html.raw("<section id=\"said\"><h2>What the model said</h2><div class=\"grid\">")
    for row in said {
      html.raw("<div><p>\(said.count > 1 ? "\(Markup.escape(row.view)): " : "")")
      html.raw(
        "<span class=\"tag \(row.isRight == true ? "right" : "wrong")\">\(Markup.escape(row.predicted ?? ""))</span></p>"
      )
      html.figure(
        BarChart.probabilities(row.probabilities.map(Double.init), labels: clips.classes, actual: row.label),
        caption: "The true class in bold.")
      html.raw("</div>")
    }
    html.raw("</div></section>")
  }

  private func writeViews(to html: inout HTML) {
    guard let view else { return }
    html.raw(
      "<section id=\"views\" data-run=\"\(Markup.escape(id))\" data-clip=\"\(Markup.escape(clip))\"><h2>Views and features</h2>"
    )
    html.raw("<form class=\"bar\"><label for=\"view\">View</label><select id=\"view\" name=\"view\">")
    for name in views {
      html.raw("<option\(name == view ? " selected" : "")>\(Markup.escape(name))</option>")
    }
    html.raw("</select></form><p id=\"status\" role=\"status\" class=\"status\"></p><div id=\"made\"></div></section>")
  }
}
