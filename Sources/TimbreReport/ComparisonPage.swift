import TimbreCore

/// `compare.html`: runs side by side, as plain values. It loads nothing; the same values give the same bytes.
public struct ComparisonPage: Sendable {
  public var title: String
  /// Each with a line a run: settings that differ and scores, tests and cost.
  public var tables: [Table]
  public var runs: [Run] = []
  /// What the columns mean.
  public var note = ""
  /// Paragraphs: how p-values are corrected, and which run is the best as far as the tests can tell.
  public var findings: [String] = []
  /// What the tests of every pair of runs came to, its name a sentence; nil where only the first was tested against.
  public var pairs: Table?
  /// Whether links stand as they are to be written: addresses of a server. Otherwise they are paths beside the page.
  package var hasAddresses = false

  public init(title: String, tables: [Table]) {
    self.title = title
    self.tables = tables
  }

  public struct Table: Sendable {
    public var name: String
    public var header: [String]
    public var rows: [[String]]

    public init(_ name: String, header: [String], rows: [[String]]) {
      self.name = name
      self.header = header
      self.rows = rows
    }
  }

  public struct Run: Sendable {
    public var name: String
    public var verdict: String
    /// `report.html`, relative to the page.
    public var report: String?
    /// Whether its confusions and clips are shown.
    public var isDetailed = true
    public var confusion: ConfusionMatrix?
    /// Clips that only the first run gets right, and that only this one does.
    public var lost: [Clip] = []
    public var won: [Clip] = []
    /// Where the cells of its confusion matrix lead.
    public var cell: ConfusionMatrix.CellLink?

    public init(name: String, verdict: String) {
      self.name = name
      self.verdict = verdict
    }
  }

  /// A clip that changed sides.
  public struct Clip: Sendable {
    public var id: String
    /// Label, and what the first run and this one said.
    public var text: String
    /// Its pictures, relative to the page; nil where the run has none of it.
    public var link: String?

    public init(id: String, text: String, link: String? = nil) {
      self.id = id
      self.text = text
      self.link = link
    }
  }

  /// - Throws: An `.unwritableFile` diagnostic.
  public func write(to path: String) throws { try AtomicFile.write(html(), to: path) }

  public func html() -> String {
    var page = HTML()
    page.begin(title: title)
    page.raw("<div class=\"page\">")
    page.raw("<nav aria-label=\"Contents\"><ol><li><a href=\"#result\">Runs</a></li>")
    if pairs != nil { page.raw("<li><a href=\"#pairs\">Pairs</a></li>") }
    page.raw("<li><a href=\"#confusions\">Confusions</a></li><li><a href=\"#clips\">Clips</a></li></ol></nav>")
    page.raw("<main id=\"result\">")
    page.element("h1", title)
    writeContents(to: &page)
    page.raw("</main></div></body></html>")
    return page.text
  }

  /// All that stands below the title.
  package func writeContents(to page: inout HTML) {
    for table in tables { write(table, names: 1, to: &page) }
    if !note.isEmpty { page.element("p", note, class: "muted") }
    for finding in findings { page.element("p", finding) }
    writeVerdicts(to: &page)
    if let pairs {
      page.raw("<section id=\"pairs\">")
      page.element("h2", "Pairs")
      page.element("p", pairs.name)
      if !pairs.rows.isEmpty { write(pairs, names: 2, to: &page) }
      page.raw("</section>")
    }
    writeConfusions(to: &page)
    writeClips(to: &page)
  }

  /// - Parameter names: How many of its first columns are names rather than numbers.
  private func write(_ table: Table, names: Int, to page: inout HTML) {
    page.table(
      table.header.enumerated().map { $0 < names ? .text($1) : .number($1) },
      table.rows.map { row in
        row.enumerated().map { $0 == 0 ? .name($1) : $0 < names ? .text($1) : .number($1) }
      }, label: table.name)
  }

  private func link(_ target: String, _ text: String) -> String {
    "<a href=\"\(hasAddresses ? Markup.escape(target) : HTML.link(target))\">\(Markup.escape(text))</a>"
  }

  private func writeVerdicts(to page: inout HTML) {
    page.raw("<ul class=\"plain\">")
    for run in runs {
      let name = run.report.map { link($0, run.name) } ?? Markup.escape(run.name)
      page.raw("<li>\(name): \(Markup.escape(run.verdict))</li>")
    }
    page.raw("</ul>")
  }

  private func writeConfusions(to page: inout HTML) {
    page.raw("<section id=\"confusions\">")
    page.element("h2", "Confusions")
    let others = runs.count { !$0.isDetailed }
    if others > 0 {
      page.element(
        "p",
        "Confusions and clips are shown of the first run and of the \(runs.count - others - 1) others with the highest UAR; a "
          + "comparison of fewer runs shows those of the other \(others).")
    }
    page.element("p", "Rows are the true classes, columns what the model said.")
    for (index, run) in runs.enumerated() {
      guard let confusion = run.confusion else { continue }
      page.element("h3", run.name)
      page.raw("<div class=\"pair\">")
      page.figure(confusion.svg(title: "Confusions of \(run.name)", link: run.cell), isBroad: true)
      if index > 0, let first = runs[0].confusion, first.labels == confusion.labels {
        page.raw("<div>")
        page.element("p", "More (+) or fewer (−) rows than \(runs[0].name):", class: "muted")
        page.table(
          [.text("actual \\ predicted")] + confusion.labels.map { .number($0) },
          confusion.labels.indices.map { row in
            [.name(confusion.labels[row])]
              + confusion.labels.indices.map { column in
                let difference = confusion.counts[row][column] - first.counts[row][column]
                return .number(difference == 0 ? "0" : (difference > 0 ? "+" : "−") + String(difference.magnitude))
              }
          }, label: "Difference of \(run.name) to \(runs[0].name)")
        page.raw("</div>")
      }
      page.raw("</div>")
    }
    page.raw("</section>")
  }

  private func writeClips(to page: inout HTML) {
    page.raw("<section id=\"clips\">")
    page.element("h2", "Clips that changed sides")
    for run in runs.dropFirst() where run.isDetailed {
      page.element("h3", "\(run.name) beside \(runs[0].name)")
      for (title, clips) in [("only \(run.name) gets right", run.won), ("only \(runs[0].name) gets right", run.lost)] {
        page.raw("<details><summary>\(clips.count) clips \(Markup.escape(title))</summary><ul class=\"plain\">")
        for clip in clips {
          let id = clip.link.map { link($0, clip.id) } ?? Markup.escape(clip.id)
          page.raw("<li>\(id) <span class=\"muted\">\(Markup.escape(clip.text))</span></li>")
        }
        page.raw("</ul></details>")
      }
    }
    page.raw("</section>")
  }
}
