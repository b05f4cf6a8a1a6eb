import ArgumentParser
import Foundation
import TimbreCore
import TimbreWorkflow

struct PredictCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Say which class recordings belong to, with probabilities, by a trained bundle.")

  @Argument(help: "Audio files.", completion: .audio) var audio: [String]
  @Option(help: "A bundle, or the run folder that holds it.", completion: .folder) var model: String
  @Flag(help: "Print JSON: [{\"file\", \"label\", \"probabilities\"}]; a file that fails has \"error\" instead.")
  var json = false
  @Option(help: "Files to work on at a time; by default all cores.") var jobs: Int?

  func run() async throws {
    let jobs = try Jobs.checked(self.jobs)
    let bundle = try Bundle(reading: model, registry: registry)
    let predictions = await bundle.predict(audio, jobs: jobs)
    var failed = 0
    for prediction in predictions {
      switch prediction.result {
      case .success(let answer) where !json: Terminal.print(Self.text(prediction.file, answer))
      case .success: break
      case .failure(let diagnostic):
        failed += 1
        Terminal.say("\(diagnostic.about(prediction.file))")
      }
    }
    if json { Terminal.print(Self.json(predictions)) }
    if failed > 0 { throw ExitCode(1) }
  }

  /// One object a line, so that long lists can be read and searched.
  private static func json(_ predictions: [Prediction]) -> String {
    "[" + predictions.map { "\n  \($0.json)" }.joined(separator: ",") + "\n]"
  }

  private static func text(_ file: String, _ answer: Prediction.Answer) -> String {
    let width = answer.probabilities.map(\.label.count).max() ?? 0
    let lines = answer.probabilities.sorted { $0.value > $1.value }.map { label, value in
      let bar = String(repeating: "█", count: Int((value * 30).rounded()))
      return "  \(label)\(String(repeating: " ", count: width - label.count))  \(String(format: "%.4f", value))  \(bar)"
    }
    return "\(file): \(answer.label)\n" + lines.joined(separator: "\n")
  }
}
