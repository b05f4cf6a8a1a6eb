import Foundation
import TimbreCore
import TimbreWorkflow

/// Run folders as finished runs leave them, with answers made up, as trials of one experiment.
final class MadeRuns {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("timbre-runs-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("trials"), withIntermediateDirectories: true)
    try write(#"{"kind": "experiment", "state": "finished"}"#, to: "run.json")
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: folder.appendingPathComponent(name))
  }

  /// A trial that was tested on `clips`, half of them of class "a", and got those of `wrong` wrong.
  @discardableResult
  func add(_ name: String, wrong: Set<Int>, clips: Range<Int> = 0..<80, seed: Int = 1) throws -> RunRecord {
    let path = "trials/" + name
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent(path), withIntermediateDirectories: true)
    let lines = clips.map { clip in
      let label = clip % 2
      let answer = wrong.contains(clip) ? 1 - label : label
      return "clip\(clip),original,speaker\(clip % 10),\(["a", "b"][label]),\(["a", "b"][answer])\n"
    }
    try write("id,view,speaker,label,predicted\n" + lines.joined(), to: path + "/predictions.csv")
    let recalls = (0..<2).map { label in
      let own = clips.filter { $0 % 2 == label }
      return 1 - Double(own.count { wrong.contains($0) }) / Double(own.count)
    }
    let accuracy = 1 - Double(clips.count { wrong.contains($0) }) / Double(clips.count)
    try write(
      #"{"verdict": "made", "accuracy": \#(accuracy), "uar": \#((recalls[0] + recalls[1]) / 2)}"#,
      to: path + "/metrics.json")
    try write(#"{"seed": \#(seed), "classifier": "\#(name)"}"#, to: path + "/workflow.json")
    try write(#"{"state": "finished", "clips": 80}"#, to: path + "/run.json")
    return try RunRecord(reading: folder.appendingPathComponent(path).path)
  }
}
