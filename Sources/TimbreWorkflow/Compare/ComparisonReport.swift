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
    // Side by side they would be wider than a page.
    let (names, scores) = ([0], Array(1..<1 + settings.count + Self.scores.count))
    let parts = [
      ("Settings and scores", names + scores), ("Tests and cost", names + Array(1 + scores.count..<table.header.count)),
    ]
    var page = ComparisonPage(
      title: title,
      tables: parts.map { name, columns in
        ComparisonPage.Table(
          name, header: columns.map { table.header[$0] }, rows: table.rows.map { row in columns.map { row[$0] } })
      })
    let count = runs.count - 1
    page.note =
      "Intervals hold 95 %. p-values test each run against the first"
      + (count > 1 ? ", corrected for \(count) comparisons (Holm)" : "")
      + ": McNemar's exact test for accuracy, an exchange of answers clip by clip for UAR. ms/clip sums all jobs."
    page.runs = runs.indices.map { index in
      let run = runs[index]
      var shown = ComparisonPage.Run(name: run.name, verdict: run.metrics["verdict"]?.stringValue ?? "")
      shown.report = report(run)
      shown.confusion = confusion(of: run)
      if let pair = pairs[index] {
        shown.won = pair.won.map(told)
        shown.lost = pair.lost.map(told)
      }
      return shown

      func told(_ id: String) -> ComparisonPage.Clip {
        let said = { (record: RunRecord) in record.predictions.first { $0.clip == id } }
        let text = "\(said(run)?.label ?? ""): \(said(runs[0])?.predicted ?? "") → \(said(run)?.predicted ?? "")"
        return .init(id: id, text: text, link: clip(id, [run, runs[0]]))
      }
    }
    return page
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
