import Foundation
import TimbreAudio
import TimbreCore

/// CREMA-D: twelve English sentences in six emotions by 91 actors.
public struct CremaD: DatasetReader {
  public struct Config: PluginConfig {
    public var path = ""
    public var labels = LabelNames.original
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "dataset.crema_d", summary: "The crowd-sourced emotional actors' dataset CREMA-D, in any folder layout.",
    reference: "Cao et al. (2014), IEEE Transactions on Affective Computing 5(4): 377–390",
    parameters: [
      .path("path", \.path, "The folder that holds the recordings, at any depth."),
      .choice("labels", \.labels, LabelNames.summary),
    ],
    details: """
      Files are WAV or FLAC, named actor_sentence_emotion_level: 1001_DFA_ANG_XX. Original labels are anger, disgust, fear, \
      happy, neutral and sad: what was acted, not what raters heard. Speakers are crema_d_1001 and so on; attributes are the \
      emotion, the actor, the sentence, the intensity (low, medium, high or unspecified) and the language, and, where \
      VideoDemographics.csv lies in the folder or right above it, sex, age, race and ethnicity. A file with another name is \
      rejected with a reason, as is a pointer of Git LFS, which stands where audio was never fetched.
      """)

  private static let emotions = [
    "ANG": "anger", "DIS": "disgust", "FEA": "fear", "HAP": "happy", "NEU": "neutral", "SAD": "sad",
  ]
  private static let sentences = ["DFA", "IEO", "IOM", "ITH", "ITS", "IWL", "IWW", "MTI", "TAI", "TIE", "TSI", "WSI"]
  /// One published file, 1040_ITH_SAD_X, has one X.
  private static let levels = ["LO": "low", "MD": "medium", "HI": "high", "XX": "unspecified", "X": "unspecified"]
  private static let corpus = NamedCorpus(title: "CREMA-D", prefix: "crema_d", example: "1001_DFA_ANG_XX")

  private let config: Config

  public init(_ config: Config) throws { self.config = config }

  public func clips() throws -> ClipList {
    var problems: [Diagnostic] = []
    let people = demographics(&problems)
    var list = try Self.corpus.clips(
      under: config.path, emotions: Self.emotions.values.sorted(), labels: config.labels
    ) { file throws(MalformedName) in try Self.clip(file, people) }
    list.rejected = problems + list.rejected
    return list
  }

  private static func clip(
    _ file: FoundFile, _ people: [String: [(name: String, value: String)]]
  ) throws(MalformedName) -> NamedClip {
    let parts = try file.parts(between: "_", 4...4)
    guard let actor = number(parts[0], digits: 4), (1001...1091).contains(actor) else {
      throw MalformedName(reason: "actor \"\(parts[0])\" in the name is not one of 1001 to 1091")
    }
    guard sentences.contains(String(parts[1])) else {
      throw MalformedName(
        reason: "sentence \"\(parts[1])\" in the name is not one of \(sentences.joined(separator: ", "))")
    }
    let emotion = try emotions.meaning(of: parts[2], "emotion")
    let intensity = try levels.meaning(of: parts[3], "level")
    if isPointer(file.path) {
      throw MalformedName(
        reason: "this is a pointer of Git LFS, not audio",
        help: "run `git lfs pull` there, or `timbre datasets get crema_d --to FOLDER`")
    }
    return NamedClip(
      id: file.stem, emotion: emotion, actor: String(actor),
      attributes: [("sentence", String(parts[1])), ("intensity", intensity), ("language", "en")]
        + (people[String(actor)] ?? []))
  }

  /// A pointer has some 130 bytes, fewer than a moment of audio.
  private static func isPointer(_ path: String) -> Bool {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_size < 1_024, let data = FileManager.default.contents(atPath: path)
    else { return false }
    return data.starts(with: Data("version https://git-lfs".utf8))
  }

  /// What is published about each actor, where the table is at hand; a table that cannot be read is a problem to tell.
  private func demographics(_ problems: inout [Diagnostic]) -> [String: [(name: String, value: String)]] {
    let above = URL(fileURLWithPath: config.path).deletingLastPathComponent().path
    let places = [config.path, above].map { AudioFiles.joined($0, "VideoDemographics.csv") }
    guard let path = places.first(where: { AudioFiles.kind(of: $0) == false }) else { return [:] }
    do {
      let table = try CSVTable(reading: path)
      let names = table.header.map { $0.text.lowercased() }
      guard let actor = names.firstIndex(of: "actorid") else {
        throw Diagnostic(.badDataset, "there is no column \"ActorID\"", subject: path)
      }
      let wanted = ["sex", "age", "race", "ethnicity"].compactMap { name in
        names.firstIndex(of: name).map { (name, $0) }
      }
      let people = table.rows.filter { $0.count == names.count }.map { row in
        (row[actor].text, wanted.map { (name: $0.0, value: row[$0.1].text.lowercased()) })
      }
      return Dictionary(people) { first, _ in first }
    } catch let diagnostic as Diagnostic {
      problems.append(diagnostic)
    } catch {}
    return [:]
  }
}
