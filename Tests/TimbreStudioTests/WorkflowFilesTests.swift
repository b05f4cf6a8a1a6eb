import Foundation
import Testing
import TimbreCore

@testable import TimbreStudio

/// A workspace for one test.
private final class Folder {
  let path: String

  init() throws {
    path =
      URL(fileURLWithPath: NSTemporaryDirectory()).resolvingSymlinksInPath().path
      + "/timbre-studio-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path + "/Workflows", withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
  }
  func files() throws -> WorkflowFiles { WorkflowFiles(workspace: try Workspace(path)) }
}

@Suite struct WorkflowFilesTests {
  @Test func `workflows are those in the folder and those at the top that say so`() throws {
    let folder = try Folder()
    try folder.write(#"{"timbre": 1}"#, to: "Workflows/a.json")
    try folder.write("half a wor", to: "Workflows/b.json")
    try folder.write(#"{"timbre": 1}"#, to: "c.json")
    try folder.write(#"{"name": "something else"}"#, to: "package.json")
    try folder.write(#"{"timbre": 1}"#, to: "a.json")
    let files = try folder.files()
    #expect(files.all().map(\.relative) == ["Workflows/a.json", "Workflows/b.json", "c.json"])
    #expect(throws: Refusal.self) { try files.named("package") }
    for name in ["", "..", "../c", "/etc/passwd", ".hidden", "a/b", "a\u{0}"] {
      #expect(throws: Refusal.self, "\(name)") { try files.named(name) }
    }
  }

  @Test func `a link that leads out of the workspace is no workflow`() throws {
    let (folder, other) = (try Folder(), try Folder())
    try other.write(#"{"timbre": 1}"#, to: "secret.json")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/Workflows/link.json", withDestinationPath: other.path + "/secret.json")
    let files = try folder.files()
    #expect(files.all().isEmpty)
    #expect(throws: Refusal.self) { try files.named("link") }
    #expect(throws: Refusal.self) { try files.write(Array("{}".utf8), to: "link", .init()) }
    #expect(try String(contentsOfFile: other.path + "/secret.json", encoding: .utf8) == #"{"timbre": 1}"#)
  }

  @Test func `nobody's changes are lost unseen`() throws {
    let folder = try Folder()
    let files = try folder.files()
    let first = try files.write(Array("{ \"timbre\": 1 }".utf8), to: "new", .init(isNew: true))
    #expect(first.isNew)
    #expect(throws: Refusal.self) { try files.write([], to: "new", .init(isNew: true)) }
    let second = try files.write(Array("{}".utf8), to: "new", .init(match: first.tag))
    #expect(!second.isNew && second.tag != first.tag)
    do {
      _ = try files.write(Array("[]".utf8), to: "new", .init(match: first.tag))
      Issue.record("an older version was taken for this one")
    } catch let refusal as Refusal {
      #expect(refusal.kind == "changed")
    }
    #expect(try files.text(files.named("new")).bytes == Array("{}".utf8))
    #expect(throws: Refusal.self) { try files.remove("new", .init(match: first.tag)) }
    try files.remove("new", .init(match: "\"x\", \(second.tag)"))
    #expect(throws: Refusal.self) { try files.named("new") }
    #expect(throws: Refusal.self) { try files.write([], to: "new", .init(match: "*")) }
  }

  @Test func `what is no text and what is too much is refused`() throws {
    let files = try Folder().files()
    #expect(throws: Refusal.self) { try files.write([0xFF, 0xFE], to: "x", .init()) }
    #expect(throws: Refusal.self) { try files.write([UInt8](repeating: 0x20, count: 1 << 21), to: "x", .init()) }
    #expect(throws: Refusal.self) { try files.write([], to: String(repeating: "x", count: 101), .init()) }
  }

  @Test func `only paths that exist may stand in a workflow, and none is shown`() throws {
    let folder = try Folder()
    let variables = WorkflowVariables(
      [
        "RAVDESS": folder.path + "/Workflows", "SECRET": "swordfish", "GONE": "/no/such/folder",
        "PATH": "/usr/bin:/bin",
        "TIMBRE_TOKEN": "abcdefgh", "LANG": "C",
      ], workspace: folder.path + "/space")
    #expect(variables.values == ["RAVDESS": folder.path + "/Workflows"])
    #expect(variables.shown == ["RAVDESS": "${RAVDESS}"])
    #expect(Set(variables.process.keys) == ["RAVDESS", "PATH", "LANG"])
    #expect(
      variables.redacted("\(folder.path)/Workflows/Actor_01: no such file") == "${RAVDESS}/Actor_01: no such file")
    #expect(variables.redacted("\(folder.path)/space/runs/a") == "runs/a")
  }
}
