import HTTPTypes
import Hummingbird
import TimbreCore
import TimbreReport
import TimbreWorkflow

/// Runs side by side.
struct CompareRoutes {
  let studio: Studio
  private static let most = 50

  init(studio: Studio) { self.studio = studio }

  func add(to pages: some RouterMethods<Studio.Context>, api: some RouterMethods<Studio.Context>) {
    api.get("/compare") { request, _ in
      let query = try Query(request)
      let format = try query.choice("format", of: Format.self) ?? .json
      let answer = try await compare(query.all("run"), as: format.rawValue)
      guard format == .csv else { return Answer.json(answer) }
      var response = Answer.text(answer.stringValue ?? "", type: "text/csv; charset=utf-8")
      response.headers[.contentDisposition] = "attachment; filename=compare.csv"
      return response
    }
    pages.get("/compare") { request, _ in try await page(Query(request).all("run")) }
  }

  private enum Format: String, CaseIterable { case json, csv }

  private func compare(_ ids: [String], as format: String) async throws -> JSONValue {
    guard !ids.isEmpty else {
      throw Refusal(
        .badRequest, "a comparison needs runs", help: "name them: ?run=A&run=B; an experiment stands for its trials",
        kind: "missing_key")
    }
    guard ids.count <= Self.most else {
      throw Refusal(.badRequest, "at most \(Self.most) runs are compared at a time", kind: "out_of_range")
    }
    var seen: Set<String> = []
    let runs = try ids.filter { seen.insert($0).inserted }.map { id -> JSONValue in
      ["id": .string(id), "path": .string(try studio.workspace.run(id))]
    }
    let redaction = studio.redaction.of(runs: runs.compactMap { $0["path"]?.stringValue })
    return try await studio.pool.perform(
      .compare, ["runs": .array(runs), "format": .string(format), "places": redaction.placesJSON])
  }

  private func page(_ ids: [String]) async throws -> Response {
    var page = Page("Compare", section: .compare, scripts: ["runs.js"])
    page.body.element("h1", "Compare")
    var status = HTTPResponse.Status.ok
    // One run alone is not compared yet; an experiment stands for its trials.
    let isAlone =
      ids.count == 1 && studio.workspace.trialNames(of: ids[0]).isEmpty && (try? studio.workspace.run(ids[0])) != nil
    if !ids.isEmpty, !isAlone {
      do {
        let contents = try await compare(ids, as: "page").stringValue ?? ""
        let query = ids.map { "run=\(RunAddress.encoded($0))" }.joined(separator: "&")
        page.body.raw("<div class=\"tools compared\"><p class=\"muted\">Each run is tested against the first.</p><p>")
        for (format, name) in [("csv", "CSV"), ("json", "JSON")] {
          page.body.raw(
            "<a class=\"button small\" download=\"compare.\(format)\" href=\"/api/v1/compare?\(query)&amp;format=\(format)\">"
              + "Download \(name)</a>")
        }
        page.body.raw("</p></div><div class=\"comparison\">\(contents)</div>")
      } catch {
        guard let refusal = Refusal(error) else { throw error }
        status = refusal.status
        page.body.raw("<p class=\"bad\" role=\"alert\">\(Markup.escape(refusal.message))")
        if let help = refusal.help { page.body.raw(" – \(Markup.escape(help))") }
        page.body.raw("</p>")
      }
    }
    writeChoice(ids, isFolded: !ids.isEmpty && !isAlone, to: &page.body)
    return studio.pages.html(page, status: status)
  }

  /// The runs to choose from, those under comparison ticked.
  private func writeChoice(_ ids: [String], isFolded: Bool, to html: inout HTML) {
    let runs = RunListing.sorted(
      RunCatalogue(studio.redaction).runs(in: studio.workspace.runs, called: "runs"), by: .started, reversed: true
    ).filter { $0.state == RunFolder.State.finished.rawValue || $0.kind == "experiment" }
    if runs.isEmpty {
      html.element("p", "There is no finished run yet.", class: "lead")
      html.element(
        "p",
        "Run a workflow, change something in it and run it again: here both stand side by side, with what differs between them."
      )
      html.raw("<p><a class=\"button primary\" href=\"/workflows\">To the workflows</a></p>")
      return
    }
    html.raw(!isFolded ? "" : "<details><summary>Choose other runs</summary>")
    let alone = isFolded ? nil : ids.first
    html.element(
      "p",
      alone.map { "Tick the runs to test against \($0)." }
        ?? "Tick the runs to put side by side. The one ticked first is what the others are tested against; an experiment stands for its trials."
    )
    html.raw("<form method=\"get\" action=\"/compare\" data-choose><div class=\"scroll choice\"><table class=\"runs\">")
    html.raw(
      "<caption class=\"hidden\">Runs to choose from</caption><thead><tr><td></td><th scope=\"col\">name</th>"
        + "<th scope=\"col\">title</th><th scope=\"col\" class=\"n\">UAR</th></tr></thead><tbody>")
    // Those asked for first, in their order, so that sending the form again keeps it.
    let asked = ids.compactMap { id in runs.first { $0.name == id } }
    let trials = ids.filter { $0.contains(":") }
    for trial in trials {
      html.raw(
        "<tr><td>\(RunsPage.box(trial, isOn: true))</td><th scope=\"row\">\(Markup.escape(trial))</th><td></td><td></td></tr>"
      )
    }
    for run in asked + runs.filter({ run in !ids.contains(run.name) }) {
      html.raw(
        "<tr><td>\(RunsPage.box(run.name, isOn: ids.contains(run.name)))</td><th scope=\"row\">"
          + "<a href=\"\(RunAddress.run(run.name))\">\(Markup.escape(run.name))</a></th>"
          + "<td>\(Markup.escape(run.title))</td>"
          + "<td class=\"n\">\(run.scores["uar"].map { Numbers.fixed($0, 3) } ?? "–")</td></tr>")
    }
    html.raw(
      "</tbody></table></div><p class=\"bar\"><button class=\"primary\" data-compare>Compare</button>"
        + RunsPage.told("Tick runs to compare them.") + "</p></form>")
    html.raw(!isFolded ? "" : "</details>")
  }
}
