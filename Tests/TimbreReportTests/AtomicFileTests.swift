import Foundation
import Testing
import TimbreCore
import TimbreReport

@Suite struct AtomicFileTests {
  @Test func writesAndReplaces() throws {
    let scratch = try Scratch()
    try AtomicFile.write("one", to: scratch.file("a"))
    try AtomicFile.write("two and more", to: scratch.file("a"))
    #expect(try AtomicFile.read(scratch.file("a")) == Array("two and more".utf8))
    #expect(scratch.names == ["a"])
  }

  @Test func nothingAppearsBeforeCommit() throws {
    let scratch = try Scratch()
    do {
      let file = try AtomicFile(scratch.file("a"))
      try file.append("half")
      #expect(!FileManager.default.fileExists(atPath: scratch.file("a")))
    }
    #expect(scratch.names.isEmpty, "an abandoned file leaves nothing behind")
  }

  @Test func followsSymbolicLinks() throws {
    let scratch = try Scratch()
    try AtomicFile.write("old", to: scratch.file("target"))
    try FileManager.default.createSymbolicLink(
      atPath: scratch.file("link"), withDestinationPath: scratch.file("target"))
    try AtomicFile.write("new", to: scratch.file("link"))
    #expect(try AtomicFile.read(scratch.file("target")) == Array("new".utf8))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: scratch.file("link")) == scratch.file("target"))
  }

  @Test func fullDiskIsSaidSo() throws {
    // /dev/full fails every write as a full disk does.
    let error = #expect(throws: Diagnostic.self) { try AtomicFile.write("x", to: "/dev/full") }
    #expect(error?.kind == .unwritableFile)
    #expect(error?.message.contains("No space left") == true)
    #expect(error?.help?.contains("free some space") == true)
  }

  @Test func missingFolderAndFolderInTheWay() throws {
    let scratch = try Scratch()
    let missing = #expect(throws: Diagnostic.self) { try AtomicFile.write("x", to: scratch.file("no/such/a")) }
    #expect(missing?.kind == .unwritableFile)
    #expect(missing?.help?.contains("no/such") == true)
    try FileManager.default.createDirectory(atPath: scratch.file("folder"), withIntermediateDirectories: false)
    let inTheWay = #expect(throws: Diagnostic.self) { try AtomicFile.write("x", to: scratch.file("folder")) }
    #expect(inTheWay?.kind == .unwritableFile)
    #expect(scratch.names == ["folder"])
    let unreadable = #expect(throws: Diagnostic.self) { try AtomicFile.read(scratch.file("folder")) }
    #expect(unreadable?.kind == .unreadableFile)
  }
}
