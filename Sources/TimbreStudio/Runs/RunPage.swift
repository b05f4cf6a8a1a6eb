import TimbreCore
import TimbreReport
import TimbreWorkflow

/// One run: the report with links into its clips; or an experiment with its trials.
struct RunPage {
  let id: String
  let path: String
  /// Whether this server carries it out right now.
  let isHere: Bool
  let trials: [RunListing.Run]
  let clips: RunClips?
  let files: [(path: String, bytes: Int)]
  let redaction: Redaction

  func page() throws -> Page {
    let state = redaction.json(try RunSummary.read("run.json", in: path))
    let workflow = Workspace.json(path + "/workflow.json").map(redaction.json)
    let metrics = Workspace.json(path + "/metrics.json").map(redaction.json)
    var page = Page(id, section: .runs, scripts: isHere ? ["runs.js", "run.js"] : ["runs.js"])
    let report = metrics.map { RunReport(folder: path, metrics: $0, workflow: workflow) }
    if let report, !report.verdict.text.isEmpty {
      page.body.element("p", report.verdict.text, class: "verdict \(report.verdict.level.rawValue)")
    }
    Self.writeWay(id, to: &page.body)
    page.body.element("h1", workflow?["title"]?.stringValue ?? id)
    if let text = workflow?["description"]?.stringValue, !text.isEmpty { page.body.element("p", text, class: "lead") }
    writeState(state, to: &page.body)
    if isHere { Self.writeLive(id, to: &page.body) }
    writeLinks(to: &page.body)
    if let report { write(report, to: &page.body) }
    if !trials.isEmpty { writeTrials(to: &page.body) }
    if let clips { writeClips(clips, to: &page.body) }
    if let workflow {
      page.body.raw("<section id=\"workflow\"><h2>Resolved workflow</h2>")
      page.body.raw("<details><summary>With every default written out</summary>")
      page.body.raw("<pre tabindex=\"0\"><code>\(Markup.escape(workflow.pretty))</code></pre></details></section>")
    }
    writeFiles(to: &page.body)
    return page
  }

  /// The page of a run of this server that has not left anything yet.
  static func waiting(_ id: String) -> Page {
    var page = Page(id, section: .runs, scripts: ["run.js"])
    writeWay(id, to: &page.body)
    page.body.element("h1", id)
    writeLive(id, to: &page.body)
    return page
  }

  /// Where the page stands.
  private static func writeWay(_ id: String, to html: inout HTML) {
    html.raw("<nav class=\"way\" aria-label=\"Way here\"><a href=\"/runs\">Runs</a>")
    let parts = id.split(separator: ":", maxSplits: 1).map(String.init)
    if parts.count == 2 { html.raw(" / <a href=\"\(RunAddress.run(parts[0]))\">\(Markup.escape(parts[0]))</a>") }
    html.raw(" / <span>\(Markup.escape(parts.last ?? id))</span></nav>")
  }

  private func writeLinks(to html: inout HTML) {
    html.raw("<p class=\"bar\">")
    if has("report.html") {
      html.raw("<a class=\"button\" href=\"\(RunAddress.file("report.html", of: id))\">Report as one file</a>")
    }
    if has("compare.html") {
      html.raw("<a class=\"button\" href=\"\(RunAddress.file("compare.html", of: id))\">Comparison as one file</a>")
    }
    if has("metrics.json") || !trials.isEmpty {
      let name = trials.isEmpty ? "Compare with other runs" : "Compare its trials"
      html.raw("<a class=\"button\" href=\"/compare\(RunAddress.query([("run", id)]))\">\(name)</a>")
    }
    if has("bundle/bundle.json") {
      html.raw("<a class=\"button primary\" href=\"/\(RunAddress.query([("model", id)]))\">Use in Predict</a>")
    }
    html.raw("</p>")
  }

  private func has(_ file: String) -> Bool { FileSystem.exists(path + "/" + file) }

  private func write(_ report: RunReport, to html: inout HTML) {
    report.writeMetrics(to: &html)
    if let confusion = report.confusion {
      html.raw("<section id=\"confusion\"><h2>Confusions</h2>")
      report.writeConfusion(to: &html) { [id, clips] actual, predicted in
        guard clips != nil else { return nil }
        return RunAddress.clips(
          of: id, [("label", confusion.labels[actual]), ("predicted", confusion.labels[predicted])])
      }
      if clips != nil { html.element("p", "A cell opens the clips in it.", class: "muted") }
      html.raw("</section>")
    }
    section("classes", "Classes", !report.classes.isEmpty, report.writeClasses)
    section("folds", "Folds", !report.folds.isEmpty, report.writeFolds)
    section("training", "Training", report.hasHistory, report.writeHistory)

    func section(_ id: String, _ title: String, _ isPresent: Bool, _ write: (inout HTML) -> Void) {
      guard isPresent else { return }
      html.raw("<section id=\"\(id)\">")
      html.element("h2", title)
      write(&html)
      html.raw("</section>")
    }
  }

  private func writeTrials(to html: inout HTML) {
    let key = ShownScore.primary.key
    let best = trials.filter { $0.scores[key] != nil }.max { ($0.scores[key] ?? 0) < ($1.scores[key] ?? 0) }
    html.raw("<section id=\"trials\"><h2>Trials</h2><form method=\"get\" action=\"/compare\" data-choose>")
    html.raw(
      "<div class=\"scroll\"><table class=\"runs\"><caption class=\"hidden\">Trials of \(Markup.escape(id))</caption>")
    html.raw("<thead><tr><td><input type=\"checkbox\" data-all aria-label=\"All trials\"></td>")
    for name in ["name", "state"] { html.raw("<th scope=\"col\">\(name)</th>") }
    for score in ShownScore.compared { html.raw("<th scope=\"col\" class=\"n\">\(score.name)</th>") }
    html.raw("<th scope=\"col\">started</th><th scope=\"col\">title</th></tr></thead><tbody>")
    for trial in trials {
      let name = "\(id):\(trial.name)"
      html.raw(
        "<tr><td>\(RunsPage.box(name, isOn: false))</td>"
          + RunsPage.cells(trial, id: name, isBest: trial.name == best?.name) + "</tr>")
    }
    html.raw("</tbody></table></div><p class=\"bar\"><button class=\"primary\" data-compare>Compare</button>")
    if let best, has("trials/\(best.name)/bundle/bundle.json") {
      let address = "/" + RunAddress.query([("model", "\(id):\(best.name)")])
      html.raw("<a class=\"button\" href=\"\(Markup.escape(address))\">Use the best in Predict</a>")
    }
    html.raw(RunsPage.told("Tick trials to compare them.") + "</p></form></section>")
  }

  private func writeClips(_ clips: RunClips, to html: inout HTML) {
    var wish = RunClips.Wish()
    wish.outcome = .tested
    let tested = clips.rows(wish)
    let wrong = tested.filter { $0.isRight == false }
    html.raw("<section id=\"clips\"><h2>Clips</h2><p class=\"bar\">")
    var ways: [(String, Int, [(String, String?)])] = [("All rows", clips.rows.count, [])]
    if !tested.isEmpty {
      ways.append(("Test rows", tested.count, [("outcome", "tested")]))
      ways.append(("Wrong ones", wrong.count, [("outcome", "wrong")]))
    }
    for (name, count, filters) in ways {
      html.raw(
        "<a class=\"button\" href=\"\(Markup.escape(RunAddress.clips(of: id, filters)))\">\(name) "
          + "<span class=\"muted\">\(Numbers.grouped(count))</span></a>")
    }
    html.raw("</p>")
    ClipsPage.writeTable(of: (wrong + tested.filter { $0.isRight == true }).prefix(10), id: id, clips: clips, to: &html)
    html.raw("</section>")
  }

  private func writeFiles(to html: inout HTML) {
    guard !files.isEmpty else { return }
    html.raw("<section id=\"files\"><h2>Files</h2><details><summary>\(Numbers.grouped(files.count)) files</summary>")
    html.raw(
      "<div class=\"scroll choice\" tabindex=\"0\" role=\"region\" aria-label=\"Files of the run\"><table aria-label=\"Files\"><thead><tr>"
    )
    html.raw("<th scope=\"col\">file</th><th scope=\"col\" class=\"n\">bytes</th></tr></thead><tbody>")
    for file in files.prefix(1_000) {
      html.raw(
        "<tr><th scope=\"row\"><a href=\"\(RunAddress.file(file.path, of: id))\">\(Markup.escape(file.path))</a></th>"
          + "<td class=\"n\">\(Numbers.grouped(file.bytes))</td></tr>")
    }
    html.raw("</tbody></table></div></details></section>")
  }
}
