import Foundation
import Testing

/// A web server on this machine that serves a folder of the workspace; it ends with this object.
private final class Server {
  private let server: TestServer
  let log: URL
  var url: String { server.url + "/" }

  init(_ space: Workspace, _ options: String...) throws {
    log = space.url.appendingPathComponent("log-\(UUID().uuidString)")
    server = try TestServer("files.py", [space.path("served"), log.path] + options)
  }

  /// What was asked for so far, a line a request: path, range, status.
  var requests: [String] {
    ((try? String(contentsOf: log, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
  }
}

/// A small EmoDB to serve, and a catalogue that knows it.
private struct Mirror {
  static let names = ["03a01Fa", "03a01Nc", "08a02Wb", "09b10Td", "16b03Ea", "15a07La", "14b09Ac"].map {
    "emodb/wav/\($0).wav"
  }

  let space: Workspace
  /// Of the archive.
  let bytes: Int

  /// - Parameters:
  ///   - pad: Bytes that make the archive larger.
  ///   - md5: In place of the archive's own.
  init(_ names: [String] = names, pad: Int = 0, md5: String? = nil, clips: Int = names.count, link: String? = nil)
    throws
  {
    space = try Workspace()
    let made = try fixtures(
      ["zip", space.path("served/emodb.zip"), "--pad", String(pad)] + (link.map { ["--link", $0] } ?? []) + names, space
    )
    let words = made.split(separator: " ").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
    bytes = try #require(Int(words[0]))
    try space.write(
      """
      [{"name": "emodb", "title": "Small EmoDB", "licence": "none", "bytes": \(bytes), "isRoughly": false,
        "clips": \(clips), "page": "https://example.org", "reader": "dataset.emodb", "settings": {},
        "publication": {"archives": {"files": [
          {"address": {"base": "https://example.org/", "path": "emodb.zip"}, "bytes": \(bytes),
           "md5": "\(md5 ?? words[1])"}]}}}]
      """, to: "catalogue.json")
  }

  func arguments(_ server: Server) -> [String] {
    ["datasets", "get", "emodb", "--to", "data", "--from", server.url, "--catalogue", "catalogue.json"]
  }

  func get(_ server: Server, environment: [String: String] = [:]) throws -> Outcome {
    try space.start(arguments(server), environment: environment).finish()
  }

  /// What is in the folder that datasets go to, hidden things too.
  var left: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: space.path("data"))) ?? []).sorted() }
}

@discardableResult
private func fixtures(_ arguments: [String], _ space: Workspace) throws -> String {
  let outcome = try Running(
    TestServer.python, [TestServer.script("fixtures.py")] + arguments, in: space.url
  )
  .finish()
  #expect(outcome.status == 0, "\(outcome.err)")
  return outcome.out
}

/// `timbre datasets` against servers on this machine.
@Suite struct DatasetsTests {
  @Test func listsWhatCanBeGot() throws {
    let space = try Workspace()
    let text = try space.timbre("datasets")
    #expect(text.status == 0)
    for word in ["ravdess", "CC BY-NC-SA 4.0", "434 MB", "2452", "https://zenodo.org/records/1188976", "crema_d"] {
      #expect(text.out.contains(word), "\(word)")
    }
    let list = try #require(space.timbre("datasets", "list", "--json").json as? [[String: Any]])
    #expect(list.map { $0["name"] as? String } == ["ravdess", "emodb", "tess", "crema_d", "savee", "emovo"])
    #expect(list[0]["bytes"] as? Int == 433_973_390 && list[4]["can_be_downloaded"] as? Bool == false)
  }

  @Test func refusesWhatItCannotGet() throws {
    let space = try Workspace()
    for (name, hint) in [("ravdes", "did you mean \"ravdess\"?"), ("savee", "kahlan.eps.surrey.ac.uk"), ("x", "emodb")]
    {
      let outcome = try space.timbre("datasets", "get", name, "--to", "data")
      #expect(outcome.status == 2 && outcome.err.contains(hint), "\(outcome.err)")
    }
    #expect(try space.timbre("datasets", "get", "emodb", "--to", "d", "--from", "file:///etc").status == 2)
    #expect(try space.timbre("datasets", "get", "tess", "--to", "d", "--from", "http://a/\"\nurl").status == 2)
    #expect(try space.timbre("datasets", "get", "emodb").status == 2)
    #expect(!space.exists("data") && !space.exists("d"))
  }

  @Test func getsVerifiesAndSaysHowToReadIt() throws {
    let mirror = try Mirror()
    let server = try Server(mirror.space)
    let outcome = try mirror.get(server)
    #expect(outcome.status == 0, "\(outcome.err)")
    for word in ["licence: none", "7 clips", "MD5", "stay those that the publisher gives", "verifying", "complete"] {
      #expect(outcome.err.contains(word), "\(word): \(outcome.err)")
    }
    #expect(mirror.left == ["emodb"])
    #expect(mirror.space.exists("data/emodb/emodb/wav/03a01Fa.wav"))
    // The node is one that a workflow can hold.
    try mirror.space.write(
      """
      {"timbre": 1, \(outcome.out.trimmingCharacters(in: .whitespacesAndNewlines)),
       "features": {"rms": "feature.rms"}, "vector": ["rms.mean"], "split": {"by": "speaker", "test": 0.3},
       "classifier": {"use": "classifier.conv1d", "layers": ["flatten"]}}
      """, to: "w.json")
    let lint = try mirror.space.timbre("lint", "w.json")
    #expect(lint.status == 0, "\(lint.err)\(lint.out)")
    let again = try mirror.get(server)
    #expect(again.status == 0 && again.err.contains("was there already") && again.out == outcome.out)
    #expect(server.requests == ["/emodb.zip - 200"])
  }

  @Test func goesOnWhenTheConnectionBreaks() throws {
    let mirror = try Mirror(pad: 400_000)
    let server = try Server(mirror.space, "--cut", "150000", "--cuts", "2")
    let outcome = try mirror.get(server)
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(server.requests == ["/emodb.zip - 200", "/emodb.zip bytes=150000- 206", "/emodb.zip bytes=300000- 206"])
    #expect(mirror.left == ["emodb"])
  }

  @Test(arguments: [SIGKILL, SIGINT, SIGTERM]) func goesOnAfterAnInterruption(by number: Int32) throws {
    let mirror = try Mirror(pad: 1_500_000)
    let slow = try Server(mirror.space, "--slow", "400000")
    // A program started from here has signals blocked, unlike one started from a terminal.
    let unblock =
      "import os, signal, sys; signal.pthread_sigmask(signal.SIG_SETMASK, []); "
      + "[signal.signal(s, signal.SIG_DFL) for s in (signal.SIGINT, signal.SIGTERM)]; os.execv(sys.argv[1], sys.argv[1:])"
    let run = try Running(
      TestServer.python, ["-c", unblock, program.path] + mirror.arguments(slow), in: mirror.space.url)
    let part = mirror.space.path("data/.emodb.download/emodb.zip")
    let size = { (try? FileManager.default.attributesOfItem(atPath: part)[.size] as? Int) ?? 0 }
    for _ in 0..<200 where size() < 100_000 { usleep(20_000) }
    kill(run.process.processIdentifier, number)
    let outcome = try run.finish()
    if number != SIGKILL {
      #expect(outcome.status == 130 && outcome.err.contains("run the same command again"), "\(outcome.err)")
    }
    #expect(mirror.left == [".emodb.download"])
    // Nothing goes on writing.
    usleep(300_000)
    let there = size()
    usleep(300_000)
    #expect(there >= 100_000 && there < mirror.bytes && size() == there)
    let server = try Server(mirror.space)
    let second = try mirror.get(server)
    #expect(second.status == 0 && second.err.contains("going on after \(there)"), "\(second.err)")
    #expect(server.requests == ["/emodb.zip bytes=\(there)- 206"])
    #expect(mirror.left == ["emodb"])
  }

  @Test func startsAgainWhereTheServerCannotGoOn() throws {
    let mirror = try Mirror(pad: 400_000)
    let server = try Server(mirror.space, "--cut", "150000", "--cuts", "1", "--no-ranges")
    let outcome = try mirror.get(server)
    #expect(outcome.status == 0 && outcome.err.contains("starting again"), "\(outcome.err)")
    #expect(server.requests.last == "/emodb.zip - 200" && mirror.left == ["emodb"])
  }

  @Test func aPartThatIsNotTheFilesBeginningIsFoundOut() throws {
    let mirror = try Mirror(pad: 400_000)
    try mirror.space.write(String(repeating: "x", count: 100_000), to: "data/.emodb.download/emodb.zip")
    let server = try Server(mirror.space)
    let outcome = try mirror.get(server)
    #expect(outcome.status == 1 && outcome.err.contains("the MD5 is"), "\(outcome.err)")
    #expect(try mirror.get(server).status == 0)
  }

  @Test func removesWhatHasAnotherChecksum() throws {
    let mirror = try Mirror(md5: String(repeating: "0", count: 32))
    let outcome = try mirror.get(try Server(mirror.space))
    #expect(outcome.status == 1 && outcome.err.contains("published one 00000000"), "\(outcome.err)")
    #expect(mirror.left == [".emodb.download"] && !mirror.space.exists("data/.emodb.download/emodb.zip"))
  }

  @Test func refusesAFileOfAnotherSize() throws {
    let mirror = try Mirror()
    let server = try Server(mirror.space)
    // The built-in catalogue knows the real archive.
    let outcome = try mirror.space.timbre("datasets", "get", "emodb", "--to", "data", "--from", server.url)
    #expect(outcome.status == 1 && outcome.err.contains("the published one 39981818"), "\(outcome.err)")
    #expect(mirror.left == [".emodb.download"])
  }

  @Test func namesTheAddressThatIsNotThere() throws {
    let mirror = try Mirror()
    let outcome = try mirror.get(try Server(mirror.space, "--fail", "emodb"))
    #expect(outcome.status == 1 && outcome.err.contains("404") && outcome.err.contains("/emodb.zip"), "\(outcome.err)")
    #expect(mirror.left == [".emodb.download"])
  }

  @Test func removesADatasetThatLacksClips() throws {
    let mirror = try Mirror(clips: 8)
    let outcome = try mirror.get(try Server(mirror.space))
    #expect(outcome.status == 1 && outcome.err.contains("7 clips came, not 8"), "\(outcome.err)")
    #expect(mirror.left == [])
  }

  @Test func anArchiveCannotWriteElsewhere() throws {
    for names in [["../../outside.wav"], ["emodb/..\\..\\outside.wav"], ["/tmp/timbre-outside.wav"]] {
      let mirror = try Mirror(names + Mirror.names)
      let outcome = try mirror.get(try Server(mirror.space))
      #expect(outcome.status == 1 && outcome.err.contains("leads outside"), "\(outcome.err)")
      let everything = try FileManager.default.subpathsOfDirectory(atPath: mirror.space.url.path)
      #expect(!everything.contains { $0.hasSuffix(".wav") }, "\(everything)")
      #expect(mirror.left == [".emodb.download"])
    }
    let mirror = try Mirror(link: "emodb/wav/03a02Fa.wav")
    let outcome = try mirror.get(try Server(mirror.space))
    #expect(outcome.status == 1 && outcome.err.contains("neither a file nor a folder"), "\(outcome.err)")
    #expect(mirror.left == [".emodb.download"])
  }

  @Test func namesThePackageOfAMissingTool() throws {
    let mirror = try Mirror()
    let server = try Server(mirror.space)
    let outcome = try mirror.get(server, environment: ["PATH": mirror.space.path("")])
    #expect(outcome.status == 1 && outcome.err.contains("apt-get install curl"), "\(outcome.err)")
  }

  @Test func leavesAFolderAloneThatHoldsSomethingElse() throws {
    let mirror = try Mirror()
    try mirror.space.write("mine", to: "data/emodb/notes.txt")
    let outcome = try mirror.get(try Server(mirror.space))
    #expect(outcome.status == 1 && outcome.err.contains("0 of 7 clips"), "\(outcome.err)")
    #expect(try mirror.space.text("data/emodb/notes.txt") == "mine")
  }

  @Test func onlyOneRunAtATime() throws {
    let mirror = try Mirror(pad: 1_500_000)
    let slow = try Server(mirror.space, "--slow", "1000000")
    let first = try mirror.space.start(mirror.arguments(slow))
    for _ in 0..<200 where !mirror.space.exists("data/.emodb.download/emodb.zip") { usleep(20_000) }
    let second = try mirror.get(slow)
    #expect(second.status == 1 && second.err.contains("another run"), "\(second.err)")
    #expect(try first.finish().status == 0)
    #expect(mirror.left == ["emodb"])
  }

  /// RAVDESS's archives hold folders of the same names.
  @Test func keepsTwoArchivesApart() throws {
    let space = try Workspace()
    var files: [String] = []
    for (name, channel) in [("Audio_Speech", 1), ("Audio_Song", 2)] {
      let made = try fixtures(
        ["zip", space.path("served/\(name).zip"), "Actor_01/03-0\(channel)-01-01-01-01-01.wav"], space)
      let words = made.split { $0 == " " || $0.isNewline }
      files.append(
        "{\"address\": {\"base\": \"https://example.org/\", \"path\": \"\(name).zip\"}, \"bytes\": \(words[0]), \"md5\": \"\(words[1])\"}"
      )
    }
    try space.write(
      """
      [{"name": "ravdess", "title": "Small RAVDESS", "licence": "none", "bytes": 1, "isRoughly": true, "clips": 2,
        "page": "https://example.org", "reader": "dataset.ravdess", "settings": {"channels": ["speech", "song"]},
        "publication": {"archives": {"files": [\(files.joined(separator: ","))]}}}]
      """, to: "catalogue.json")
    let server = try Server(space)
    let outcome = try space.timbre(
      "datasets", "get", "ravdess", "--to", "data", "--from", server.url, "--catalogue", "catalogue.json")
    #expect(outcome.status == 0 && outcome.out.contains("[\"speech\", \"song\"]"), "\(outcome.err)\(outcome.out)")
    #expect(space.exists("data/ravdess/Audio_Song/Actor_01/03-02-01-01-01-01-01.wav"))
    #expect(space.exists("data/ravdess/Audio_Speech/Actor_01/03-01-01-01-01-01-01.wav"))
  }

  @Test func refusesToFillTheDisk() throws {
    let mirror = try Mirror()
    let catalogue = try mirror.space.text("catalogue.json")
    let huge = catalogue.replacingOccurrences(of: "\"bytes\": \(mirror.bytes)", with: "\"bytes\": 1000000000000")
    try mirror.space.write(huge, to: "catalogue.json")
    let server = try Server(mirror.space)
    let outcome = try mirror.get(server)
    #expect(outcome.status == 1 && outcome.err.contains("are needed"), "\(outcome.err)")
    #expect(server.requests.isEmpty)
    try mirror.space.write(huge.replacingOccurrences(of: "1000000000000", with: "\(Int.max)"), to: "catalogue.json")
    #expect(try mirror.get(server).status == 2)
    try mirror.space.write("{}", to: "catalogue.json")
    #expect(try mirror.get(server).status == 2)
  }

  /// The page's commands, with a small mirror in the publishers' place.
  @Test func theCommandsOfThePageWork() throws {
    let mirror = try Mirror()
    let server = try Server(mirror.space)
    let page = try String(contentsOf: root.appendingPathComponent("docs/datasets.md"), encoding: .utf8)
    let lines = page.split(separator: "\n").filter { $0.hasPrefix("timbre ") }
    #expect(lines.count >= 4)
    let known = try #require(mirror.space.timbre("datasets", "--json").json as? [[String: Any]])
    let names = known.filter { $0["can_be_downloaded"] as? Bool == true }.compactMap { $0["name"] as? String }
    for line in lines {
      var words = line.split(separator: " ").dropFirst().map(String.init)
      if words.dropFirst().first == "get" {
        let asked = words[2...].prefix { !$0.hasPrefix("-") }
        #expect(Set(names).isSuperset(of: asked), "\(line)")
        words.replaceSubrange(2..<(2 + asked.count), with: ["emodb"])
        if let option = words.firstIndex(of: "--from") { words.removeSubrange(option...(option + 1)) }
        words += ["--from", server.url, "--catalogue", "catalogue.json"]
      }
      let outcome = try mirror.space.start(words).finish()
      #expect(outcome.status == 0, "\(line): \(outcome.err)")
    }
    // Every dataset and every common label is on the page.
    for word in names + ["savee", "emovo", "audformat", "angry", "bored", "calm", "disgust", "fearful", "surprised"] {
      #expect(page.contains(word), "\(word)")
    }
  }

  /// The built-in catalogue's TESS, all 2,800 files of it, from a Dataverse that at first lists one wrong checksum.
  @Test func getsADataversesFilesAndOnlyThoseThatAreMissing() throws {
    let space = try Workspace()
    let emotions = ["angry", "disgust", "fear", "happy", "neutral", "ps", "sad"]
    var names = ["OA_bite_neutral.wav"]
    for word in 0..<200 {
      for actor in ["OAF", "YAF"] {
        names += emotions.map { "\(actor)_w\(word)_\($0).wav" }
      }
    }
    names.removeAll { $0 == "OAF_w7_neutral.wav" }
    let list = "datasets/:persistentId/_persistentId_doi_10.5683_SP2_E8H2MF"
    let make = ["dataverse", space.path("served"), list]
    try fixtures(make + ["--wrong", "YAF_w9_sad.wav"] + names, space)
    let server = try Server(space)
    let arguments = ["datasets", "get", "tess", "--to", "data", "--from", server.url]
    let outcome = try space.start(arguments).finish()
    #expect(outcome.status == 1, "\(outcome.err)")
    #expect(
      outcome.err.contains("YAF_w9_sad.wav has") && outcome.err.contains("2799 of 2800 files are there"),
      "\(outcome.err)")
    #expect(!space.exists("data/tess"))
    try fixtures(make + names, space)
    let before = server.requests.count
    let second = try space.start(arguments).finish()
    #expect(second.status == 0, "\(second.err)")
    #expect(second.out.hasPrefix("\"dataset\": {\"use\": \"dataset.tess\", \"path\": \"/"))
    #expect(server.requests.count == before + 2)
    #expect(try FileManager.default.contentsOfDirectory(atPath: space.path("data")) == ["tess"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: space.path("data/tess")).count == 2_800)
  }

  /// Pointers, and the files they stand for.
  @Test func getsWhatGitLFSPointersStandFor() throws {
    let space = try Workspace()
    let names = ["1001_DFA_ANG_XX.wav", "1002_IEO_SAD_LO.wav", "1040_ITH_SAD_X.wav"]
    try fixtures(["lfs", space.path("served"), "master/AudioWAV"] + names, space)
    try space.write(
      """
      [{"name": "crema_d", "title": "Small CREMA-D", "licence": "ODbL 1.0", "bytes": 1000, "isRoughly": true, "clips": 3,
        "page": "https://example.org", "reader": "dataset.crema_d", "settings": {}, "publication": {"gitLFS": {
          "repository": {"base": "https://example.org/", "path": "archive/refs/heads/master.zip"}, "folder": "AudioWAV",
          "files": {"base": "https://example.org/", "path": "master/AudioWAV/"},
          "documents": ["VideoDemographics.csv", "README.md", "LICENSE.txt"]}}}]
      """, to: "catalogue.json")
    let failing = try Server(space, "--fail", "1002_IEO")
    let arguments = { ["datasets", "get", "crema_d", "--to", "data", "--catalogue", "catalogue.json", "--from", $0] }
    let first = try space.start(arguments(failing.url)).finish()
    #expect(first.status == 1 && first.err.contains("404") && first.err.contains("2 of 3 files"), "\(first.err)")
    let server = try Server(space)
    let outcome = try space.start(arguments(server.url)).finish()
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(server.requests == ["/archive/refs/heads/master.zip - 200", "/master/AudioWAV/1002_IEO_SAD_LO.wav - 200"])
    let files = try FileManager.default.subpathsOfDirectory(atPath: space.path("data")).sorted()
    let others = ["crema_d", "crema_d/AudioWAV", "crema_d/README.md", "crema_d/VideoDemographics.csv"]
    #expect(files == (others + names.map { "crema_d/AudioWAV/" + $0 }).sorted())
    #expect(try space.text("data/crema_d/AudioWAV/1040_ITH_SAD_X.wav") == "audio of 1040_ITH_SAD_X.wav")
  }
}
