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
    return { try recipe.vector(of: signal) }
  }

  static func augmentation(_ id: String, _ sets: [String], audio: String) throws -> () throws -> [Float] {
    let signal = try decoded(audio)
    let augmenter = try PluginRequest(id: id, sets: sets).augmenter(Builtin.registry())
    return {
      var draws = Draws(RandomSource(seed: 7, "bench"))
      return try augmenter.apply(to: signal, drawing: &draws).samples
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
