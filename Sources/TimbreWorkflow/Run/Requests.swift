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

  /// - Throws: A `RequestError` where a `--set` cannot be read.
  public init(id: String, sets: [String]) throws {
    let source = SourceText(name: "--use", text: id)
    let empty = LocatedValue(.object([]), source: source, range: 0..<source.bytes.count)
    self.id = id
    do {
      root = try sets.map { try Override($0) }.reduce(empty) { try $0.applying($1) }
    } catch let diagnostic as Diagnostic {
      throw RequestError([diagnostic])
    }
  }

  public func feature(_ registry: Registry) throws -> Registry.Feature { try make(registry.features, .feature) }
  public func augmenter(_ registry: Registry) throws -> any Augmenter { try make(registry.augmenters, .augment) }

  private func make<Instance>(_ entries: [String: Registry.Entry<Instance>], _ kind: PluginKind) throws -> Instance {
    guard let entry = entries[id] else {
      let help = suggestion(for: id, among: entries.keys.sorted()) ?? "\"timbre plugins\" lists them"
      throw RequestError([
        Diagnostic(.unknownChoice, "unknown \(kind.rawValue) plugin \"\(id)\"", help: help, location: root.location)
      ])
    }
    let members = root.json.members ?? []
    let findings = entry.description.findings(in: members).map { finding in
      Diagnostic(
        finding.kind, finding.message, help: finding.help,
        location: root.location(at: finding.path, isAboutKey: finding.isAboutKey))
    }
    if !findings.isEmpty { throw RequestError(findings) }
    do {
      return try entry.make(members)
    } catch let diagnostic as Diagnostic {
      throw RequestError([diagnostic.about(id)])
    }
  }
}
