import TimbreAudio
import TimbreCore

/// TESS: 200 words in seven emotions by two actresses.
public struct Tess: DatasetReader {
  public struct Config: PluginConfig {
    public var path = ""
    public var labels = LabelNames.original
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "dataset.tess", summary: "The Toronto emotional speech set (TESS), in any folder layout.",
    reference: "Pichora-Fuller and Dupuis (2020), Toronto emotional speech set, doi:10.5683/SP2/E8H2MF",
    parameters: [
      .path("path", \.path, "The folder that holds the recordings, at any depth."),
      .choice("labels", \.labels, LabelNames.summary),
    ],
    details: """
      Files are WAV or FLAC, named speaker_word_emotion: OAF_back_angry. What is inconsistent as published is read all the same: \
      ps, pleasant_surprise and pleasant_surprised, large and small letters, and OA for OAF. Original labels are angry, \
      disgust, fear, happy, neutral, pleasant_surprise and sad. Speakers are tess_OAF, aged 64, and tess_YAF, aged 26; \
      attributes are the emotion, the actor, sex, age, the word and the language. A file with another name is rejected with a \
      reason, as is a second copy of a recording. Two speakers of one sex cannot show how a classifier fares with others.
      """)

  private static let emotions = [
    "angry": "angry", "disgust": "disgust", "fear": "fear", "happy": "happy", "neutral": "neutral", "sad": "sad",
    "ps": "pleasant_surprise", "pleasant_surprise": "pleasant_surprise", "pleasant_surprised": "pleasant_surprise",
  ]
  private static let actors = ["OAF": ("OAF", 64), "YAF": ("YAF", 26), "OA": ("OAF", 64)]
  private static let corpus = NamedCorpus(title: "TESS", prefix: "tess", example: "OAF_back_angry")

  private let config: Config

  public init(_ config: Config) throws { self.config = config }

  public func clips() throws -> ClipList {
    try Self.corpus.clips(under: config.path, emotions: Set(Self.emotions.values).sorted(), labels: config.labels) {
      file throws(MalformedName) in try Self.clip(file)
    }
  }

  private static func clip(_ file: FoundFile) throws(MalformedName) -> NamedClip {
    let parts = try file.parts(between: "_", 3...4)
    let (actor, age) = try actors.meaning(of: parts[0].uppercased(), "speaker")
    guard !parts[1].isEmpty else { throw MalformedName(reason: "the word in the name is missing") }
    let emotion = try emotions.meaning(of: parts[2...].joined(separator: "_").lowercased(), "emotion")
    return NamedClip(
      id: file.stem, emotion: emotion, actor: actor,
      attributes: [("sex", "female"), ("age", String(age)), ("word", parts[1].lowercased()), ("language", "en")])
  }
}
