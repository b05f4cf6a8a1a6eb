import TimbreCore
import TimbreReport
import TimbreWorkflow

/// The table of runs.
struct RunsPage {
  let runs: [RunListing.Run]
  let wish: RunCatalogue.Wish
  let offset: Int
  private static let atOnce = 100

  init(runs: [RunListing.Run], wish: RunCatalogue.Wish, offset: Int) {
    self.runs = runs
    self.wish = wish
    self.offset = offset
  }

  var page: Page {
    var page = Page("Runs", section: .runs, scripts: ["runs.js"])
    page.body.element("h1", "Runs")
    writeFilter(to: &page.body)
    page.body.raw("<p id=\"status\" role=\"status\" class=\"status\"></p><div id=\"list\">")
    if runs.isEmpty {
      let isFiltered = wish.filter != nil || wish.state != nil
      page.body.element("p", isFiltered ? "No run is like that." : "There is no run yet.", class: "lead")
      page.body.raw("<p><a class=\"button\" href=\"/workflows\">To the workflows</a></p>")
    } else {
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

  private func writeFilter(to html: inout HTML) {
    html.raw(
      "<form id=\"filter\" class=\"bar filter\" method=\"get\" action=\"/runs\" role=\"search\"><label for=\"words\">Name or title</label>"
    )
    html.raw("<input id=\"words\" type=\"search\" name=\"filter\" value=\"\(Markup.escape(wish.filter ?? ""))\">")
    html.raw("<label for=\"state\">State</label><select id=\"state\" name=\"state\"><option value=\"\">all</option>")
    for state in RunCatalogue.State.allCases {
      html.raw("<option\(state == wish.state ? " selected" : "")>\(state.rawValue)</option>")
    }
    html.raw("</select>")
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
    let columns: [(String, RunListing.Key?, Bool)] =
      [
        ("name", .name, false), ("state", nil, false), ("started", .started, false),
      ] + ShownScore.compared.map { ($0.name, RunListing.Key(rawValue: $0.key), true) } + [("title", nil, false)]
    for (name, key, isNumber) in columns { html.raw(header(name, key, isNumber)) }
    html.raw("</tr></thead><tbody>")
    for run in runs.dropFirst(offset).prefix(Self.atOnce) {
      html.raw("<tr><td>\(Self.box(run.name, isOn: false))</td>" + Self.cells(run, id: run.name) + "</tr>")
    }
    html.raw("</tbody></table></div>")
    writePages(to: &html)
    html.raw(
      "<p class=\"bar\"><button class=\"primary\" data-compare>Compare</button>"
        + "<button type=\"button\" class=\"danger\" data-remove>Remove …</button><span class=\"muted\" data-chosen></span></p></form>"
    )
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
      "</th><td>\(state(run.state))\(run.kind == "run" ? "" : " <span class=\"tag\">\(Markup.escape(run.kind))</span>")</td>"
    text += "<td class=\"nowrap\">\(time(run.started))</td>"
    for score in ShownScore.compared {
      text += "<td class=\"n\">\(run.scores[score.key].map { Numbers.fixed($0, 3) } ?? "–")</td>"
    }
    return text + "<td class=\"title\">\(Markup.escape(run.title))</td>"
  }

  static func state(_ state: String) -> String {
    let text = "<span class=\"state \(Markup.escape(state))\">\(Markup.escape(state))</span>"
    return state == "running" ? "<a href=\"/workflows\">\(text)</a>" : text
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
    let sort = isSorted ? " aria-sort=\"\(wish.reverse ? "descending" : "ascending")\"" : ""
    return
      "<th scope=\"col\"\(style)\(sort)><a href=\"\(Markup.escape(address(sort: key, reverse: reverse)))\">\(name)</a></th>"
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
