import Foundation
import TimbreAudio
import TimbreCore
import TimbreWorkflow

extension Job {
  /// A plugin tried on a sound. What comes of it is written to the file `out` as JSON.
  ///
  /// Arguments: `id`, `path` (a file) or `sample`, `parameters`, `load`, `of`, `of_parameters`, `seed`, `window`, `out`. Answers
  /// `findings` where something is wrong.
  static let tryPlugin = Job(name: "try") { arguments, bench in
    let trial = try Trial(arguments, bench)
    do {
      let answer = try trial.answer()
      do {
        try Data(answer.utf8).write(to: URL(fileURLWithPath: arguments["out"]?.stringValue ?? ""))
      } catch {
        throw Diagnostic(.unwritableFile, "there is no space for what was asked for", help: "free some space")
      }
      return [:]
    } catch let error as TrialError {
      return ["findings": error.json(names: trial.names(ofField: error.field))]
    }
  }
}
