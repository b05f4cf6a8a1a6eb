import Foundation
import Testing
import TimbreCore

@testable import TimbreStudio

@Suite struct RedactionTests {
  private let redaction = Redaction(
    [
      .init("/srv/ws", ".", inside: ""), .init("/data", "${DATASET}"), .init("/srv/ws/in", "${IN}"),
      .init("/mnt/a \"b\" & c", "${ODD}"),
    ], roots: ["srv", "data", "mnt", "home", "usr"])

  @Test(
    arguments: [
      ("/srv/ws/runs/a", "runs/a"), ("/srv/ws", "."), ("cannot read /srv/ws.", "cannot read .."),
      ("/srv/ws/in/x", "${IN}/x"),
      ("/data/x.wav,/data/y.wav", "${DATASET}/x.wav,${DATASET}/y.wav"), ("--set=a=/data/x", "--set=a=${DATASET}/x"),
      // Of what is not known the last part is left.
      ("/home/ann/corpus/x.wav: no such file", "…/x.wav: no such file"), ("/usr/lib/", "…/lib/"),
      ("(/home/a/b)", "(…/b)"),
      ("/srv/ws2/x", "…/x"), ("//home//ann//x", "…/x"), ("file:///home/ann/x", "file:…/x"),
      (#"a\n/home/ann/x"#, #"a\n…/x"#),
      // What is no path of this machine stays.
      ("runs/data/x", "runs/data/x"), ("./data/x", "./data/x"), ("http://data/x", "http://data/x"),
      ("</data>", "</data>"),
      ("/home", "/home"), ("/elsewhere/x/y", "/elsewhere/x/y"), ("${DATASET}/data/x", "${DATASET}/data/x"),
      ("and/or", "and/or"),
      ("https://example.org/home/ann/x", "https://example.org/home/ann/x"), ("/", "/"), ("", ""),
      ("dB/data", "dB/data"),
      // In JSON, HTML, and one within the other.
      (#"/mnt/a "b" & c/x"#, "${ODD}/x"), (#"{"p": "/mnt/a \"b\" & c"}"#, #"{"p": "${ODD}"}"#),
      ("<b>/mnt/a &quot;b&quot; &amp; c/x</b>", "<b>${ODD}/x</b>"), (#"/mnt/a \&quot;b\&quot; &amp; c/x"#, "${ODD}/x"),
      (#""/mnt/a ""b"" & c/x",1"#, #""${ODD}/x",1"#),
    ])
  func `paths of this machine get a name`(text: String, expected: String) {
    #expect(redaction.text(text) == expected)
  }

  @Test func `it does not matter in what parts a text comes`() {
    let text = String(repeating: "x /srv/ws/runs/a, http://data/b, /home/ann/c.wav; ", count: 2_000)
    let expected = redaction.text(text)
    #expect(!expected.contains("/srv") && !expected.contains("ann"))
    for size in [1, 7, 1_000, 20_000] {
      var stream = Redaction.Stream(redaction)
      var bytes: [UInt8] = []
      let all = Array(text.utf8)
      for start in stride(from: 0, to: all.count, by: size) {
        bytes += stream.take(all[start..<min(start + size, all.count)])
      }
      bytes += stream.end()
      #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }
  }

  @Test func `it reaches every string of JSON`() {
    let json: JSONValue = ["a": ["/srv/ws/x", ["/data": "/data/y"]], "n": 1, "s": "/ a"]
    #expect(redaction.json(json) == ["a": ["x", ["${DATASET}": "${DATASET}/y"]], "n": 1, "s": "/ a"])
    #expect(Redaction(placesJSON: redaction.placesJSON).places == redaction.places)
  }

  @Test func `addresses of the pages are no paths`() {
    let redaction = Redaction([.init("/runs", "."), .init("/", "x")], roots: ["tmp"])
    #expect(redaction.text("<a href=\"/runs/a\">/x</a>") == "<a href=\"/runs/a\">/x</a>")
    #expect(Redaction.machineRoots.isDisjoint(with: ["runs", "api", "workflows", "plugins", "compare", "assets"]))
  }

  @Test func `clips that are named by their paths are told apart`() {
    let ids = ["/home/a/1.wav", "/home/b/1.wav", "2.wav"]
    let folder = RunClips.folder(of: ids)
    #expect(folder == .init("/home", "${FILES}"))
    let one = RunClips.names(of: ids, redaction.adding([folder].compactMap(\.self)))
    #expect(one == ["/home/a/1.wav": "${FILES}/a/1.wav", "/home/b/1.wav": "${FILES}/b/1.wav"])
    #expect(RunClips.folder(of: ["/home/a/1.wav", "/usr/a/1.wav"]) == nil)
    let two = RunClips.names(of: ["/home/a/1.wav", "/usr/a/1.wav"], redaction)
    #expect(two == ["/home/a/1.wav": "…/1.wav", "/usr/a/1.wav": "…/1.wav (2)"])
  }
}
