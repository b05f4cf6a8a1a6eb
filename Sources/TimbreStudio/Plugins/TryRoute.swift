import HTTPTypes
import Hummingbird
import TimbreCore
import TimbreReport
import TimbreWorkflow

/// Trying a plugin: a form with a sound and parameters, answered by what the plugin makes of it.
struct TryRoute {
  let studio: Studio

  func answer(_ request: Request, _ plugin: PluginDescription) async throws -> Response {
    let upload = try await Upload(request, root: studio.temporary, limits: studio.options.limits)
    if let reason = Self.reasonNotToTry(plugin) {
      throw Refusal(
        .unprocessableContent, "\(plugin.id) cannot be tried here: \(reason)", help: "use it in a workflow",
        kind: "not_to_try")
    }
    var members = try form(upload)
    let out = upload.folder.path + "/answer.json"
    members += [.init("id", .string(plugin.id)), .init("out", .string(out))]
    let done = try await studio.pool.perform(.tryPlugin, .object(members))
    if let findings = done["findings"]?.arrayValue { return refusal(findings.map(studio.redaction.json)) }
    let response = Answer.bytes(
      try AtomicFile.read(out, atMost: 256 << 20), type: "application/json; charset=utf-8")
    withExtendedLifetime(upload.folder) {}
    return response
  }

  /// Why a plugin has no trial; nil for one that has.
  static func reasonNotToTry(_ plugin: PluginDescription) -> String? {
    switch plugin.kind {
    case .dataset: "it reads a corpus, not a sound"
    case .classifier: "it learns from the vectors of a whole corpus, not from a sound"
    case .feature, .augment: plugin.parameters.contains { takesPath($0.type) } ? "it reads files of its own" : nil
    case nil: "it is of no known kind"
    }
  }

  private static func takesPath(_ type: ParameterType) -> Bool {
    switch type {
    case .path: true
    case .oneOf(let types): types.contains(where: takesPath)
    case .list(let element, _), .map(let element): takesPath(element)
    case .record(let parameters): parameters.contains { takesPath($0.type) }
    case .variants(_, let variants): variants.contains { $0.parameters.contains { takesPath($0.type) } }
    default: false
    }
  }

  private func form(_ upload: Upload) throws -> [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    if let file = upload.files.first(where: { $0.field == "audio" }) {
      members.append(.init("path", .string(file.path)))
    } else if let sample = upload.fields["sample"] {
      guard TrySample(rawValue: sample) != nil else {
        throw Refusal(
          .unprocessableContent, "there is no sample \"\(sample.prefix(100))\"",
          help: suggestion(for: String(sample.prefix(100)), among: TrySample.allCases.map(\.rawValue))
            ?? "one of " + TrySample.allCases.map(\.rawValue).joined(separator: ", "),
          kind: Diagnostic.Kind.unknownChoice.rawValue)
      }
      members.append(.init("sample", .string(sample)))
    } else {
      throw Refusal(
        .badRequest, "there is no sound in the form", help: "send a file \"audio\", or a field sample=voice",
        kind: "no_file")
    }
    for name in ["parameters", "load", "of_parameters", "window"] {
      guard let text = upload.fields[name], !text.isEmpty else { continue }
      members.append(.init(name, try Self.object(text, name)))
    }
    if let of = upload.fields["of"], !of.isEmpty { members.append(.init("of", .string(of))) }
    if let seed = upload.fields["seed"], !seed.isEmpty {
      guard UInt64(seed) != nil else {
        throw Refusal(
          .unprocessableContent, "the seed is a whole number from 0, not \"\(seed.prefix(40))\"",
          kind: Diagnostic.Kind.wrongType.rawValue)
      }
      members.append(.init("seed", .string(seed)))
    }
    return members
  }

  private static func object(_ text: String, _ name: String) throws -> JSONValue {
    guard text.utf8.count <= 1 << 16 else {
      throw Refusal(.contentTooLarge, "\(name) has more than 65,536 bytes", kind: "too_large")
    }
    let parsed = try JSONParser.parse(SourceText(name: name, text: text))
    if let twice = parsed.duplicates.first { throw twice }
    guard parsed.value.json.members != nil else {
      throw Refusal(
        .unprocessableContent, "\(name) is no JSON object", help: "such as {\"n_mfcc\": 13}",
        kind: Diagnostic.Kind.wrongType.rawValue)
    }
    return parsed.value.json
  }

  /// All that is wrong, each with the field of the form and the parameter that it is about.
  private func refusal(_ findings: [JSONValue]) -> Response {
    let first = findings.first
    var members: [JSONValue.Member] = [
      .init("kind", first?["kind"] ?? "bad_request"), .init("message", first?["message"] ?? "the request is wrong"),
    ]
    if let help = first?["help"], help != .null { members.append(.init("help", help)) }
    members.append(.init("findings", .array(findings)))
    return Answer.json(["error": .object(members)], status: .unprocessableContent)
  }
}
