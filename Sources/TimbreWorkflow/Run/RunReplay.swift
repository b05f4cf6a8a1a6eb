import Foundation
import TimbreAudio
import TimbreCore
import TimbreReport

/// The clips of a run once more: the same audio, views and features as the run had, bit for bit, from its resolved workflow.
public struct RunReplay: Sendable {
  let plan: Plan
  private let path: String
  private let clips: [String: Clip]

  /// One view of a clip.
  public struct View: Sendable {
    /// Of the recording, before the view.
    public var info: AudioInfo
    public var signal: Signal
    public var drawn: [Draws.Drawn]
    /// One for each node of the workflow, in an order in which each comes after the one that it reads.
    public var features: [(name: String, plugin: String, matrix: FeatureMatrix)]
    /// Its row of `vectors.npy`, or of `sequences.npy` with bins × frames one after the other.
    public var row: [Float]
    /// As it stands in `clips.csv`.
    public var contentHash: String
  }

  /// - Parameter path: The folder of a run, or of a trial of an experiment.
  /// - Throws: A `.badRun` diagnostic where it cannot be carried out again as it was.
  public init(reading path: String, registry: Registry) throws {
    self.path = path
    func bad(_ message: String, help: String? = nil) -> Diagnostic {
      Diagnostic(.badRun, message, help: help, subject: path)
    }
    let resolved = try RunSummary.read("workflow.json", in: path)
    if ["variants", "sweep"].contains(where: { resolved[$0] != nil }) {
      throw bad("this is an experiment, which has no clips of its own", help: "look at one of its trials")
    }
    let versions = resolved["plugins"]?.members ?? []
    for member in versions {
      guard let plugin = registry.description(of: member.key), member.value.intValue != plugin.version else { continue }
      throw bad(
        "it was made with version \(member.value) of \(plugin.id), this program has version \(plugin.version)",
        help: "the run's own files are as they were; a new run gives clips that can be looked at")
    }
    // A program knows many plugins, and a workflow needs few.
    let workflow = Workflow(
      name: "workflow.json", source: try SourceText(reading: path + "/workflow.json"), folder: path, environment: [:],
      registry: registry.only(Set(versions.map(\.key))), needs: .run)
    guard let plan = workflow.plan else {
      throw workflow.findings.first { $0.severity == .error } ?? bad("its workflow cannot be understood")
    }
    self.plan = plan
    // A dataset may have lost its tables or other clips since; then the files that the run has listed are looked for.
    let list = (try? plan.dataset?.clips())?.clips ?? []
    clips = Dictionary(list.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  public var viewNames: [String] { plan.views.map(\.name) }
  /// Node and plugin.
  public var featureNames: [(name: String, plugin: String)] { plan.recipe.nodes.map { ($0.name, $0.plugin) } }
  /// The augmenters of a view.
  public func chain(of view: String) -> [String] { plan.views.first { $0.name == view }?.steps.map(\.id) ?? [] }

  /// - Parameters:
  ///   - listed: The file that the run has read of this clip, and its content hash, as `clips.csv` has them.
  ///   - check: Asked before a file is decoded.
  /// - Throws: What decoding and the plugins throw; a `.badRun` diagnostic where the recording is no longer what the run has read.
  public func view(
    _ name: String, ofClip id: String, listed: (file: String, contentHash: String),
    check: (String) throws -> Void = { _ in }
  ) throws -> View {
    guard let view = plan.views.first(where: { $0.name == name }) else {
      let help = suggestion(for: name, among: viewNames) ?? "views: \(viewNames.joined(separator: ", "))"
      throw Diagnostic(.unknownChoice, "the run has no view \"\(name)\"", help: help)
    }
    let loaded = try load(try source(of: id, file: listed.file, check: check), options: plan.recipe.load)
    guard listed.contentHash.isEmpty || loaded.contentHash == listed.contentHash else {
      throw Diagnostic(
        .badRun, "the recording of clip \(id) is no longer the one that the run has read",
        help: "put back the old recording, or run again")
    }
    var draws = view.draws(seed: plan.seed, clip: id)
    let signal = try view.apply(to: loaded.signal, drawing: &draws)
    let features = try plan.recipe.features(of: signal, in: view, drawing: &draws)
    return View(
      info: loaded.info, signal: signal, drawn: draws.record,
      features: zip(plan.recipe.nodes, features).map { ($0.name, $0.plugin, $1) },
      row: try row(of: features), contentHash: loaded.contentHash)
  }

  /// The very file that the run has read, with the part of it that is the clip.
  private func source(of id: String, file: String, check: (String) throws -> Void) throws -> AudioSource {
    var source = clips[id]?.source
    if source == nil, !file.isEmpty { source = .file(file) }
    guard let source else {
      throw Diagnostic(
        .badRun, "clip \(id) is no longer in the dataset of the run", help: "put the dataset back where it was")
    }
    if case .file(let path, _, _) = source {
      guard FileSystem.exists(path) else {
        throw Diagnostic(
          .unreadableFile, "the recording of clip \(id) is no longer where the run has read it",
          help: "put the dataset back where it was")
      }
      try check(path)
    }
    return source
  }

  private func row(of features: [FeatureMatrix]) throws -> [Float] {
    let recipe = plan.recipe
    let row = try plan.row(
      of: recipe.form.parts.map { try $0.values(of: features[$0.node], named: recipe.nodes[$0.node].name) })
    let shape = try recipe.shape()
    return shape.isSequence ? shape.binsByFrames(row.values, length: row.length) : row.values
  }

  /// The run's own row, to compare with; nil where the folder does not hold it.
  public func row(_ index: Int) -> [Float]? {
    try? NPY.readRow(index, of: path + "/" + (plan.recipe.form.sequence == nil ? Rows.vectorsName : Rows.sequencesName))
  }
}
