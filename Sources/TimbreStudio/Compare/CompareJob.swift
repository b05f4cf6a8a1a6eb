import TimbreCore
import TimbreReport
import TimbreWorkflow

extension Job {
  /// Runs side by side, as `timbre compare` puts them.
  ///
  /// Arguments: `runs`, each with `id` and `path`; `format`: `json`, `csv`, or `page` for a piece of a page; `places` of a redaction.
  static let compare = Job(name: "compare") { arguments, _ in
    var records: [RunRecord] = []
    var redaction = Redaction(placesJSON: arguments["places"] ?? [])
    var names: [String: String] = [:]
    for run in arguments["runs"]?.arrayValue ?? [] {
      let (id, path) = (run["id"]?.stringValue ?? "", run["path"]?.stringValue ?? "")
      let found: [RunRecord]
      do {
        found = try RunRecord.all(in: path)
      } catch let diagnostic as Diagnostic {
        throw Diagnostic(diagnostic.kind, "\(id): \(diagnostic.message)")
      }
      for record in found where record.predictions.contains(where: { $0.clip.hasPrefix("/") }) {
        let clips = try RunClips(reading: record.path, redaction)
        redaction = clips.redaction
        names.merge(clips.rows.map { ($0.source, $0.id) }) { first, _ in first }
      }
      records += found.map { record in
        // As seen from the workspace: no path of this machine reaches a client.
        var record = record
        let folder = id.split(separator: ":", maxSplits: 1).joined(separator: "/trials/")
        record.path = record.path == path ? "runs/" + folder : "runs/\(folder)/trials/\(record.name)"
        return record
      }
    }
    let comparison = try RunComparison(records)
    switch arguments["format"]?.stringValue {
    case "csv":
      let table = comparison.csv
      return .string(redaction.text(CSV.text(header: table.header, rows: table.rows)))
    case "page": return .string(redaction.text(page(comparison, names)))
    default: return redaction.json(comparison.json)
    }
  }

  /// - Parameter names: What clients call clips, where that is not their id.
  private static func page(_ comparison: RunComparison, _ names: [String: String]) -> String {
    var page = comparison.page(title: "") {
      RunAddress.run(id(of: $0))
    } clip: { clip, records in
      records.first.map { RunAddress.clip(names[clip] ?? clip, of: id(of: $0)) }
    }
    page.hasAddresses = true
    for (index, record) in comparison.runs.enumerated() {
      let (run, labels) = (id(of: record), page.runs[index].confusion?.labels ?? [])
      page.runs[index].cell = { actual, predicted in
        RunAddress.clips(of: run, [("label", labels[actual]), ("predicted", labels[predicted])])
      }
    }
    var html = HTML()
    page.writeContents(to: &html)
    return html.text
  }

  /// `runs/NAME` is NAME, `runs/NAME/trials/TRIAL` is NAME:TRIAL.
  private static func id(of record: RunRecord) -> String {
    let parts = record.path.split(separator: "/")
    return parts.count > 3 ? "\(parts[1]):\(parts[3])" : parts.count > 1 ? String(parts[1]) : record.path
  }
}
