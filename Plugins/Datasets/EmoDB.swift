import TimbreAudio
import TimbreCore

/// EmoDB: ten German sentences in seven emotions by ten actors.
public struct EmoDB: DatasetReader {
  public struct Config: PluginConfig {
    public var path = ""
    public var labels = LabelNames.original
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "dataset.emodb", summary: "The Berlin database of emotional speech (EmoDB), in any folder layout.",
    reference: "Burkhardt et al. (2005), A database of German emotional speech, Interspeech",
    parameters: [
      .path("path", \.path, "The folder that holds the recordings, at any depth."),
      .choice("labels", \.labels, LabelNames.summary),
    ],
    details: """
      Files are WAV or FLAC, named speaker, text, the letter of the German word for the emotion and, where there are several, \
      a version: 03a01Fa. Original labels are anger, boredom, disgust, fear, happiness, neutral and sadness. Speakers are \
      emodb_03 and so on; attributes are the emotion, the actor, sex, age, the sentence, the version and the language. \
      A file with another name is rejected with a reason, as is a second copy of a recording.
      """)

  /// By the initial of the German word: Wut, Langeweile, Ekel, Angst, Freude, neutral, Trauer.
  private static let emotions = [
    "W": "anger", "L": "boredom", "E": "disgust", "A": "fear", "F": "happiness", "N": "neutral", "T": "sadness",
  ]
  private static let actors: [String: (sex: String, age: Int)] = [
    "03": ("male", 31), "08": ("female", 34), "09": ("female", 21), "10": ("male", 32), "11": ("male", 26),
    "12": ("male", 30), "13": ("female", 32), "14": ("female", 35), "15": ("male", 25), "16": ("female", 31),
  ]
  private static let sentences = ["a01", "a02", "a04", "a05", "a07", "b01", "b02", "b03", "b09", "b10"]
  private static let corpus = NamedCorpus(title: "EmoDB", prefix: "emodb", example: "03a01Fa")

  private let config: Config

  public init(_ config: Config) throws { self.config = config }

  public func clips() throws -> ClipList {
    try Self.corpus.clips(under: config.path, emotions: Self.emotions.values.sorted(), labels: config.labels) {
      file throws(MalformedName) in try Self.clip(file)
    }
  }

  private static func clip(_ file: FoundFile) throws(MalformedName) -> NamedClip {
    let name = file.stem
    guard name.count == 6 || name.count == 7 else {
      throw MalformedName(reason: "the name has \(name.count) characters, not 6 or 7")
    }
    let actor = name.prefix(2)
    let sentence = name.dropFirst(2).prefix(3)
    let version = name.dropFirst(6)
    let (sex, age) = try actors.meaning(of: actor, "speaker")
    guard sentences.contains(String(sentence)) else {
      throw MalformedName(
        reason: "text \"\(sentence)\" in the name is not one of \(sentences.joined(separator: ", "))")
    }
    let emotion = try emotions.meaning(of: name.dropFirst(5).prefix(1), "emotion")
    guard version.utf8.allSatisfy({ (97...122).contains($0) }) else {
      throw MalformedName(reason: "version \"\(version)\" in the name is not a small letter")
    }
    return NamedClip(
      id: name, emotion: emotion, actor: String(actor),
      attributes: [
        ("sex", sex), ("age", String(age)), ("sentence", String(sentence)), ("version", String(version)),
        ("language", "de"),
      ])
  }
}
