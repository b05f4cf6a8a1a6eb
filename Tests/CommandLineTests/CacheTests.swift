import Foundation
import Testing

@Suite struct CacheTests {
  private static let results = [
    "features/vectors.npy", "clips.csv", "predictions.csv", "metrics.json", "bundle/model.safetensors",
  ]

  /// Runs `w.json` with a cache and returns how many values were known, and were asked for.
  @discardableResult
  private static func run(
    _ corpus: TinyCorpus, _ out: String, _ more: [String] = [], cache: String = "cache.sqlite"
  ) throws -> (known: Int, asked: Int, err: String) {
    let run = try corpus.space.start(["run", "w.json", "--out", out, "--cache", cache] + more).finish()
    #expect(run.status == 0, "\(run.err)")
    let line = run.err.split(separator: "\n").first { $0.hasPrefix("cache: ") }
    let numbers = (line ?? "").split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
    return (numbers.first ?? 0, numbers.last ?? 0, run.err)
  }

  private static func expectEqual(_ a: String, _ b: String, in space: Workspace) throws {
    for name in results { #expect(try space.data("\(a)/\(name)") == space.data("\(b)/\(name)"), "\(name)") }
  }

  @Test func aCachedRunGivesTheBitsOfAnUncachedOne() throws {
    let corpus = try TinyCorpus()
    try corpus.write([
      "views":
        #"{ "original": [], "noisy": [{ "use": "augment.noise", "amount": { "uniform": [0.01, 0.03] } }], "masked": [{ "use": "augment.spec_augment", "of": "mfcc" }] }"#
    ])
    #expect(try corpus.space.timbre("run", "w.json", "--out", "plain").status == 0)
    let first = try Self.run(corpus, "first")
    #expect(first.known == 0)
    let second = try Self.run(corpus, "second", ["--jobs", "1"])
    #expect(second.known > 0 && second.known == second.asked, "\(second)")
    for out in ["first", "second"] { try Self.expectEqual("plain", out, in: corpus.space) }
    // Another title, another classifier: nothing is computed.
    let titled = try Self.run(corpus, "titled", ["--set", "title=other", "--set", "classifier.epochs=1"])
    #expect(titled.known == titled.asked)
  }

  @Test func whatChangesIsComputedAnewAndTheRestIsKept() throws {
    let corpus = try TinyCorpus(clips: 4)
    try Self.run(corpus, "first")
    let changes = ["--set", "features.mfcc.n_mfcc=7"]
    let changed = try Self.run(corpus, "changed", changes)
    #expect(changed.known > 0 && changed.known < changed.asked)
    #expect(try corpus.space.start(["run", "w.json", "--out", "plain"] + changes).finish().status == 0)
    try Self.expectEqual("plain", "changed", in: corpus.space)
    // Another seed draws other noise, another rate loads other signals.
    for change in ["seed=6", "load.sample_rate=8000", "load.offset=0.1"] {
      let out = "out-" + change
      try Self.run(corpus, out, ["--set", change])
      #expect(try corpus.space.timbre("run", "w.json", "--out", "plain-" + change, "--set", change).status == 0)
      try Self.expectEqual("plain-" + change, out, in: corpus.space)
    }
    // The same name with another sound.
    try corpus.space.write(voice(pitch: 150, seed: 77), to: "clips/low/low0.wav")
    try Self.run(corpus, "replaced")
    #expect(try corpus.space.timbre("run", "w.json", "--out", "plain-replaced").status == 0)
    try Self.expectEqual("plain-replaced", "replaced", in: corpus.space)
  }

  @Test(arguments: ["no database at all", "zeros", "middle"])
  func aDamagedCacheIsSetAside(_ damage: String) throws {
    let corpus = try TinyCorpus(clips: 4)
    try Self.run(corpus, "first")
    let url = corpus.space.url.appendingPathComponent("cache.sqlite")
    var bytes = try Data(contentsOf: url)
    switch damage {
    case "zeros": bytes.replaceSubrange(0..<4096, with: Data(count: 4096))
    case "middle": bytes.replaceSubrange(4096..<bytes.count, with: Data(repeating: 0xA5, count: bytes.count - 4096))
    default: bytes = Data("no database at all, but a text that somebody wants to keep".utf8)
    }
    try bytes.write(to: url)
    for tail in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: url.path + tail) }
    let run = try Self.run(corpus, "second")
    #expect(run.err.contains("damaged"), "\(run.err)")
    try Self.expectEqual("first", "second", in: corpus.space)
    #expect(corpus.space.exists("cache.sqlite.damaged-1"))
    #expect(try corpus.space.data("cache.sqlite.damaged-1") == bytes || damage != "no database at all")
    try Self.run(corpus, "third")
    #expect(try Self.run(corpus, "fourth").known > 0)
  }

  @Test func onlyFilesAreSetAside() throws {
    let corpus = try TinyCorpus(clips: 4)
    let space = corpus.space
    try space.write("mine", to: "folder/notes.txt")
    let folder = try Self.run(corpus, "first", cache: "folder")
    #expect(folder.err.contains("warning: folder: this is a folder, and no cache"), "\(folder.err)")
    #expect(space.exists("folder/notes.txt"))
    let made = unsafe mkfifo(space.path("pipe"), 0o600)
    #expect(made == 0)
    #expect(try Self.run(corpus, "second", cache: "pipe").err.contains("this is no file"))
    #expect(space.exists("pipe") && !space.exists("pipe.damaged-1"))
    #expect(try space.timbre("cache", "--cache", "folder").status != 0)
    // To look at something is no reason to change it.
    let workflow = try space.data("w.json")
    let shown = try space.timbre("cache", "--cache", "w.json", "--max-size", "0")
    #expect(shown.status == 2)
    #expect(shown.err.contains("there is no cache in this file"), "\(shown.err)")
    #expect(try space.data("w.json") == workflow)
  }

  @Test func aCacheWithoutItsTablesIsSetAside() throws {
    let corpus = try TinyCorpus(clips: 4)
    try Self.run(corpus, "first")
    let made = Process()
    made.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    made.arguments = [
      "python3", "-c",
      "import sqlite3; d = sqlite3.connect('\(corpus.space.path("cache.sqlite"))'); d.execute('drop table entry'); d.commit()",
    ]
    try made.run()
    made.waitUntilExit()
    #expect(try Self.run(corpus, "second").err.contains("damaged"))
    #expect(try Self.run(corpus, "third").known > 0)
  }

  @Test func anotherProgramsDatabaseIsNotTouched() throws {
    let corpus = try TinyCorpus(clips: 4)
    let space = corpus.space
    let made = Process()
    made.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    made.arguments = [
      "python3", "-c",
      "import sqlite3; d = sqlite3.connect('\(space.path("cache.sqlite"))'); d.execute('create table mine (x)'); d.commit()",
    ]
    try made.run()
    made.waitUntilExit()
    let before = try space.data("cache.sqlite")
    try Self.run(corpus, "first")
    #expect(try space.data("cache.sqlite.damaged-1") == before)
  }

  @Test func severalProcessesUseOneCache() throws {
    let corpus = try TinyCorpus(clips: 6)
    let runs = try (0..<4).map {
      try corpus.space.start(["run", "w.json", "--out", "out\($0)", "--cache", "cache.sqlite"])
    }
    for run in runs {
      let outcome = try run.finish()
      #expect(outcome.status == 0 && !outcome.err.contains("warning"), "\(outcome.err)")
    }
    for number in 1..<4 { try Self.expectEqual("out0", "out\(number)", in: corpus.space) }
    #expect(try Self.run(corpus, "last").known > 0)
  }

  @Test func theCommandShowsAndEvicts() throws {
    let corpus = try TinyCorpus(clips: 4)
    let space = corpus.space
    #expect(try space.timbre("cache", "--cache", "cache.sqlite").out.contains("no cache yet"))
    try Self.run(corpus, "first")
    try Self.run(corpus, "second")
    func entries() throws -> [String: Int] {
      let json = try space.timbre("cache", "--cache", "cache.sqlite", "--json").json as? [String: Any]
      return try #require(json).compactMapValues { $0 as? Int }
    }
    let full = try entries()
    #expect(full["entries"] ?? 0 > 0 && full["hits"] ?? 0 > 0 && full["misses"] ?? 0 > 0)
    #expect(try space.timbre("cache", "--cache", "cache.sqlite").out.contains("hits"))
    #expect(try space.timbre("cache", "--cache", "cache.sqlite", "--older-than", "1d").status == 0)
    #expect(try entries()["entries"] == full["entries"])
    let half = (full["bytes"] ?? 0) / 2
    #expect(try space.timbre("cache", "--cache", "cache.sqlite", "--max-size", String(half)).status == 0)
    #expect(try entries()["bytes"] ?? .max <= half)
    #expect(try space.timbre("cache", "--cache", "cache.sqlite", "--max-size", "0").status == 0)
    #expect(try entries()["entries"] == 0)
    #expect(try space.timbre("cache", "--cache", "cache.sqlite", "--max-size", "much").status == 2)
    #expect(try space.timbre("cache").status == 2)
  }
}
