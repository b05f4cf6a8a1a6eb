import Foundation
import TimbreCore
import TimbreWorkflow

/// The bundles that can be asked: those named at the start, then those of the workspace's runs and trials, the latest first.
struct Models: Sendable {
  struct Model: Sendable {
    /// What clients call it.
    var name: String
    var path: String
    var title: String
    var labels: [String]
    /// As the bundle says it: sample_rate, offset, duration.
    var load: JSONValue

    var json: JSONValue {
      ["name": .string(name), "title": .string(title), "labels": labels.json, "load": load]
    }
  }

  let options: StudioOptions
  let workspace: Workspace
  let redaction: Redaction

  /// Looked up anew each time: a run that has just finished can be asked at once.
  func all() -> [Model] {
    let given = given()
    var names = Set(given.map(\.name))
    let runs = workspace.runNames().map { run in
      (run, Workspace.json(workspace.runs + "/\(run)/run.json")?["started"]?.stringValue ?? "")
    }
    let found = runs.sorted { ($0.1, $0.0) > ($1.1, $1.0) }.flatMap { run, _ in
      [run] + workspace.trialNames(of: run).map { "\(run):\($0)" }
    }
    return given + found.filter { names.insert($0).inserted }.compactMap { ofRun($0) }
  }

  /// A run's, or a trial's.
  private func ofRun(_ id: String) -> Model? { (try? workspace.run(id)).flatMap { model(id, $0) } }

  /// Those named at the start.
  private func given() -> [Model] {
    var models: [Model] = []
    var names: Set<String> = []
    for path in options.models {
      let url = URL(fileURLWithPath: path).standardizedFileURL
      let last =
        url.lastPathComponent == "bundle" ? url.deletingLastPathComponent().lastPathComponent : url.lastPathComponent
      var name = last
      var number = 2
      while !names.insert(name).inserted {
        name = "\(last)-\(number)"
        number += 1
      }
      if let model = model(name, url.path) { models.append(model) }
    }
    return models
  }

  /// - Parameter name: nil asks for the first.
  func named(_ name: String?) throws -> Model {
    guard let name, !name.isEmpty else {
      guard let first = all().first else {
        throw Refusal.notFound(
          "there is no model yet", help: "run a workflow, or start the server with --model BUNDLE")
      }
      return first
    }
    // A run is asked by itself: reading all of them takes its time where there are many.
    guard let model = given().first(where: { $0.name == name }) ?? ofRun(name) else {
      let help = suggestion(for: name, among: all().map(\.name)) ?? "GET /api/v1/models lists them"
      throw Refusal.notFound("there is no model \"\(name)\"", help: help)
    }
    return model
  }

  private func model(_ name: String, _ path: String) -> Model? {
    for folder in [path, path + "/bundle"] {
      guard let head = Workspace.json(folder + "/bundle.json"), head["timbre_bundle"] != nil else { continue }
      return Model(
        name: name, path: folder, title: redaction.text(head["title"]?.stringValue ?? name),
        labels: head["labels"].flatMap([String].init(json:)) ?? [], load: head["load"] ?? [:])
    }
    return nil
  }
}
