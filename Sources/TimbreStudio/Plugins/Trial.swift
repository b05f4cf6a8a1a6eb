import TimbreAudio
import TimbreCore
import TimbreWorkflow

/// One plugin, tried on one sound.
struct Trial {
  /// Seconds of sound that are taken.
  static let longest = 30.0
  /// Samples of sound that are given back: a minute at 96 kHz.
  static let mostSamples = 5_760_000

  let arguments: JSONValue
  let bench: Bench
  let plugin: PluginDescription

  init(_ arguments: JSONValue, _ bench: Bench) throws {
    self.arguments = arguments
    self.bench = bench
    guard let plugin = bench.registry.description(of: arguments["id"]?.stringValue ?? "") else {
      throw Diagnostic(.unknownChoice, "there is no such plugin")
    }
    self.plugin = plugin
  }

  /// The answer as JSON.
  /// - Throws: A `TrialError`.
  func answer() throws -> String {
    let start = ContinuousClock.now
    let text: String
    switch plugin.kind {
    case .feature: text = try feature()
    case .augment: text = try augmentation()
    default: throw TrialError(field: "parameters", findings: [Diagnostic(.invalidParameters, "it cannot be tried")])
    }
    let took = (ContinuousClock.now - start) / .milliseconds(1)
    return "{\"plugin\": \(JSONValue.string(plugin.id)), \"milliseconds\": \(JSONValue.number(took))" + text + "}"
  }

  /// What the parameters of a field of the form are called.
  func names(ofField field: String) -> [String] {
    switch field {
    case "load": LoadOptions.parameters.map(\.description.name)
    case "of_parameters": bench.registry.description(of: sourceID)?.parameters.map(\.name) ?? []
    case "parameters": plugin.parameters.map(\.name) + ["probability"]
    default: []
    }
  }

  // MARK: What is asked for

  var members: [JSONValue.Member] { arguments["parameters"]?.members ?? [] }
  var sourceID: String {
    arguments["of"]?.stringValue
      ?? (plugin.kind == .feature
        ? ReferencePages(bench.registry, signal: Signal(samples: [], sampleRate: 22_050)).sourceID(of: plugin)
        : "feature.melspectrogram")
  }
  /// Only a part of the values is asked for, by a page that has the rest already.
  var isPart: Bool { arguments["window"]?.members != nil }

  func source() throws -> any FeatureExtractor {
    try TrialError.within("of_parameters") {
      let request = PluginRequest(id: sourceID, parameters: arguments["of_parameters"]?.members ?? [])
      guard case .extractor(let source) = try request.feature(bench.registry) else {
        throw Diagnostic(
          .invalidParameters, "\(sourceID) reads another feature itself",
          help: "name one that reads the signal, such as feature.mfcc; longer chains take a workflow")
      }
      return source
    }
  }

  func signal() throws -> Signal {
    let options = try TrialError.within("load") {
      let given = arguments["load"] ?? [:]
      let findings = LoadOptions.parameterType.findings(in: given)
      guard findings.isEmpty, var options = LoadOptions(json: given) else {
        throw RequestError(findings.map(\.diagnostic))
      }
      // As on the command line: features at librosa's rate, augmenters at the recording's own.
      if plugin.kind == .augment, given["sample_rate"] == nil { options.sampleRate = nil }
      options.duration = min(options.duration ?? Self.longest, Self.longest)
      return options
    }
    return try TrialError.within("audio") {
      let source: AudioSource
      if let path = arguments["path"]?.stringValue {
        _ = try bench.checked(path)
        source = .file(path)
      } else {
        source = try (TrySample(rawValue: arguments["sample"]?.stringValue ?? "") ?? .voice).source(bench.registry)
      }
      return try load(source, options: options).signal
    }
  }
}
