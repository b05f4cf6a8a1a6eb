import Foundation

/// The variables of the server's environment that a workflow may use, `${RAVDESS}` before all.
///
/// Only those whose value is the path of something that exists: whoever may send a workflow could otherwise read every secret of the
/// environment out of a title. What is sent to a client never holds a value but the variable's name.
struct WorkflowVariables: Sendable {
  /// By name.
  let values: [String: String]
  /// What a run's process is given: these, and what programs need.
  let process: [String: String]
  /// What takes the place of paths of this machine, the longest first.
  private let names: [(path: String, name: String)]

  /// - Parameter workspace: Absolute; clients see `.` in its place.
  init(_ environment: [String: String] = ProcessInfo.processInfo.environment, workspace: String) {
    values = environment.filter { $0.value.hasPrefix("/") && FileManager.default.fileExists(atPath: $0.value) }
    process = values.merging(environment.filter { Self.isNeeded($0.key) }) { first, _ in first }
    names =
      ([(workspace + "/", ""), (workspace, ".")] + values.sorted { $0.key < $1.key }.map { ($0.value, "${\($0.key)}") })
      .filter { $0.0.utf8.count > 1 }.sorted { $0.0.utf8.count > $1.0.utf8.count }
  }

  /// As `values`, each standing for itself: lint finds them set and learns nothing of them.
  var shown: [String: String] { Dictionary(uniqueKeysWithValues: values.keys.map { ($0, "${\($0)}") }) }

  /// A text without paths of this machine.
  func redacted(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "/")) else { return text }
    return names.reduce(text) { $0.replacing($1.path, with: $1.name) }
  }

  private static func isNeeded(_ name: String) -> Bool {
    if name == "TIMBRE_TOKEN" { return false }
    return ["PATH", "LANG", "TZ", "USER", "LOGNAME", "TIMBRE_CACHE", "MALLOC_ARENA_MAX"].contains(name)
      || ["LC_", "XDG_", "OMP_", "OPENBLAS_", "LD_LIBRARY_"].contains { name.hasPrefix($0) }
  }
}
