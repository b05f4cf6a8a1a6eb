import Foundation
import Testing
import TimbreCore
import TimbreDatasets

/// Databases in audformat, and single tables.
@Suite struct AudformatTests {
  let folder: DatasetFolder
  init() throws { folder = try DatasetFolder() }

  private func list(_ members: JSONValue.Member..., path: String? = nil) throws -> ClipList {
    try clips(Audformat.self, [.init("path", .string(path ?? folder.path))] + members)
  }

  private func attributes(_ clip: Clip) -> [String] { clip.attributes.map { "\($0.name)=\($0.value)" } }

  /// The tables of EmoDB 1.3.0, in short.
  private func addEmoDB() throws {
    for name in ["03a01Fa", "08a01Wa"] { try folder.add("wav/\(name).wav") }
    try folder.add("db.yaml", "name: emodb\n")
    try folder.add(
      "db.emotion.csv", "file,emotion,emotion.confidence\nwav/03a01Fa.wav,happiness,0.9\nwav/08a01Wa.wav,anger,1.0\n")
    try folder.add("db.emotion.categories.train.gold_standard.csv", "file,emotion\nwav/03a01Fa.wav,happiness\n")
    try folder.add("db.emotion.categories.test.gold_standard.csv", "file,emotion\nwav/08a01Wa.wav,anger\n")
    try folder.add(
      "db.files.csv",
      "file,duration,speaker\nwav/03a01Fa.wav,0 days 00:00:01.898,3\nwav/08a01Wa.wav,0 days 00:00:01.611,8\n")
    try folder.add("db.speaker.csv", "speaker,age,gender\n3,31,male\n8,34,female\n")
  }

  @Test func joinsTheTablesOfADatabase() throws {
    try addEmoDB()
    let list = try list()
    #expect(list.rejected.isEmpty && list.labels == ["anger", "happiness"])
    #expect(list.clips.map(\.id) == ["wav/03a01Fa.wav", "wav/08a01Wa.wav"])
    #expect(list.clips.map(\.label) == ["happiness", "anger"] && list.clips.map(\.speaker) == ["3", "8"])
    #expect(list.clips[0].path == folder.path + "/wav/03a01Fa.wav")
    #expect(
      Set(attributes(list.clips[0])) == [
        "emotion_confidence=0.9", "duration=0 days 00:00:01.898", "age=31", "gender=male", "split=train",
      ])
    #expect(list.clips[1].value(of: "split") == "test")
    let common = try self.list(.init("labels", "common"))
    #expect(common.labels == ["angry", "happy"] && common.clips.map(\.label) == ["happy", "angry"])
    let chosen = try self.list(.init("tables", ["emotion.categories.test.gold_standard"]))
    #expect(chosen.clips.map(\.id) == ["wav/08a01Wa.wav"] && chosen.clips[0].value(of: "gender") == "female")
  }

  @Test func readsParts() throws {
    try folder.add("a.wav")
    try folder.add("b.wav")
    try folder.add(
      "db.segments.csv",
      "file,start,end,emotion\na.wav,0 days,0 days 00:00:01.5,joy\na.wav,0 days 00:00:01.5,NaT,anger\nb.wav,0 days,,sad\n"
        + "b.wav,1.25,00:00:02,calm\n")
    try folder.add("db.files.csv", "file,speaker\na.wav,x\nb.wav,y\n")
    let list = try list(.init("labels", "common"))
    #expect(list.rejected.isEmpty, "\(list.rejected)")
    #expect(list.clips.map(\.id) == ["a.wav@0-1.5", "a.wav@1.5-", "b.wav", "b.wav@1.25-2"])
    #expect(list.clips.map(\.speaker) == ["x", "x", "y", "y"])
    #expect(list.clips.map(\.label) == ["happy", "angry", "sad", "calm"])
    guard case .file(_, let start, let end) = list.clips[0].source else { return }
    #expect(start == 0 && end == 1.5)
  }

  @Test func readsASingleTable() throws {
    try folder.add("audio/a.wav")
    let table = try folder.add("list.csv", "file,start,end,emotion,speaker\naudio/a.wav,0.5,1,angry,s1\n")
    let list = try list(path: table)
    #expect(list.clips.map(\.id) == ["audio/a.wav@0.5-1"] && list.clips[0].speaker == "s1")
    #expect(list.clips[0].label == "angry" && list.clips[0].attributes.isEmpty)
    let other = try folder.add("other.csv", "name,emotion\nx,angry\n")
    #expect(thrown { _ = try self.list(path: other) }?.message.contains("the first column is \"name\"") == true)
  }

  @Test func rejectsRowsWithTheirPlace() throws {
    try folder.add("a.wav")
    try folder.add("b.wav")
    let table = try folder.add(
      "db.emotion.csv", "file,emotion\na.wav,anger\nnone.wav,anger\nb.wav,\n,anger\na.wav,anger\na.wav,anger,more\n")
    try folder.add("db.second.csv", "file,emotion\na.wav,sadness\n")
    let list = try list()
    #expect(list.clips.map(\.label) == ["anger"])
    let messages = list.rejected.map { "\($0.location?.line ?? 0) \($0.message)" }
    #expect(
      messages == [
        "3 no such file: \(folder.path)/none.wav", "4 the label is missing", "5 the file is missing",
        "6 the same file and range are already in line 2 of \(table)", "7 3 fields, but the header has 2",
        "2 the label \"sadness\", but line 2 of \(table) says \"anger\"",
      ])
    try folder.add("db.emotion.csv", "file,emotion\na.wav,anger\nb.wav,smug\n")
    let common = try self.list(.init("labels", "common"), .init("tables", ["emotion"]))
    #expect(common.clips.count == 1 && common.rejected.map(\.message) == ["no common name for \"smug\""])
  }

  @Test func saysWhatItLookedFor() throws {
    #expect(thrown { _ = try list() }?.message == "no table called db.NAME.csv in this folder")
    try folder.add("db.emotion.parquet")
    #expect(thrown { _ = try list() }?.help?.contains("storage_format=\"csv\"") == true)
    try addEmoDB()
    let label = thrown { _ = try list(.init("label_column", "emotin")) }
    #expect(label?.message == "no table of files has the column \"emotin\"")
    #expect(label?.help?.contains("did you mean \"emotion\"?") == true)
    let table = thrown { _ = try list(.init("tables", ["emotio"])) }
    #expect(table?.message == "there is no table \"emotio\" of files" && table?.help == "did you mean \"emotion\"?")
    for path in ["", "/no/such/folder"] { #expect(thrown { _ = try list(path: path) }?.kind == .badDataset) }
  }
}
