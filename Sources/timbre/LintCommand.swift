import ArgumentParser
import TimbreCore
import TimbreWorkflow

struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Say everything that is wrong with workflow files, without reading audio.")

  @Argument(help: "Workflow files.", completion: .workflow) var workflows: [String]
  @Option(name: .customLong("set"), help: "PATH=VALUE: change a value before checking.") var sets: [String] = []
  @Flag(help: "Print the findings as JSON.") var json = false
  @Flag(help: "Print the workflow with every default written out.") var resolved = false

  func run() throws {
    var failed = false
    var found: [JSONValue] = []
    for path in workflows {
      let findings: [Diagnostic]
      do {
        let workflow = try WorkflowFile(path).lint(sets: sets, needs: .lint)
        findings = workflow.findings
        if resolved, let whole = workflow.experiment?.resolved ?? workflow.plan?.resolved {
          Terminal.print(whole.pretty)
        }
      } catch let error as RequestError {
        findings = error.findings
      }
      failed = failed || findings.contains { $0.severity == .error }
      if json {
        found += findings.map { Self.json($0, path) }
      } else if findings.isEmpty, !resolved {
        Terminal.print("\(path): no findings")
      } else {
        for finding in findings { Terminal.say("\(finding)") }
      }
    }
    if json { Terminal.print(JSONValue.array(found).pretty) }
    if failed { throw ExitCode(2) }
  }

  private static func json(_ finding: Diagnostic, _ path: String) -> JSONValue {
    [
      "file": .string(finding.location?.file ?? path), "line": finding.location.map { .int($0.line) } ?? .null,
      "column": finding.location.map { .int($0.column) } ?? .null, "severity": .string(finding.severity.rawValue),
      "kind": .string(finding.kind.rawValue), "message": .string(finding.message),
      "help": finding.help.map { .string($0) } ?? .null,
    ]
  }
}
