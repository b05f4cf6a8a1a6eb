import TimbreAudio
import TimbreCore

/// RAVDESS: emotional speech and song of 24 professional actors, its attributes encoded in the file names.
public struct Ravdess: DatasetReader {
  public enum Channel: String, CaseIterable, Sendable, ParameterValue { case speech, song }
  public enum Modality: String, CaseIterable, Sendable, ParameterValue {
    case fullAV = "full_av"
    case videoOnly = "video_only"
    case audioOnly = "audio_only"
  }

  public struct Config: PluginConfig {
    public var path = ""
    public var channels = [Channel.speech]
    public var modality = Modality.audioOnly
    public var actors: [Int]?
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "dataset.ravdess", summary: "The RAVDESS recordings of eight acted emotions, in any folder layout.",
    reference: "Livingstone and Russo (2018), PLoS ONE 13(5): e0196391",
    parameters: [
      .path("path", \.path, "The folder that holds the recordings, at any depth."),
      .choices("channels", \.channels, "Which vocal channels to use."),
      .choice("modality", \.modality, "Which modality to use, where a copy holds several."),
      .value("actors", \.actors, "Actors to use, 1 to 24; null uses all."),
    ],
    details: """
      Files are WAV or FLAC, named modality-channel-emotion-intensity-statement-repetition-actor. Each part is an attribute \
      of its clip, as are the actor's sex and the language; the speaker is the actor ("01"). The names of its emotions are \
      those that all corpora share: other readers give the same with `labels` as `common`. A name that is not of this form is \
      rejected with a reason, as is a second file of one name: published copies hold the recordings twice.
      """)

  static let emotions = ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"]
  private static let corpus = NamedCorpus(title: "RAVDESS", prefix: "ravdess", example: "03-01-06-01-02-01-12")
  private let config: Config

  public init(_ config: Config) throws {
    if let actor = config.actors?.first(where: { !(1...24).contains($0) }) {
      throw Diagnostic(.outOfRange, "actor \(actor) is out of range: must be 1 to 24", subject: "actors")
    }
    if config.actors?.isEmpty == true {
      throw Diagnostic(.outOfRange, "the list of actors is empty", help: "use null for all actors", subject: "actors")
    }
    self.config = config
  }

  public func clips() throws -> ClipList {
    let (found, rejected) = try Self.corpus.recordings(
      under: config.path, id: { _, file in file.stem }, name: { file throws(MalformedName) in try RavdessName(file) })
    let clips = found.filter { selects($0.name) }.map { $0.name.clip(id: $0.file.stem, path: $0.file.path) }
    if clips.isEmpty {
      throw Diagnostic(
        .badDataset, "none of the \(found.count) recordings is of the chosen channels, modality and actors",
        help: "change \"channels\", \"modality\" or \"actors\"", subject: config.path)
    }
    return ClipList(clips: clips.sorted { $0.id < $1.id }, labels: Self.emotions, rejected: rejected)
  }

  private func selects(_ name: RavdessName) -> Bool {
    config.channels.contains(name.channel) && name.modality == config.modality
      && config.actors?.contains(name.actor) ?? true
  }
}

/// The parts of a RAVDESS file name.
private struct RavdessName {
  let modality: Ravdess.Modality
  let channel: Ravdess.Channel
  let emotion: String
  let intensity: String
  let statement: String
  let repetition: Int
  let actor: Int

  init(_ file: FoundFile) throws(MalformedName) {
    let parts = try file.parts(between: "-", 7...7)
    func code(_ index: Int, _ what: String, _ highest: Int) throws(MalformedName) -> Int {
      guard let code = number(parts[index], digits: 2) else {
        throw MalformedName(reason: "\"\(parts[index])\" in the name is not a two-digit \(what)")
      }
      guard (1...highest).contains(code) else {
        throw MalformedName(
          reason: "\(what) \(parts[index]) in the name is not one of 01 to \(highest < 10 ? "0" : "")\(highest)")
      }
      return code
    }
    modality = Ravdess.Modality.allCases[try code(0, "modality", 3) - 1]
    channel = Ravdess.Channel.allCases[try code(1, "vocal channel", 2) - 1]
    emotion = Ravdess.emotions[try code(2, "emotion", 8) - 1]
    intensity = ["normal", "strong"][try code(3, "intensity", 2) - 1]
    statement = ["kids", "dogs"][try code(4, "statement", 2) - 1]
    repetition = try code(5, "repetition", 2)
    actor = try code(6, "actor", 24)
  }

  func clip(id: String, path: String) -> Clip {
    let speaker = actor < 10 ? "0\(actor)" : "\(actor)"
    return Clip(
      id: id, source: .file(path), label: emotion, speaker: speaker,
      attributes: [
        ("modality", modality.rawValue), ("channel", channel.rawValue), ("emotion", emotion), ("intensity", intensity),
        ("statement", statement), ("repetition", String(repetition)), ("actor", speaker),
        ("sex", actor.isMultiple(of: 2) ? "female" : "male"), ("language", "en"),
      ])
  }
}
