import Foundation
import Testing
import TimbreCore
import TimbreDatasets

@Suite struct CSVDatasetTests {
  let folder: DatasetFolder

  init() throws {
    folder = try DatasetFolder()
    for name in ["a.wav", "b.wav", "sub/c.wav", "x,y.wav"] { try folder.add(name) }
  }

  private func list(_ table: String, _ further: JSONValue.Member...) throws -> ClipList {
    try clips(CSVDataset.self, [JSONValue.Member("path", .string(folder.add("table.csv", table)))] + further)
  }

  @Test func readsFilesLabelsSpeakersRangesAndAttributes() throws {
    let list = try list(
      """
      file,label,speaker,start,end,split,age
      b.wav,sad,S1,,,train,33
      a.wav,happy,S2,0.5,1.25,test,
      sub/c.wav,happy,,2,,train,20

      """)
    #expect(list.rejected.isEmpty && list.labels == ["happy", "sad"])
    #expect(list.clips.map(\.id) == ["a.wav@0.5-1.25", "b.wav", "sub/c.wav@2-"])
    #expect(list.clips.map(\.speaker) == ["S2", "S1", nil])
    let clip = list.clips[0]
    guard case .file(let path, let start, let end) = clip.source else { throw Diagnostic(.badDataset, "not a file") }
    #expect(path == folder.path + "/a.wav" && start == 0.5 && end == 1.25)
    #expect(clip.value(of: "split") == "test" && clip.value(of: "age") == "" && clip.value(of: "label") == "happy")
    #expect(list.clips[2].attributes.map(\.name) == ["split", "age"])
  }

  @Test func readsRFC4180() throws {
    let table =
      "\u{FEFF}file,label,note\r\n\"x,y.wav\",\"a \"\"quoted\"\" one\",\"two\r\nlines\"\r\n\r\na.wav, plain ,\"\"\rb.wav,last,no end"
    let list = try list(table)
    #expect(list.rejected.isEmpty)
    #expect(list.clips.map(\.id) == ["a.wav", "b.wav", "x,y.wav"])
    #expect(list.clips.map(\.label) == ["plain", "last", "a \"quoted\" one"])
    #expect(list.clips[2].value(of: "note") == "two\nlines" && list.clips[1].value(of: "note") == "no end")
  }

  @Test func columnsDelimiterAndRootAreChosen() throws {
    let list = try list(
      "path;emotion;who\nc.wav;sad;7\n", JSONValue.Member("delimiter", ";"), JSONValue.Member("file_column", "path"),
      JSONValue.Member("label_column", "emotion"), JSONValue.Member("speaker_column", "who"),
      JSONValue.Member("root", .string(folder.path + "/sub")))
    #expect(list.clips.map(\.id) == ["c.wav"] && list.clips[0].path == folder.path + "/sub/c.wav")
    #expect(list.clips[0].label == "sad" && list.clips[0].speaker == "7" && list.clips[0].attributes.isEmpty)
    for delimiter in ["", "ab", "\"", "\n"] {
      let found = thrown { _ = try self.list("file,label\n", JSONValue.Member("delimiter", .string(delimiter))) }
      #expect(found?.kind == .invalidParameters)
    }
  }

  @Test func idsDoNotNameTheMachine() throws {
    let list = try list("file,label\n\(folder.path)/a.wav,x\n./b.wav,x\n")
    #expect(list.clips.map(\.id) == ["a.wav", "b.wav"])
  }

  /// A good row, then a bad one, which must be rejected at this line and column.
  @Test(arguments: [
    ("b.wav,,S,0,1", 3, 7, "label is missing"), (",x,S,0,1", 3, 1, "file is missing"),
    ("b.wav,x,S,zero,1", 3, 11, "not a number"),
    ("b.wav,x,S,0,nan", 3, 13, "not a number"), ("b.wav,x,S,-1,1", 3, 11, "before the beginning"),
    ("b.wav,x,S,2,2", 3, 13, "ends at 2 s"), ("b.wav,x,S,,0", 3, 12, "ends at 0 s"), ("b.wav,x,S", 3, 9, "3 fields"),
    ("b.wav,x,S,0,1,more", 3, 15, "6 fields"), ("a.wav,y,S,0,1", 3, 1, "already in line 2"),
    ("none.wav,x,S,0,1", 3, 1, "no such file"),
    ("sub,x,S,0,1", 3, 1, "a folder"), ("\"sub/\nc.wav\",x,S,0,q", 4, 14, "not a number"),
  ])
  func rejectsABadRowWhereItIs(row: String, line: Int, column: Int, message: String) throws {
    let list = try list("file,label,speaker,start,end\na.wav,x,S,0,1\n\(row)\nb.wav,y,S,3,4\n")
    #expect(list.clips.map(\.id) == ["a.wav@0-1", "b.wav@3-4"])
    let found = try #require(list.rejected.first)
    #expect(list.rejected.count == 1 && found.message.contains(message), "\(found)")
    #expect(found.location?.line == line && found.location?.column == column, "\(found)")
    #expect(found.location?.file == folder.path + "/table.csv" && found.help != nil)
    #expect(row.hasSuffix(found.location?.sourceLine ?? "?"))
  }

  @Test(arguments: [
    ("fil,label\na.wav,x\n", 1, 1, "no column \"file\""), ("file,lable\na.wav,x\n", 1, 1, "no column \"label\""),
    ("file,label,file\na.wav,x,y\n", 1, 12, "twice"), ("file,label\na.wav,\"x\nb.wav,y\n", 2, 7, "never closed"),
    ("file,label\na.wav,\"x\"y\n", 2, 10, "closing quote"), ("file,label\na.wav,\"", 2, 7, "never closed"),
    ("file,label\na.wav,\n,x\n", 2, 7, "the other 1 rows"),
  ])
  func stopsAtABadTable(table: String, line: Int, column: Int, message: String) throws {
    let found = try #require(thrown { _ = try list(table) })
    #expect(found.kind == .badDataset && found.message.contains(message), "\(found)")
    #expect(found.location?.line == line && found.location?.column == column, "\(found)")
  }

  @Test func suggestsNearNames() throws {
    #expect(thrown { _ = try list("file,lable\na.wav,x\n") }?.help?.contains("did you mean \"lable\"") == true)
    let named = thrown { _ = try list("file,label,Speaker\na.wav,x,1\n", JSONValue.Member("speaker_column", "speakr")) }
    #expect(named?.message.contains("\"speakr\"") == true && named?.help?.contains("\"Speaker\"") == true)
    #expect(
      thrown { _ = try list("file,label\na.wav,x\n", JSONValue.Member("split_column", "part")) }?.kind == .badDataset)
  }

  @Test func saysWhatIsWrongWithTheFile() throws {
    #expect(thrown { _ = try list("") }?.message.contains("empty") == true)
    #expect(thrown { _ = try list("file,label\n") }?.message.contains("no rows") == true)
    for path in [folder.path, folder.path + "/none.csv"] {
      let found = thrown { _ = try clips(CSVDataset.self, [JSONValue.Member("path", .string(path))]) }
      #expect(found?.kind == .badDataset && found?.subject == path)
    }
    let latin = folder.path + "/latin.csv"
    try Data(Array("file,label\n".utf8) + [0xE9, 0x2C, 0x61]).write(to: URL(fileURLWithPath: latin))
    #expect(
      thrown { _ = try clips(CSVDataset.self, [JSONValue.Member("path", .string(latin))]) }?.message.contains("UTF-8")
        == true)
  }
}
