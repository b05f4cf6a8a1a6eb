import Testing
import TimbreBuiltin
import TimbreCore
import TimbreWorkflow

/// A small workflow in which a test replaces one line to break it.
enum Sample {
  static let lines: [String: String] = [
    "timbre": #""timbre": 1,"#,
    "seed": #""seed": 3,"#,
    "dataset": #""dataset": { "use": "dataset.synthetic" },"#,
    "load": #""load": { "sample_rate": 16000 },"#,
    "views": #""views": { "original": [] },"#,
    "features": #""features": { "rms": { "use": "feature.rms" }, "mfcc": { "use": "feature.mfcc" } },"#,
    "vector": #""vector": ["rms.mean", "mfcc.std"],"#,
    "split": #""split": { "by": "speaker", "test": 0.25 },"#,
    "scale": #""scale": "standard","#,
    "classifier": #""classifier": { "use": "classifier.conv1d", "epochs": 2 }"#,
  ]
  static let order = [
    "timbre", "seed", "dataset", "load", "views", "features", "vector", "split", "scale", "classifier",
  ]

  /// The workflow with one of its lines replaced; an empty replacement leaves the line out.
  static func text(replacing key: String? = nil, by line: String = "") -> String {
    "{\n" + order.map { $0 == key ? line : lines[$0] ?? "" }.joined(separator: "\n") + "\n}\n"
  }
}

func lint(
  _ text: String, sets: [String] = [], environment: [String: String] = [:], needs: Workflow.Needs = .lint,
  folder: String = "/data"
) throws -> Workflow {
  Workflow(
    name: "test", source: SourceText(name: "test.json", text: text), folder: folder,
    overrides: try sets.map { try Override($0) },
    environment: environment, registry: Builtin.registry(), needs: needs)
}

/// A text whose `«` marks the place that lint should name, without the mark.
struct Marked {
  let text: String
  let line: Int
  let column: Int

  init(_ marked: String) {
    let parts = marked.split(separator: "«", maxSplits: 1, omittingEmptySubsequences: false)
    text = parts.joined()
    let before = parts[0]
    line = before.count { $0 == "\n" } + 1
    column = (before.split(separator: "\n", omittingEmptySubsequences: false).last?.unicodeScalars.count ?? 0) + 1
  }
}

/// Expects exactly one error, of this kind, at the mark, saying these words.
func expectOne(
  _ marked: String, _ kind: String, _ words: String, help: String? = nil, sets: [String] = [],
  at location: Testing.SourceLocation = #_sourceLocation
) throws {
  let marked = Marked(marked)
  let findings = try lint(marked.text, sets: sets).findings.filter { $0.severity == .error }
  #expect(findings.count == 1, "\(findings)", sourceLocation: location)
  guard let finding = findings.first else { return }
  #expect(finding.kind.rawValue == kind, sourceLocation: location)
  #expect(finding.message.contains(words), "\(finding.message)", sourceLocation: location)
  #expect(finding.location?.line == marked.line, "\(finding)", sourceLocation: location)
  #expect(finding.location?.column == marked.column, "\(finding)", sourceLocation: location)
  #expect(finding.location?.file == "test.json", sourceLocation: location)
  if let help {
    #expect(finding.help?.contains(help) == true, "\(finding.help ?? "no help")", sourceLocation: location)
  }
}
