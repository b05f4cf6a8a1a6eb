import TimbreCore
import TimbreReport
import TimbreWorkflow

extension Job {
  /// Runs side by side, as `timbre compare` puts them.
  ///
  /// Arguments: `runs`, each with `id` and `path`; `format`: `json`, `csv`, or `page` for a piece of a page.
  static let compare = Job(name: "compare") { arguments, _ in
    var records: [RunRecord] = []
    for run in arguments["runs"]?.arrayValue ?? [] {
      let (id, path) = (run["id"]?.stringValue ?? "", run["path"]?.stringValue ?? "")
      let found: [RunRecord]
      do {
        found = try RunRecord.all(in: path)
      } catch let diagnostic as Diagnostic {
        throw Diagnostic(diagnostic.kind, "\(id): \(diagnostic.message)")
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
      return .string(CSV.text(header: table.header, rows: table.rows))
    case "page": return .string(page(comparison))
    default: return comparison.json
    }
  }

  private static func page(_ comparison: RunComparison) -> String {
    var page = comparison.page(title: "") {
      RunAddress.run(id(of: $0))
    } clip: { clip, records in
      records.first.map { RunAddress.clip(clip, of: id(of: $0)) }
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
