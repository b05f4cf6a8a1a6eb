import TimbreAudio
import TimbreBuiltin
import TimbreCore
import TimbreWorkflow

extension Bench {
  static func hello() -> JSONValue {
    let libraries = Builtin.libraryVersions().map { "\($0.name) \($0.version)" }.joined(separator: ", ")
    return .object([.init("name", .string("Timbre \(Timbre.version)")), .init("libraries", .string(libraries))])
  }

  /// The row of numbers that a workflow makes of a clip.
  static func vector(audio: String, workflow: String) throws -> () throws -> [Float] {
    let signal = try decoded(audio)
    let file = Workflow(
      name: "bench", source: try SourceText(reading: workflow), folder: ".", environment: [:],
      registry: Builtin.registry(),
      needs: .vectors)
    guard let recipe = file.plan?.recipe else { throw RequestError(file.findings) }
    return { try recipe.row(of: signal).values }
  }

  static func augmentation(_ id: String, _ sets: [String], audio: String) throws -> () throws -> [Float] {
    let signal = try decoded(audio)
    let augmenter = try PluginRequest(id: id, sets: sets).augmentation(Builtin.registry())
    return {
      var draws = Draws(RandomSource(seed: 7, "bench"))
      return try augmenter.apply(to: signal, drawing: &draws).samples
    }
  }

  /// A feature or an effect by its id, with `NAME=VALUE` words; a feature that reads another one takes `--of ID NAME=VALUE…`.
  static func plugin(_ id: String, audio: String, _ words: [String]) throws -> () throws -> [Float] {
    if id.hasPrefix("augment.") { return try augmentation(id, words, audio: audio) }
    let parts = words.split(separator: "--of", maxSplits: 1, omittingEmptySubsequences: false).map(Array.init)
    let signal = try decoded(audio)
    switch try PluginRequest(id: id, sets: parts[0]).feature(Builtin.registry()) {
    case .extractor(let extractor):
      return { try extractor.extract(from: Analysis(of: signal)).values }
    case .transform(let transform):
      guard parts.count > 1, let of = parts[1].first,
        case .extractor(let source) = try PluginRequest(id: of, sets: Array(parts[1].dropFirst())).feature(
          Builtin.registry())
      else { throw Diagnostic(.missingKey, "\(id) reads another feature: name it by --of") }
      let input = try source.extract(from: Analysis(of: signal))
      return { try transform.transform(input).values }
    }
  }

  /// Reading a file, without resampling.
  static func decoding(audio: String) throws -> () throws -> [Float] {
    { try decoded(audio).samples }
  }

  private static func decoded(_ audio: String) throws -> Signal {
    try AudioFile.decode(path: audio).signal
  }
}
