import Foundation
import TimbreCore
import TimbreReport

/// What a finished run has left, as far as runs are compared by it.
public struct RunRecord: Sendable {
  public package(set) var path: String
  /// The trial's name, or that of the folder.
  public var name: String
  /// The folder of the experiment whose trial it is.
  public let experiment: String?
  /// The resolved workflow.
  public let workflow: JSONValue
  public let metrics: JSONValue
  public let cost: Cost
  /// The test rows in the order of the file.
  public let predictions: [Prediction]

  /// What a run costs besides its mistakes.
  public struct Cost: Sendable {
    /// From the file to the vectors of all views, on all jobs together; nil where the run does not tell.
    public var millisecondsPerClip: Double?
    public var trainingSeconds: Double?
    public var columns: Int?
    /// Of sequences, at most.
    public var frames: Int?
    /// Numbers that the model keeps; nil where nothing is counted.
    public var parameters: Int?
  }

  public struct Prediction: Sendable {
    public var clip: String
    public var view: String
    public var speaker: String
    public var label: String
    public var predicted: String
  }

  /// - Throws: A `.badRun` diagnostic where the folder is no finished run.
  public init(reading path: String) throws {
    self.path = path
    let folder = URL(fileURLWithPath: path).standardizedFileURL
    name = folder.lastPathComponent
    experiment = Self.experiment(of: folder)
    func bad(_ message: String, help: String? = nil) -> Diagnostic {
      Diagnostic(.badRun, message, help: help, subject: path)
    }
    guard FileSystem.exists(path + "/run.json") else {
      throw bad(FileSystem.exists(path) ? "is no run folder" : "there is no such folder")
    }
    let state = try RunSummary.read("run.json", in: path)
    guard state["state"]?.stringValue == RunFolder.State.finished.rawValue else {
      throw bad(
        "the run is not finished: \(state["state"]?.stringValue ?? "unknown")",
        help: "timbre run WORKFLOW --out \(path) --resume goes on with it")
    }
    workflow = try RunSummary.read("workflow.json", in: path)
    metrics = try RunSummary.read("metrics.json", in: path)
    let seconds = state["seconds"]
    let work = ["load_sum", "views_sum", "extraction_sum"].compactMap { seconds?[$0]?.doubleValue }.reduce(0, +)
    cost = Cost(
      millisecondsPerClip: state["clips"]?.intValue.flatMap { $0 > 0 ? 1000 * work / Double($0) : nil },
      trainingSeconds: seconds?["training"]?.doubleValue, columns: state["columns"]?.intValue,
      frames: state["frames"]?.intValue,
      parameters: state["parameters"]?.intValue.flatMap { $0 > 0 ? $0 : nil })
    let file = path + "/predictions.csv"
    let table = try CSVTable(
      String(decoding: try AtomicFile.read(file), as: UTF8.self), file: file, delimiter: ",")
    let columns = try ["id", "view", "speaker", "label", "predicted"].map { name in
      guard let column = table.column(name) else {
        throw bad("predictions.csv has no column \"\(name)\"", help: "run it again with this Timbre")
      }
      return column
    }
    predictions = table.rows.indices.map { row in
      Prediction(
        clip: columns[0][row], view: columns[1][row], speaker: columns[2][row], label: columns[3][row],
        predicted: columns[4][row])
    }
  }

  private static func experiment(of folder: URL) -> String? {
    let trials = folder.deletingLastPathComponent()
    let whole = trials.deletingLastPathComponent().path
    guard trials.lastPathComponent == "trials",
      (try? RunSummary.read("run.json", in: whole))?["kind"]?.stringValue == "experiment"
    else { return nil }
    return whole
  }

  /// The runs that a path stands for: itself, or the trials of an experiment.
  /// - Throws: A `.badRun` diagnostic where there is none.
  public static func all(in path: String) throws -> [RunRecord] {
    let trials = path + "/trials"
    guard FileSystem.exists(path + "/trials.csv") || FileSystem.exists(trials) else {
      return [try RunRecord(reading: path)]
    }
    let names = trialNames(in: path)
    let finished = names.filter { name in
      (try? RunSummary.read("run.json", in: trials + "/" + name))?["state"]?.stringValue == "finished"
    }
    guard !finished.isEmpty else {
      throw Diagnostic(.badRun, "no trial of this experiment has finished", subject: path)
    }
    return try finished.map { try RunRecord(reading: trials + "/" + $0) }
  }

  /// The trials of an experiment: in its own order where it has ended, by name before.
  static func trialNames(in path: String) -> [String] {
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: path + "/trials").filter { !$0.hasPrefix(".") }.sorted())
      ?? []
    guard let bytes = try? AtomicFile.read(path + "/trials.csv"),
      let table = try? CSVTable(String(decoding: bytes, as: UTF8.self), file: path + "/trials.csv", delimiter: ","),
      let order = table.column("trial")
    else { return names }
    return order.filter { names.contains($0) } + names.filter { !order.contains($0) }
  }

  /// A score with its interval.
  package func score(_ key: String) -> (value: Double, interval: ClosedRange<Double>?)? {
    guard let value = metrics[key]?.doubleValue else { return nil }
    let ends = metrics["intervals"]?[key]?.arrayValue?.compactMap(\.doubleValue) ?? []
    return (value, ends.count == 2 && ends[0] <= ends[1] ? ends[0]...ends[1] : nil)
  }
}
