import Foundation
import Testing
import TimbreCore
import TimbreDatasets

@Suite struct FoldersTests {
  let folder: DatasetFolder
  init() throws { folder = try DatasetFolder() }

  private func list(pattern: String? = nil) throws -> ClipList {
    try clips(
      Folders.self, [JSONValue.Member("path", .string(folder.path)), JSONValue.Member("speaker_pattern", pattern.json)])
  }

  @Test func aFolderIsALabel() throws {
    for name in [
      "sad/1.wav", "happy/deep/er/2.FLAC", "happy/3.Ogg", "calm/4.mp3", "calm/5.aif", "calm/6.aiff", "calm/notes.txt",
      "calm/.7.wav",
      ".cache/8.wav", "empty/readme.md",
    ] { try folder.add(name) }
    let stray = try folder.add("stray.wav")
    let list = try list()
    #expect(
      list.clips.map(\.id) == [
        "calm/4.mp3", "calm/5.aif", "calm/6.aiff", "happy/3.Ogg", "happy/deep/er/2.FLAC", "sad/1.wav",
      ])
    #expect(list.clips.map(\.label) == ["calm", "calm", "calm", "happy", "happy", "sad"])
    #expect(list.labels == ["calm", "happy", "sad"])
    #expect(list.rejected.map(\.subject) == [stray])
    #expect(list.clips.allSatisfy { $0.speaker == nil })
  }

  @Test func aPatternFindsTheSpeaker() throws {
    for name in ["sad/anna_1.wav", "sad/ben_1.wav", "happy/anna_2.wav"] { try folder.add(name) }
    let odd = try folder.add("happy/3.wav")
    let list = try list(pattern: "^[^/]+/([a-z]+)_")
    #expect(list.clips.map(\.speaker) == ["anna", "anna", "ben"])
    #expect(list.rejected.map(\.subject) == [odd])
  }

  @Test(arguments: ["(", "no group", "(a)(b)"])
  func refusesAPatternWithoutOneGroup(pattern: String) throws {
    try folder.add("sad/1.wav")
    let found = thrown { _ = try list(pattern: pattern) }
    #expect(found?.kind == .invalidParameters && found?.subject == "speaker_pattern" && found?.help != nil)
  }

  @Test func saysWhatItLookedFor() throws {
    let found = thrown { _ = try list() }
    #expect(
      found?.kind == .badDataset && found?.subject == folder.path
        && found?.help?.contains("folders named after") == true)
    try folder.add("stray.wav")
    #expect(thrown { _ = try list() }?.message.contains("no label's folder") == true)
  }
}
