import TimbreAudio
import TimbreCore

/// SAVEE: English sentences in seven emotions by four men.
public struct Savee: DatasetReader {
  public struct Config: PluginConfig {
    public var path = ""
    public var labels = LabelNames.original
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "dataset.savee", summary: "The Surrey audio-visual expressed emotion database (SAVEE), in any folder layout.",
    reference: "Jackson and Haq (2014), Surrey audio-visual expressed emotion database, University of Surrey",
    parameters: [
      .path("path", \.path, "The folder that holds the recordings, at any depth."),
      .choice("labels", \.labels, LabelNames.summary),
    ],
    details: """
      Files are WAV or FLAC, named by emotion and sentence in a folder a speaker, DC/sa01, or with the speaker in the name, \
      DC_sa01. The letters are a, d, f, h, n, sa and su; original labels are anger, disgust, fear, happiness, neutral, sadness \
      and surprise. Speakers are savee_DC, savee_JE, savee_JK and savee_KL, all men; attributes are the emotion, the actor, \
      sex, the sentence (numbered within its emotion) and the language. A file with another name is rejected with a reason, \
      as is a second copy of a recording.
      """)

  private static let emotions = [
    "a": "anger", "d": "disgust", "f": "fear", "h": "happiness", "n": "neutral", "sa": "sadness", "su": "surprise",
  ]
  private static let actors = ["DC", "JE", "JK", "KL"]
  private static let corpus = NamedCorpus(title: "SAVEE", prefix: "savee", example: "DC_sa01")

  private let config: Config

  public init(_ config: Config) throws { self.config = config }

  public func clips() throws -> ClipList {
    try Self.corpus.clips(under: config.path, emotions: Self.emotions.values.sorted(), labels: config.labels) {
      file throws(MalformedName) in try Self.clip(file)
    }
  }

  private static func clip(_ file: FoundFile) throws(MalformedName) -> NamedClip {
    let parts = try file.parts(between: "_", 1...2)
    let actor = String(parts.count == 2 ? parts[0] : file.path.split(separator: "/").dropLast().last ?? "")
    guard actors.contains(actor) else {
      throw MalformedName(
        reason: "\"\(actor)\", the \(parts.count == 2 ? "speaker in the name" : "folder"), is not one of "
          + actors.joined(separator: ", "))
    }
    let code = parts[parts.count - 1]
    let emotion = try emotions.meaning(of: code.prefix { !$0.isNumber }, "emotion")
    guard let sentence = number(code.drop { !$0.isNumber }, digits: 2),
      (1...(emotion == "neutral" ? 30 : 15)).contains(sentence)
    else {
      throw MalformedName(
        reason: "sentence \"\(code.drop { !$0.isNumber })\" in the name is not one of 01 to "
          + (emotion == "neutral" ? "30" : "15"))
    }
    return NamedClip(
      id: "\(actor)_\(code)", emotion: emotion, actor: actor,
      attributes: [("sex", "male"), ("sentence", String(code)), ("language", "en")])
  }
}
