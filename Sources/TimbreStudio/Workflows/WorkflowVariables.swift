import Foundation

/// The variables of the server's environment that a workflow may use, `${RAVDESS}` before all.
///
/// Only those whose value is the path of something that exists: whoever may send a workflow could otherwise read every secret of the
/// environment out of a title. What is sent to a client never holds a value but the variable's name.
struct WorkflowVariables: Sendable {
  /// By name.
  let values: [String: String]
  /// What a run's process is given: these, which alone its workflow may use, and what programs need.
  let process: [String: String]
  /// What takes the place of paths of this machine.
  let redaction: Redaction

  /// - Parameters:
  ///   - workspace: Absolute; clients see `.` in its place.
  ///   - places: Further ones, which have no variable.
  ///   - isTracked: Whether runs log to an MLflow server, and need to know how to enter.
  init(
    _ environment: [String: String] = ProcessInfo.processInfo.environment, workspace: String,
    places: [Redaction.Place] = [], isTracked: Bool = false
  ) {
    values = environment.filter {
      $0.value.hasPrefix("/") && $0.key != "TIMBRE_TOKEN_FILE" && !$0.key.contains(",")
        && FileManager.default.fileExists(atPath: $0.value)
    }
    process = values.merging(
      environment.filter { Self.isNeeded($0.key) || (isTracked && $0.key.hasPrefix("MLFLOW_")) }
    ) { first, _ in first }
    let named = values.filter { !["_", "PWD", "OLDPWD"].contains($0.key) }.sorted { $0.key < $1.key }
    redaction = Redaction(
      [.init(workspace, ".", inside: "")] + named.map { .init($0.value, "${\($0.key)}") } + places)
  }

  /// As `values`, each standing for itself: lint finds them set and learns nothing of them.
  var shown: [String: String] { Dictionary(uniqueKeysWithValues: values.keys.map { ($0, "${\($0)}") }) }

  /// As `process`, and which of them workflows may use.
  var ofRuns: [String: String] {
    process.merging(["TIMBRE_WORKFLOW_VARIABLES": values.keys.sorted().joined(separator: ",")]) { $1 }
  }

  /// A text without paths of this machine.
  func redacted(_ text: String) -> String { redaction.text(text) }

  private static func isNeeded(_ name: String) -> Bool {
    ["PATH", "LANG", "TZ", "USER", "LOGNAME", "TIMBRE_CACHE", "MALLOC_ARENA_MAX"].contains(name)
      || ["LC_", "XDG_", "OMP_", "OPENBLAS_", "LD_LIBRARY_"].contains { name.hasPrefix($0) }
  }
}
