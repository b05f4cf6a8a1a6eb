import TimbreAudio
import TimbreCore

/// A request that is wrong in itself: everything found, so that all can be mended at once.
public struct RequestError: Error {
  public var findings: [Diagnostic]
  public init(_ findings: [Diagnostic]) { self.findings = findings }
}

/// One plugin asked for by its id and `--set NAME=VALUE` words, outside of a workflow.
public struct PluginRequest: Sendable {
  let id: String
  let root: LocatedValue
  /// Whether a finding tells its parameter as its subject, for those who have no words to point into.
  private let namesParameters: Bool

  /// - Throws: A `RequestError` where a `--set` cannot be read.
  public init(id: String, sets: [String]) throws {
    let source = SourceText(name: "--use", text: id)
    let empty = LocatedValue(.object([]), source: source, range: 0..<source.bytes.count)
    self.id = id
    namesParameters = false
    do {
      root = try sets.map { try Override($0) }.reduce(empty) { try $0.applying($1) }
    } catch let diagnostic as Diagnostic {
      throw RequestError([diagnostic])
    }
  }

  /// The same with parameters as a workflow's node has them. Each finding's subject is its parameter, such as "layers.2.filters".
  public init(id: String, parameters: [JSONValue.Member]) {
    let source = SourceText(name: "parameters", text: id)
    self.id = id
    namesParameters = true
    root = LocatedValue(.scalar(.object(parameters)), source: source, range: 0..<source.bytes.count)
  }

  public func feature(_ registry: Registry) throws -> Registry.Feature { try make(registry.features, .feature) }

  /// One step of a view; its parameters may be ranges to draw from.
  public func augmentation(_ registry: Registry) throws -> AugmentationStep {
    let make = { json, entry in try AugmentationStep(id: id, json: json, entry: entry) }
    var step = try request(registry.augmenters, .augment, make) {
      AugmentationStep.nodeParameters(changesFeatures: false) + AugmentationStep.drawable($0.parameters)
    }
    step.label = nil
    return step
  }

  private func make<Instance>(_ entries: [String: Registry.Entry<Instance>], _ kind: PluginKind) throws -> Instance {
    try request(entries, kind, { json, entry in try entry.make(json.members ?? []) }) { $0.parameters }
  }

  private func request<Instance, Result>(
    _ entries: [String: Registry.Entry<Instance>], _ kind: PluginKind,
    _ make: (JSONValue, Registry.Entry<Instance>) throws -> Result,
    parameters: (PluginDescription) -> [ParameterDescription]
  ) throws -> Result {
    guard let entry = entries[id] else {
      let help = suggestion(for: id, among: entries.keys.sorted()) ?? "\"timbre plugins\" lists them"
      throw RequestError([
        Diagnostic(.unknownChoice, "unknown \(kind.rawValue) plugin \"\(id)\"", help: help, location: root.location)
      ])
    }
    let findings = parameters(entry.description).findings(in: root.json.members ?? [], owner: id).map { finding in
      namesParameters
        ? finding.diagnostic
        : Diagnostic(
          finding.kind, finding.message, help: finding.help,
          location: root.location(at: finding.path, isAboutKey: finding.isAboutKey))
    }
    if !findings.isEmpty { throw RequestError(findings) }
    do {
      return try make(root.json, entry)
    } catch let diagnostic as Diagnostic {
      throw RequestError([namesParameters ? diagnostic : diagnostic.about(id)])
    }
  }
}
