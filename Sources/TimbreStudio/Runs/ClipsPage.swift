import TimbreCore
import TimbreReport
import TimbreWorkflow

/// The rows of a run that a filter lets through, such as those of a cell of its confusion matrix.
struct ClipsPage {
  let id: String
  let clips: RunClips
  let wish: RunClips.Wish
  let offset: Int
  private static let atOnce = 100

  var page: Page {
    let rows = clips.rows(wish)
    var page = Page("Clips of \(id)", section: .runs, scripts: ["runs.js"])
    page.body.raw(
      "<nav class=\"way\" aria-label=\"Way here\"><a href=\"/runs\">Runs</a> / "
        + "<a href=\"\(RunAddress.run(id))\">\(Markup.escape(id))</a> / <span>clips</span></nav>")
    page.body.element("h1", heading)
    writeFilter(to: &page.body)
    if rows.isEmpty {
      page.body.element("p", "No row is like that.", class: "lead")
    } else {
      Self.writeTable(of: rows.dropFirst(offset).prefix(Self.atOnce), id: id, clips: clips, to: &page.body)
    }
    Paging(total: rows.count, offset: offset, atOnce: Self.atOnce, noun: "rows").write(to: &page.body) { offset in
      RunAddress.clips(of: id, wish.values + [("offset", offset > 0 ? String(offset) : nil)])
    }
    return page
  }

  private var heading: String {
    switch (wish.label, wish.predicted) {
    case (let label?, let predicted?):
      label == predicted ? "Clips of \(label) that were told as such" : "Clips of \(label) taken for \(predicted)"
    case (let label?, nil): "Clips of \(label)"
    case (nil, let predicted?): "Clips taken for \(predicted)"
    default:
      switch wish.outcome {
      case .wrong: "Clips that were taken for something else"
      case .right: "Clips that were told right"
      case .tested: "Clips of the test"
      case nil: "Clips"
      }
    }
  }

  private func writeFilter(to html: inout HTML) {
    func names(_ value: (RunClips.Row) -> String) -> [String] {
      var seen: Set<String> = []
      return clips.rows.map(value).filter { !$0.isEmpty && seen.insert($0).inserted }
    }
    html.raw("<form class=\"bar filter\" method=\"get\" action=\"\(RunAddress.run(id))/clips\" role=\"search\">")
    html.raw(
      "<span class=\"knob\"><label for=\"search\">Clip</label><input id=\"search\" type=\"search\" name=\"search\" value=\"\(Markup.escape(wish.search ?? ""))\"></span>"
    )
    let classes = clips.classes.isEmpty ? names(\.label).sorted() : clips.classes
    choice("label", "Label", classes, wish.label)
    choice("predicted", "Predicted", clips.classes, wish.predicted)
    choice("split", "Split", names(\.split), wish.split)
    choice("view", "View", clips.views, wish.view)
    choice("speaker", "Speaker", names(\.speaker).sorted(), wish.speaker)
    choice(
      "outcome", "Outcome", clips.classes.isEmpty ? [] : RunClips.Wish.Outcome.allCases.map(\.rawValue),
      wish.outcome?.rawValue)
    html.raw("<button>Show</button></form>")

    func choice(_ key: String, _ name: String, _ values: [String], _ chosen: String?) {
      if values.count < 2, chosen == nil { return }
      html.raw(
        "<span class=\"knob\"><label for=\"\(key)\">\(name)</label><select id=\"\(key)\" name=\"\(key)\"><option value=\"\">all</option>"
      )
      for value in values.prefix(500) {
        html.raw("<option\(value == chosen ? " selected" : "")>\(Markup.escape(value))</option>")
      }
      if let chosen, !values.prefix(500).contains(chosen) {
        html.raw("<option selected>\(Markup.escape(chosen))</option>")
      }
      html.raw("</select></span>")
    }
  }

  static func writeTable(of rows: some Sequence<RunClips.Row>, id: String, clips: RunClips, to html: inout HTML) {
    html.raw(
      "<div class=\"scroll\"><table class=\"clips\"><caption class=\"hidden\">Clips of \(Markup.escape(id))</caption><thead><tr>"
    )
    for name in ["clip", "view", "label", "predicted"] { html.raw("<th scope=\"col\">\(name)</th>") }
    html.raw("<th scope=\"col\" class=\"n\">probability</th>")
    let withFolds = rows.contains { $0.fold != nil }
    for name in ["speaker", "split"] + (withFolds ? ["fold"] : []) { html.raw("<th scope=\"col\">\(name)</th>") }
    html.raw("</tr></thead><tbody>")
    for row in rows { html.raw(line(row, id: id, clips: clips, withFolds: withFolds)) }
    html.raw("</tbody></table></div>")
  }

  private static func line(_ row: RunClips.Row, id: String, clips: RunClips, withFolds: Bool) -> String {
    let e = Markup.escape
    let name = row.id.isEmpty ? row.place : row.id
    let view = row.view.isEmpty ? nil : row.view
    var text = "<tr><th scope=\"row\">"
    // A file that was passed over is no clip.
    text +=
      row.id.isEmpty ? e(name) : "<a href=\"\(e(RunAddress.clip(row.id, of: id, view: view)))\">\(e(name))</a>"
    text += "</th><td>\(e(row.view))</td><td>\(e(row.label))</td>"
    if let predicted = row.predicted {
      let share = clips.classes.firstIndex(of: predicted).flatMap {
        row.probabilities.indices.contains($0) ? row.probabilities[$0] : nil
      }
      text += "<td><span class=\"tag \(row.isRight == true ? "right" : "wrong")\">\(e(predicted))</span></td>"
      text += "<td class=\"n\">\(share.map { Numbers.percent(Double($0), 1) } ?? "")</td>"
    } else {
      text += "<td class=\"muted\">\(row.reason.isEmpty ? "" : e(row.reason))</td><td></td>"
    }
    return text + "<td>\(e(row.speaker))</td><td>\(e(row.split))</td>"
      + (withFolds ? "<td>\(e(row.fold ?? ""))</td>" : "") + "</tr>"
  }
}
