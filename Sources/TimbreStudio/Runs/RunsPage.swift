import TimbreCore
import TimbreReport
import TimbreWorkflow

/// The table of runs.
struct RunsPage {
  let runs: [RunListing.Run]
  /// Those that have no folder yet, since they wait for their turn or have just begun.
  let waiting: [Runs.Run]
  let wish: RunCatalogue.Wish
  let offset: Int
  static let atOnce = 100

  var page: Page {
    var page = Page("Runs", section: .runs, scripts: ["runs.js"])
    page.body.element("h1", "Runs")
    let isFiltered = wish.filter != nil || wish.state != nil
    if !runs.isEmpty || isFiltered { writeFilter(to: &page.body) }
    page.body.raw("<p id=\"status\" role=\"status\" class=\"status\"></p><div id=\"list\">")
    writeWaiting(to: &page.body)
    if isFiltered, runs.isEmpty {
      page.body.raw(
        "<p class=\"lead\">No run is like that.</p><p><a class=\"button\" href=\"/runs\">Show all runs</a></p>")
    } else if runs.isEmpty, waiting.isEmpty {
      page.body.element("p", "There is no run yet.", class: "lead")
      page.body.element(
        "p",
        "A run carries a workflow out: it trains a model, tests it and keeps all of it here. Choose a workflow and press Run."
      )
      page.body.raw("<p><a class=\"button primary\" href=\"/workflows\">To the workflows</a></p>")
    } else if !runs.isEmpty {
      writeTable(to: &page.body)
    }
    page.body.raw("</div>")
    page.body.raw(
      """
      <dialog id="sure" aria-labelledby="sure-title"><h2 id="sure-title">Remove <span data-count></span>?</h2>
      <p>The folders go with everything in them: reports, artifacts and bundles. This cannot be undone.</p>
      <ul data-names></ul>
      <form method="dialog" class="bar"><button value="no" autofocus>Keep</button>
      <button value="yes" class="danger">Remove</button></form></dialog>
      """)
    return page
  }

  private func writeWaiting(to html: inout HTML) {
    if waiting.isEmpty { return }
    html.raw("<ul class=\"run-list\" aria-label=\"Runs that have just been asked for\">")
    for run in waiting {
      html.raw("<li><a href=\"\(RunAddress.run(run.id))\">\(Markup.escape(run.id))</a> ")
      html.raw("<span class=\"tag\">\(run.state == .queued ? "waits for the run before it" : "begins")</span></li>")
    }
    html.raw("</ul>")
  }

  private func writeFilter(to html: inout HTML) {
    html.raw(
      "<form id=\"filter\" class=\"bar filter\" method=\"get\" action=\"/runs\" role=\"search\"><span class=\"knob\"><label for=\"words\">Name or title</label>"
    )
    html.raw(
      "<input id=\"words\" type=\"search\" name=\"filter\" value=\"\(Markup.escape(wish.filter ?? ""))\"></span>")
    html.raw(
      "<span class=\"knob\"><label for=\"state\">State</label><select id=\"state\" name=\"state\"><option value=\"\">all</option>"
    )
    for state in RunCatalogue.State.allCases {
      html.raw("<option\(state == wish.state ? " selected" : "")>\(state.rawValue)</option>")
    }
    html.raw("</select></span>")
    html.raw("<input type=\"hidden\" name=\"sort\" value=\"\(wish.sort.rawValue)\">")
    if wish.reverse { html.raw("<input type=\"hidden\" name=\"reverse\" value=\"1\">") }
    html.raw("<button>Show</button></form>")
  }

  private func writeTable(to html: inout HTML) {
    html.raw("<form id=\"chosen\" method=\"get\" action=\"/compare\" data-choose>")
    html.raw(
      "<div class=\"scroll\"><table class=\"runs\"><caption class=\"hidden\">Runs of this workspace</caption><thead><tr>"
    )
    html.raw("<td><input type=\"checkbox\" data-all aria-label=\"All runs shown\"></td>")
    var columns: [(String, RunListing.Key?, Bool)] = [("name", .name, false), ("state", nil, false)]
    columns += ShownScore.compared.map { ($0.name, RunListing.Key(rawValue: $0.key), true) }
    columns += [("started", .started, false), ("title", nil, false)]
    for (name, key, isNumber) in columns { html.raw(header(name, key, isNumber)) }
    html.raw("</tr></thead><tbody>")
    for run in runs.dropFirst(offset).prefix(Self.atOnce) {
      html.raw("<tr><td>\(Self.box(run.name, isOn: false))</td>" + Self.cells(run, id: run.name) + "</tr>")
    }
    html.raw("</tbody></table></div>")
    writePages(to: &html)
    html.raw(
      "<p class=\"bar\"><button class=\"primary\" data-compare>Compare</button>"
        + "<button type=\"button\" class=\"danger\" data-remove>Remove …</button>"
        + Self.told("Tick runs to compare or to remove them.") + "</p></form>")
  }

  /// Where it is said how many are ticked.
  static func told(_ none: String) -> String {
    "<span class=\"muted\" data-chosen data-none=\"\(Markup.escape(none))\"></span>"
  }

  static func box(_ id: String, isOn: Bool) -> String {
    let name = Markup.escape(id)
    return
      "<input type=\"checkbox\" name=\"run\" value=\"\(name)\" aria-label=\"Choose \(name)\"\(isOn ? " checked" : "")>"
  }

  /// The cells of one run, without the box to tick.
  static func cells(_ run: RunListing.Run, id: String, isBest: Bool = false) -> String {
    var text = "<th scope=\"row\"><a href=\"\(RunAddress.run(id))\">\(Markup.escape(run.name))</a>"
    if isBest { text += " <span class=\"tag right\">best</span>" }
    text +=
      "</th><td>\(state(run.state, id: id))\(run.kind == "run" ? "" : " <span class=\"tag\">\(Markup.escape(run.kind))</span>")</td>"
    for score in ShownScore.compared {
      text += "<td class=\"n\">\(run.scores[score.key].map { Numbers.fixed($0, 3) } ?? "–")</td>"
    }
    text += "<td class=\"nowrap\">\(time(run.started))</td>"
    return text + "<td class=\"title\">\(Markup.escape(run.title))</td>"
  }

  /// - Parameter id: Of the run, whose page shows what is under way.
  static func state(_ state: String, id: String? = nil) -> String {
    let text = "<span class=\"state \(Markup.escape(state))\">\(Markup.escape(state))</span>"
    guard let id, state == RunFolder.State.running.rawValue else { return text }
    let whole = id.split(separator: ":").first.map(String.init) ?? id
    return "<a href=\"\(RunAddress.run(whole))\">\(text)</a>"
  }

  /// 2026-01-31T08:09:10Z as the machine says it, in words that need less room.
  static func time(_ stamp: String) -> String {
    let short = stamp.replacing("T", with: " ").prefix(16)
    return "<time datetime=\"\(Markup.escape(stamp))\">\(Markup.escape(String(short)))</time>"
  }

  private func header(_ name: String, _ key: RunListing.Key?, _ isNumber: Bool) -> String {
    let style = isNumber ? " class=\"n\"" : ""
    guard let key else { return "<th scope=\"col\"\(style)>\(name)</th>" }
    let isSorted = key == wish.sort
    // The first click puts the best, and the latest, first.
    let reverse = isSorted ? !wish.reverse : key != .name
    let hint = key == .uar ? " title=\"unweighted average recall: the mean of the classes' recalls\"" : ""
    let sort = isSorted ? " aria-sort=\"\(wish.reverse ? "descending" : "ascending")\"" : ""
    return
      "<th scope=\"col\"\(style)\(sort)><a\(hint) href=\"\(Markup.escape(address(sort: key, reverse: reverse)))\">\(name)</a></th>"
  }

  private func address(sort: RunListing.Key, reverse: Bool, offset: Int = 0) -> String {
    "/runs"
      + RunAddress.query([
        ("filter", wish.filter), ("state", wish.state?.rawValue), ("sort", sort.rawValue),
        ("reverse", reverse ? "1" : nil), ("offset", offset > 0 ? String(offset) : nil),
      ])
  }

  private func writePages(to html: inout HTML) {
    Paging(total: runs.count, offset: offset, atOnce: Self.atOnce, noun: "runs").write(to: &html) {
      address(sort: wish.sort, reverse: wish.reverse, offset: $0)
    }
  }
}

/// "1 to 100 of 2,000", with ways on and back.
struct Paging {
  var total: Int
  var offset: Int
  var atOnce: Int
  var noun: String

  func write(to html: inout HTML, address: (Int) -> String) {
    let last = min(total, offset + atOnce)
    guard offset > 0 || last < total else {
      html.raw("<p class=\"muted\">\(Numbers.grouped(total)) \(total == 1 ? String(noun.dropLast()) : noun)</p>")
      return
    }
    html.raw(
      "<p class=\"bar\"><span class=\"muted\">\(Numbers.grouped(min(total, offset + 1))) to \(Numbers.grouped(last)) of \(Numbers.grouped(total)) \(noun)</span>"
    )
    if offset > 0 {
      html.raw(
        "<a class=\"button small\" rel=\"prev\" href=\"\(Markup.escape(address(max(0, offset - atOnce))))\">Back</a>")
    }
    if last < total {
      html.raw("<a class=\"button small\" rel=\"next\" href=\"\(Markup.escape(address(last)))\">Further</a>")
    }
    html.raw("</p>")
  }
}
