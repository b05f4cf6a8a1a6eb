import Foundation
import Testing
import TimbreCore
import TimbreDatasets

@Suite struct RavdessTests {
  let folder: DatasetFolder
  init() throws { folder = try DatasetFolder() }

  private func list(_ further: JSONValue.Member...) throws -> ClipList {
    try clips(Ravdess.self, [JSONValue.Member("path", .string(folder.path))] + further)
  }

  @Test func readsEveryPartOfAName() throws {
    try folder.add("03-02-06-02-01-02-12.WAV")
    let clip = try #require(try list(JSONValue.Member("channels", ["song"])).clips.first)
    #expect(clip.id == "03-02-06-02-01-02-12" && clip.label == "fearful" && clip.speaker == "12")
    let attributes = clip.attributes.map { "\($0.name)=\($0.value)" }
    #expect(
      attributes == [
        "modality=audio_only", "channel=song", "emotion=fearful", "intensity=strong", "statement=kids", "repetition=2",
        "actor=12",
        "sex=female", "language=en",
      ])
  }

  @Test func nestedAndFlatLayoutsGiveTheSameClips() throws {
    let flat = try DatasetFolder()
    for actor in ["01", "02", "24"] {
      for emotion in 1...8 {
        let name = "03-01-0\(emotion)-01-02-01-\(actor)"
        try folder.add("Audio_Speech_Actors_01-24/Actor_\(actor)/\(name).wav")
        try flat.add("\(name).flac")
      }
    }
    let nested = try list()
    let other = try clips(Ravdess.self, [JSONValue.Member("path", .string(flat.path))])
    #expect(nested.clips.count == 24 && nested.rejected.isEmpty && other.rejected.isEmpty)
    #expect(nested.clips.map(\.id) == other.clips.map(\.id))
    #expect(nested.clips.map(\.label) == other.clips.map(\.label))
    #expect(nested.clips.map(\.id) == nested.clips.map(\.id).sorted())
    #expect(nested.labels == ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"])
    #expect(Set(nested.clips.filter { $0.speaker == "01" }.map(\.label)) == Set(nested.labels))
    #expect(nested.clips[0].path == folder.path + "/Audio_Speech_Actors_01-24/Actor_01/03-01-01-01-02-01-01.wav")
  }

  @Test func selectsChannelsModalityAndActors() throws {
    for name in ["03-01-01-01-01-01-01", "03-02-01-01-01-01-01", "01-01-01-01-01-01-01", "03-01-01-01-01-01-02"] {
      try folder.add(name + ".wav")
    }
    #expect(try list().clips.map(\.id) == ["03-01-01-01-01-01-01", "03-01-01-01-01-01-02"])
    #expect(try list(JSONValue.Member("channels", ["speech", "song"])).clips.count == 3)
    #expect(try list(JSONValue.Member("actors", [2])).clips.map(\.id) == ["03-01-01-01-01-01-02"])
    #expect(try list(JSONValue.Member("modality", "full_av")).clips.map(\.id) == ["01-01-01-01-01-01-01"])
    #expect(thrown { _ = try list(JSONValue.Member("actors", [25])) }?.kind == .outOfRange)
    #expect(thrown { _ = try list(JSONValue.Member("actors", [3])) }?.message.contains("none of the 4") == true)
  }

  @Test func rejectsOtherNamesWithTheReason() throws {
    try folder.add("03-01-01-01-01-01-01.wav")
    for (name, reason) in [
      ("song.wav", "1 part between hyphens, not 7"), ("03-01-01-01-01-01.wav", "6 parts"),
      ("03-01-09-01-01-01-01.wav", "emotion 09"),
      ("03-01-01-01-01-01-25.wav", "actor 25"), ("03-01-01-01-01-01-1.wav", "\"1\""),
      ("03-01-00-01-01-01-01.wav", "emotion 00"),
      ("03-01-01-03-01-01-01.wav", "intensity 03"), ("03-0x-01-01-01-01-01.wav", "\"0x\""),
      ("03-01-01-01-٠١-01-01.wav", "statement"),
    ] {
      let path = try folder.add(name)
      let list = try list()
      #expect(list.clips.count == 1)
      #expect(list.rejected.count == 1 && list.rejected[0].subject == path, Comment(rawValue: name))
      #expect(list.rejected.first?.message.contains(reason) == true, "\(list.rejected)")
      try FileManager.default.removeItem(atPath: path)
    }
  }

  @Test func passesOverHiddenAndOtherFiles() throws {
    for name in [
      "03-01-01-01-01-01-01.wav", "._03-01-01-01-01-01-01.wav", ".git/03-01-02-01-01-01-01.wav", "README.txt", "a.mp4",
    ] {
      try folder.add(name)
    }
    let list = try list()
    #expect(list.clips.count == 1 && list.rejected.isEmpty)
  }

  @Test func keepsTheFirstOfTwoCopies() throws {
    let second = try folder.add("b/Actor_01/03-01-01-01-01-01-01.wav")
    let first = try folder.add("a/Actor_01/03-01-01-01-01-01-01.wav")
    let list = try list()
    #expect(list.clips.map(\.path) == [first])
    #expect(list.rejected.map(\.subject) == [second])
    #expect(list.rejected[0].message.contains("a/Actor_01/03-01-01-01-01-01-01.wav"))
  }

  @Test func followsLinksButNotForEver() throws {
    try folder.add("Actor_01/03-01-01-01-01-01-01.wav")
    let elsewhere = try DatasetFolder()
    try elsewhere.add("03-01-01-01-01-01-02.wav")
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/Actor_02", withDestinationPath: elsewhere.path)
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/Actor_01/up", withDestinationPath: folder.path)
    #expect(try list().clips.map(\.speaker) == ["01", "02"])
  }

  @Test func saysWhatItLookedFor() throws {
    #expect(thrown { _ = try list() }?.message == "no WAV or FLAC file in this folder")
    let file = try folder.add("song.wav")
    #expect(thrown { _ = try list() }?.message.contains("none of the 1 audio files is a recording of RAVDESS") == true)
    for path in [folder.path + "/none", file, ""] {
      let found = thrown { _ = try clips(Ravdess.self, [JSONValue.Member("path", .string(path))]) }
      #expect(found?.kind == .badDataset && found?.help?.contains("03-01-06-01-02-01-12.wav") == true)
    }
  }

  static let data: String? = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let path = ProcessInfo.processInfo.environment["RAVDESS"] ?? root.path + "/../shared/data/ravdess"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()

  @Test(.enabled(if: data != nil, "the RAVDESS recordings are not here: set RAVDESS to their folder"))
  func findsTheRealRecordings() throws {
    let path = try #require(Self.data)
    let members = [JSONValue.Member("path", .string(path)), JSONValue.Member("channels", ["speech", "song"])]
    let list = try clips(Ravdess.self, members)
    #expect(list.rejected.isEmpty)
    // Actor 18 has no song; each of the others 60 clips of speech and 44 of song.
    let actors = Set(list.clips.compactMap(\.speaker))
    let speech = list.clips.filter { $0.value(of: "channel") == "speech" }
    #expect(speech.count == 60 * actors.count)
    #expect(list.clips.count - speech.count == 44 * actors.subtracting(["18"]).count)
    #expect(speech.filter { $0.label == "neutral" }.count == 4 * actors.count)
    #expect(Set(list.clips.map(\.id)).count == list.clips.count)
  }
}
