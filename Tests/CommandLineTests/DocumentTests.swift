import Foundation
import Testing

/// What is committed beside the code keeps up with it.
@Suite struct DocumentTests {
  private func committed(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: root.appendingPathComponent(name)), as: UTF8.self)
  }

  @Test func theReferenceAndTheSchemaAreCurrent() throws {
    let space = try Workspace()
    let written = try space.timbre("plugins", "--out", "docs")
    #expect(written.status == 0, "\(written.err)")
    let files = { try FileManager.default.subpathsOfDirectory(atPath: $0).filter { $0.hasPrefix("plugins") }.sorted() }
    let pages = try files(space.path("docs"))
    #expect(try files(root.appendingPathComponent("docs").path) == pages, "stale: run `make reference`")
    // Pictures may differ in a last bit of a transform on other processors; that they are there is enough.
    for page in pages where page.hasSuffix(".md") {
      #expect(try space.text("docs/" + page) == committed("docs/" + page), "stale: run `make reference`")
    }
    #expect(try space.timbre("schema").out == committed("schema/workflow.schema.json"), "stale: run `make reference`")
  }

  @Test func theChangelogKnowsTheVersion() throws {
    let space = try Workspace()
    let version = try space.timbre("--version").out.trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(try committed("CHANGELOG.md").contains("## \(version)"), "add \"## \(version)\" to CHANGELOG.md")
  }

  @Test func pluginsAreListedAndDescribed() throws {
    let space = try Workspace()
    let list = try #require(space.timbre("plugins", "--format", "json").json as? [[String: Any]])
    let ids = list.compactMap { $0["id"] as? String }
    #expect(ids == ids.sorted())
    for id in ids {
      let text = try space.timbre("plugins", id)
      #expect(text.status == 0 && text.out.hasPrefix(id))
    }
    let unknown = try space.timbre("plugins", "feature.mfc")
    #expect(unknown.status == 2)
    #expect(unknown.err.contains("did you mean \"feature.mfcc\"?"))
  }

  static let workflows: [URL] =
    ((try? FileManager.default.contentsOfDirectory(
      at: root.appendingPathComponent("Workflows"), includingPropertiesForKeys: nil)) ?? [])
    .filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }

  @Test func everyWorkflowFileIsSound() throws {
    #expect(Self.workflows.count >= 3)
    let space = try Workspace()
    for file in Self.workflows {
      let outcome = try space.timbre("lint", file.path, environment: ["RAVDESS": "/nowhere"])
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(outcome.out.contains("no findings"))
    }
  }

  /// An independent validator agrees with lint on what is sound and what is not.
  @Test(
    .enabled(
      if: ProcessInfo.processInfo.environment["TIMBRE_PYTHON"] != nil,
      "needs TIMBRE_PYTHON with jsonschema; `make test` sets it"))
  func theSchemaHoldsUnderAnIndependentValidator() throws {
    let space = try Workspace()
    let python = URL(fileURLWithPath: ProcessInfo.processInfo.environment["TIMBRE_PYTHON"] ?? "")
    let script = """
      import json, sys, jsonschema
      schema = json.load(open(sys.argv[1]))
      jsonschema.Draft7Validator.check_schema(schema)
      validator = jsonschema.Draft7Validator(schema)
      for path in sys.argv[2:]:
          print(len(list(validator.iter_errors(json.load(open(path))))))
      """
    try space.write(try space.timbre("schema").out, to: "schema.json")
    let good = Self.workflows.map(\.path)
    let breakages = [
      ("\"timbre\": 1", "\"timbre\": 2"), ("\"seed\": 7", "\"sead\": 7"), ("feature.mfcc", "feature.mfc"),
      ("\"n_mfcc\": 20", "\"n_mfcc\": 0"),
      ("\"standard\"", "\"standart\""), ("\"by\": \"speaker\"", "\"by\": \"voice\""), ("\"amount\"", "\"amont\""),
      ("\"epochs\": ", "\"epochs\": 0.5, \"epoch\": "),
    ]
    let demo = try committed("Workflows/demo.json")
    var broken: [String] = []
    for (index, (old, new)) in breakages.enumerated() {
      let text = demo.replacingOccurrences(of: old, with: new)
      #expect(text != demo, "\(old) does not occur")
      try space.write(text, to: "broken\(index).json")
      broken.append(space.path("broken\(index).json"))
      #expect(try space.timbre("lint", "broken\(index).json").status == 2)
    }
    let outcome = try Running(python, ["-c", script, space.path("schema.json")] + good + broken, in: space.url).finish()
    #expect(outcome.status == 0, "\(outcome.err)")
    let counts = outcome.out.split(whereSeparator: \.isNewline).compactMap { Int($0) }
    #expect(counts.count == good.count + broken.count)
    #expect(counts.prefix(good.count).allSatisfy { $0 == 0 }, "\(counts)")
    #expect(counts.dropFirst(good.count).allSatisfy { $0 > 0 }, "\(counts)")
  }

  /// The example of every plugin's page works on a clip, with a folder of noises and of rooms where it asks for one.
  @Test func everyExampleOfTheReferenceWorks() throws {
    let space = try Workspace()
    try space.write(voice(pitch: 180, seconds: 2, rate: 22_050), to: "clip.wav")
    for folder in ["noises", "rooms"] {
      try FileManager.default.createDirectory(atPath: space.path(folder), withIntermediateDirectories: true)
      try space.write(voice(pitch: 90, seconds: 1, rate: 22_050), to: folder + "/one.wav")
    }
    let folder = root.appendingPathComponent("docs/plugins").path
    let pages = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".md") }.sorted()
    let commands = try pages.flatMap { try self.commands(in: "docs/plugins/" + $0) }
    #expect(commands.count > 40)
    for command in commands {
      let outcome = try run(command, in: space)
      #expect(outcome.status == 0, "\(command): \(outcome.err)")
    }
  }

  /// The lines of a document's shell blocks that call the program.
  private func commands(in name: String) throws -> [String] {
    var commands: [String] = []
    var isInside = false
    for line in try committed(name).split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") { isInside = line == "```sh" } else if isInside { commands.append(String(line)) }
    }
    return commands.filter { $0.hasPrefix("timbre ") }
  }

  private func run(_ command: String, in space: Workspace) throws -> Outcome {
    let path = program.deletingLastPathComponent().path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
    return try Running(
      URL(fileURLWithPath: "/bin/bash"), ["-c", command], in: space.url, environment: ["PATH": path]
    ).finish()
  }

  /// The commands of the documents, in their order, in a folder laid out as the documents say.
  @Test(arguments: ["README.md"])
  func everyCommandOfTheDocumentsWorks(name: String) throws {
    let space = try Workspace()
    try FileManager.default.createSymbolicLink(
      atPath: space.path("Workflows"), withDestinationPath: root.appendingPathComponent("Workflows").path)
    try space.write(voice(pitch: 180, seconds: 3, rate: 22_050), to: "clip.wav")
    try space.write(voice(pitch: 240, seconds: 3, rate: 22_050), to: "other.wav")
    // What takes the real recordings has tests of its own.
    let ours = try commands(in: name).filter { !$0.contains("ravdess") }
    #expect(ours.count >= 6)
    for command in ours {
      let outcome = try run(command, in: space)
      #expect(outcome.status == 0, "\(command): \(outcome.err)")
    }
  }
}

/// The workflows for the real recordings, on four actors and for one epoch.
@Suite struct RecordingTests {
  @Test(
    .enabled(if: ravdess != nil, "skipped: the RAVDESS recordings are not at hand (set RAVDESS)"),
    arguments: ["ravdess-speakers", "ravdess-notebook", "ravdess-sequence"])
  func theWorkflowRuns(name: String) throws {
    let space = try Workspace()
    let workflow = root.appendingPathComponent("Workflows/\(name).json").path
    let outcome = try space.timbre(
      "run", workflow, "--out", "out", "--set", "dataset.actors=[1, 2, 3, 4]", "--set", "classifier.epochs=1", "--set",
      "artifacts.clips=1",
      environment: ["RAVDESS": ravdess ?? ""])
    #expect(outcome.status == 0, "\(outcome.err)")
    let metrics = try space.object("out/metrics.json")
    #expect(metrics["leak"] as? Bool == (name == "ravdess-notebook"))
  }
}
