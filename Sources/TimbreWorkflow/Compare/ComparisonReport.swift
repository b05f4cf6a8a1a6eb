import Foundation
import TimbreCore
import TimbreReport

extension RunComparison {
  /// Writes `compare.html`; links in it are relative to where it lies.
  /// - Throws: An `.unwritableFile` diagnostic.
  public func writePage(to path: String, title: String) throws {
    let folder = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent().path
    let page = page(title: title) { run in
      let report = FileSystem.exists(run.path + "/report.html")
      return report ? Self.relative(run.path, from: folder) + "/report.html" : nil
    } clip: { id, records in
      let pictures = "clips/" + RunFolder.folderName(clip: id)
      let shown = records.first { FileSystem.exists($0.path + "/" + pictures) }
      return shown.map { Self.relative($0.path, from: folder) + "/" + pictures }
    }
    try page.write(to: path)
  }

  /// The page, its links left to others.
  ///
  /// - Parameters:
  ///   - report: Where a run's report is.
  ///   - clip: Where a clip is shown, preferably as the first of some runs has it.
  package func page(
    title: String, report: (RunRecord) -> String?, clip: (_ id: String, _ records: [RunRecord]) -> String?
  ) -> ComparisonPage {
    let table = table
    // Side by side they would be wider than a page; scores must not stand where one has to scroll for them.
    let scored = 1 + settings.count
    let tested = scored + ShownScore.compared.count
    let (differing, scores, rest) = (1..<scored, scored..<tested, tested..<table.header.count)
    let isNarrow = settings.count <= 4
    let parts: [(String, [Int])] =
      (isNarrow ? [] : [("Settings", [0] + differing)])
      + [
        (isNarrow ? "Settings and scores" : "Scores", [0] + (isNarrow ? 1..<tested : scores)),
        ("Tests and cost", [0] + rest),
      ]
    var page = ComparisonPage(
      title: title,
      tables: parts.map { name, columns in
        ComparisonPage.Table(
          name, header: columns.map { table.header[$0] }, rows: table.rows.map { row in columns.map { row[$0] } })
      })
    page.note =
      "Intervals hold 95 %. The columns of tests are of each run against the first: McNemar's exact test for accuracy, an exchange of "
      + "answers clip by clip for UAR. ms/clip sums all jobs."
    page.findings = [correction] + (best.map { [$0.sentences.joined(separator: " ")] } ?? [])
    if let pairTable {
      page.pairs = ComparisonPage.Table(pairTable.sentence, header: pairTable.header, rows: pairTable.rows)
    }
    let detailed = detailed
    page.runs = runs.indices.map { index in
      let run = runs[index]
      var shown = ComparisonPage.Run(name: run.name, verdict: run.metrics["verdict"]?.stringValue ?? "")
      shown.report = report(run)
      guard detailed.contains(index) else {
        shown.isDetailed = false
        return shown
      }
      shown.confusion = confusion(of: run)
      if index > 0 {
        let changed = rows.changed(0, index)
        // Of a clip's views the first speaks for it.
        let (said, saidFirst) = (answers(of: run), answers(of: runs[0]))
        func told(_ id: String) -> ComparisonPage.Clip {
          let text = "\(said[id]?.label ?? ""): \(saidFirst[id]?.predicted ?? "") → \(said[id]?.predicted ?? "")"
          return .init(id: id, text: text, link: clip(id, [run, runs[0]]))
        }
        shown.won = changed.won.map(told)
        shown.lost = changed.lost.map(told)
      }
      return shown
    }
    return page
  }

  private func answers(of run: RunRecord) -> [String: RunRecord.Prediction] {
    Dictionary(run.predictions.map { ($0.clip, $0) }) { first, _ in first }
  }

  /// So many runs are shown with confusions and clips, lest the page of many grow beyond reading.
  private static let mostDetailed = 24

  /// The first run and those with the highest UAR.
  private var detailed: Set<Int> {
    func score(_ index: Int) -> Double { runs[index].score(ShownScore.primary.key)?.value ?? -1 }
    let others = runs.indices.dropFirst().sorted { (score($1), $0) < (score($0), $1) }
    return Set([0] + others.prefix(Self.mostDetailed - 1))
  }

  private func confusion(of run: RunRecord) -> TimbreReport.ConfusionMatrix? {
    guard let labels = run.metrics["classes"].flatMap([String].init(json:)),
      let counts = run.metrics["confusion_matrix"].flatMap([[Int]].init(json:)),
      counts.count == labels.count, counts.allSatisfy({ $0.count == labels.count })
    else { return nil }
    return .init(labels: labels, counts: counts)
  }

  /// A path as seen from a folder.
  private static func relative(_ path: String, from folder: String) -> String {
    let target = URL(fileURLWithPath: path).standardizedFileURL.path.split(separator: "/")
    let base = folder.split(separator: "/")
    let common = zip(target, base).prefix { $0 == $1 }.count
    let parts = base.dropFirst(common).map { _ in ".." } + target.dropFirst(common).map(String.init)
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }
}
