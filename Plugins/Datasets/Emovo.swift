import TimbreAudio
import TimbreCore

/// EMOVO: fourteen Italian sentences in seven emotions by six actors.
public struct Emovo: DatasetReader {
  public struct Config: PluginConfig {
    public var path = ""
    public var labels = LabelNames.original
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "dataset.emovo", summary: "The Italian emotional speech database EMOVO, in any folder layout.",
    reference: "Costantini et al. (2014), EMOVO corpus: an Italian emotional speech database, LREC",
    parameters: [
      .path("path", \.path, "The folder that holds the recordings, at any depth."),
      .choice("labels", \.labels, LabelNames.summary),
    ],
    details: """
      Files are WAV or FLAC, named emotion-speaker-sentence with the first letters of the Italian word: dis-f1-b1. Original \
      labels are those of the paper: anger, disgust, fear, joy, neutral, sadness and surprise. Speakers are emovo_f1 to \
      emovo_f3 and emovo_m1 to emovo_m3; attributes are the emotion, the actor, sex, the sentence and the language. A file \
      with another name is rejected with a reason, as is a second copy of a recording.
      """)

  /// Rabbia, disgusto, paura, gioia, neutrale, tristezza, sorpresa.
  private static let emotions = [
    "rab": "anger", "dis": "disgust", "pau": "fear", "gio": "joy", "neu": "neutral", "tri": "sadness",
    "sor": "surprise",
  ]
  private static let actors = [
    "f1": "female", "f2": "female", "f3": "female", "m1": "male", "m2": "male", "m3": "male",
  ]
  /// Short and long ones, nonsense, and questions.
  private static let sentences = [
    "b1", "b2", "b3", "d1", "d2", "l1", "l2", "l3", "l4", "n1", "n2", "n3", "n4", "n5",
  ]
  private static let corpus = NamedCorpus(title: "EMOVO", prefix: "emovo", example: "dis-f1-b1")

  private let config: Config

  public init(_ config: Config) throws { self.config = config }

  public func clips() throws -> ClipList {
    try Self.corpus.clips(under: config.path, emotions: Self.emotions.values.sorted(), labels: config.labels) {
      file throws(MalformedName) in try Self.clip(file)
    }
  }

  private static func clip(_ file: FoundFile) throws(MalformedName) -> NamedClip {
    let parts = try file.parts(between: "-", 3...3)
    let emotion = try emotions.meaning(of: parts[0], "emotion")
    let sex = try actors.meaning(of: parts[1], "speaker")
    guard sentences.contains(String(parts[2])) else {
      throw MalformedName(
        reason: "sentence \"\(parts[2])\" in the name is not one of \(sentences.joined(separator: ", "))")
    }
    return NamedClip(
      id: file.stem, emotion: emotion, actor: String(parts[1]),
      attributes: [("sex", sex), ("sentence", String(parts[2])), ("language", "it")])
  }
}
