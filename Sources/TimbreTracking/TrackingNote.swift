import TimbreCore
import TimbreReport
import TimbreWorkflow

/// `mlflow.json` in a folder: the run of a tracking server that the folder belongs to, so that a run that goes on later goes on there.
struct TrackingNote: Equatable {
  static let name = "mlflow.json"

  var server: String
  var experiment: String
  var run: String
  /// Whether the server has all that the folder holds.
  var isComplete: Bool

  /// nil where there is none, or it is not to be understood.
  static func read(in folder: String) -> TrackingNote? {
    guard FileSystem.exists(folder + "/" + name), let json = try? RunSummary.read(name, in: folder),
      let server = json["server"]?.stringValue, let experiment = json["experiment"]?.stringValue,
      let run = json["run_id"]?.stringValue
    else { return nil }
    return TrackingNote(
      server: server, experiment: experiment, run: run, isComplete: json["complete"]?.boolValue ?? false)
  }

  func write(in folder: String) throws {
    let json: JSONValue = [
      "server": .string(server), "experiment": .string(experiment), "run_id": .string(run),
      "complete": .bool(isComplete),
    ]
    try AtomicFile.write(json.pretty, to: folder + "/" + Self.name)
  }
}
