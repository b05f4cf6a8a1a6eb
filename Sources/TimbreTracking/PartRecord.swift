import Foundation
import TimbreCore
import TimbreReport
import TimbreWorkflow

/// What a part of a run has in its folder for a tracking server: parameters, scores, epochs, artifacts.
struct PartRecord {
  let part: RunPart

  /// An older server takes no more, and all of it is in the artifact `workflow.json`.
  private static let longestValue = 500
  private static let longestName = 250

  private func json(_ name: String) -> JSONValue? { try? RunSummary.read(name, in: part.folder) }

  /// Of an experiment what it varies, of a run its whole workflow, of a fold its name.
  var parameters: [(String, String)] {
    switch part.kind {
    case .fold: return [("fold", part.name)]
    case .experiment:
      let varied = (json("workflow.json")?.members ?? []).filter { Experiment.keys.contains($0.key) }
      return varied.map { ($0.key, Self.short($0.value.plain)) }
    case .run:
      var found: [(String, String)] = []
      for member in json("workflow.json")?.members ?? [] where !Experiment.keys.contains(member.key) {
        Self.flatten(member.value, Self.name(member.key), into: &found)
      }
      return found
    }
  }

  var title: String? { json("workflow.json")?["title"]?.stringValue }
  var verdict: String? { json("metrics.json")?["verdict"]?.stringValue }

  private static let scores =
    ShownScore.allCases.map(\.key) + ["macro_precision", "macro_recall", "log_loss", "majority_accuracy"]

  /// The scores of the tested rows with their intervals, over folds and by class. Their names begin with `test_`, so that they are not
  /// taken for the training's.
  var scores: [(String, Double)] {
    guard part.kind != .experiment, let metrics = json("metrics.json") else { return [] }
    var found: [(String, Double)] = []
    func add(_ name: String, _ value: JSONValue?) {
      if let number = value?.doubleValue { found.append((Self.name(name), number)) }
    }
    for score in Self.scores { add("test_\(score)", metrics[score]) }
    for score in Self.scores {
      let ends = metrics["intervals"]?[score]?.arrayValue ?? []
      if ends.count == 2 {
        add("test_\(score)_lower", ends[0])
        add("test_\(score)_upper", ends[1])
      }
      add("test_\(score)_mean", metrics["mean"]?[score])
      add("test_\(score)_std", metrics["std"]?[score])
    }
    for (label, values) in (metrics["per_class"]?.members ?? []).map({ ($0.key, $0.value) }) {
      for score in ["precision", "recall", "f1"] { add("test_\(score).\(label)", values[score]) }
    }
    return found
  }

  /// What `history.csv` says, epoch by epoch.
  var history: [(epoch: Int, name: String, value: Double)] {
    let file = part.folder + "/history.csv"
    guard let bytes = try? AtomicFile.read(file),
      let table = try? CSVTable(String(decoding: bytes, as: UTF8.self), file: file, delimiter: ","),
      let epochs = table.column("epoch")
    else { return [] }
    return table.header.map(\.text).filter { $0 != "epoch" }.flatMap { name in
      zip(epochs, table.column(name) ?? []).compactMap { epoch, value in
        guard let epoch = Int(epoch), let value = Double(value) else { return nil }
        return (epoch, Self.name(name), value)
      }
    }
  }

  /// Paths within the folder of what is worth keeping; what is heard and seen of single clips stays where it is.
  var artifacts: [String] {
    let names = [
      "report.html", "compare.html", "trials.csv", "workflow.json", "environment.json", "metrics.json", "clips.csv",
      "near_identical.csv", "predictions.csv", "history.csv", "features/columns.csv", "bundle/bundle.json",
      "bundle/model.safetensors",
    ]
    return names.filter { FileSystem.exists(part.folder + "/" + $0) }
  }

  // MARK: Forms

  private static func flatten(_ value: JSONValue, _ name: String, into found: inout [(String, String)]) {
    switch value {
    case .object(let members) where !members.isEmpty:
      for member in members { flatten(member.value, name + "." + self.name(member.key), into: &found) }
    case .array(let items) where items.contains { $0.members != nil }:
      for (index, item) in items.enumerated() { flatten(item, "\(name).\(index)", into: &found) }
    default:
      let key = String(name.prefix(longestName))
      // Two names may become one.
      if !found.contains(where: { $0.0 == key }) { found.append((key, short(value.plain))) }
    }
  }

  private static func short(_ text: String) -> String {
    text.count <= longestValue ? text : String(text.prefix(longestValue - 1)) + "…"
  }

  /// With what a server does not take in a name replaced.
  static func name(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
      let isPlain =
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "_-. ".unicodeScalars.contains(scalar)
      return isPlain ? scalar : "_"
    }
    var name = String.UnicodeScalarView()
    name.append(contentsOf: scalars.prefix(longestName))
    return String(name)
  }
}
