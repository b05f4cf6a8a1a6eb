import Foundation
import Synchronization
import Testing
import TimbreCore
import TimbreWorkflow

/// When the files of a run are written, and what happens where one cannot be.
@Suite struct RunWritingTests {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("timbre-\(UUID().uuidString)").path

  /// What a run tells of itself; every step of it takes a while.
  private final class Listener: RunObserver {
    struct Told {
      var events: [String] = []
      var clips = 0
      /// What the folder held as the run was said to begin.
      var atBegin: [String] = []
      /// The same as its training began.
      var atTraining: [String] = []
    }

    let folder: String
    let pause: Duration
    let told = Mutex(Told())

    init(_ folder: String, pause: Duration = .zero) {
      self.folder = folder
      self.pause = pause
    }

    private var files: [String] {
      (FileManager.default.subpaths(atPath: folder) ?? []).filter { !$0.contains(".timbre-") }.sorted()
    }

    func began(_ stage: String, unit: String) {
      if stage == "training" { told.withLock { $0.atTraining = files } }
    }

    func advanced(to count: Int, of total: Int, detail: String?) {
      told.withLock { $0.clips = max($0.clips, count) }
      Thread.sleep(forTimeInterval: pause / .seconds(1))
    }

    func ended() {}
    func noted(_ text: String) {}

    func happened(_ event: RunEvent) {
      switch event {
      case .began:
        told.withLock {
          $0.events.append("began")
          $0.atBegin = files
        }
      case .ended(_, let state): told.withLock { $0.events.append(state.rawValue) }
      case .learned: break
      }
    }
  }

  private func carryOut(_ folder: RunFolder, _ observer: Listener, speakers: Int = 4) async throws {
    let sets = [
      "dataset.clips_per_emotion=1", "dataset.speakers=\(speakers)", "dataset.duration=0.5", "classifier.epochs=1",
      "artifacts.clips=0",
    ]
    let plan = try #require(try lint(Sample.text(), sets: sets).plan)
    var conditions = RunConditions(jobs: 2)
    conditions.observer = observer
    try await Runner(plan: plan, folder: folder, conditions: conditions).run()
  }

  /// What `run.json` says in the end.
  private func said(_ key: String) throws -> String? {
    let data = try Data(contentsOf: URL(fileURLWithPath: path + "/run.json"))
    return (try JSONSerialization.jsonObject(with: data) as? [String: Any])?[key] as? String
  }

  @Test func `a run is told to begin when its folder says what it is, and trains when its data is there`() async throws
  {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let listener = Listener(path)
    try await carryOut(RunFolder(making: path), listener)
    let told = listener.told.withLock(\.self)
    #expect(told.events == ["began", "finished"])
    #expect(told.atBegin == ["environment.json", "run.json", "workflow.json"])
    let data = ["clips.csv", "features", "features/columns.csv", "features/vectors.npy"]
    #expect(told.atTraining == (told.atBegin + data).sorted())
    #expect(try said("state") == "finished")
  }

  @Test(arguments: ["workflow.json", "environment.json"])
  func `what cannot be written at the beginning stops the run before all clips are computed`(_ name: String)
    async throws
  {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let (folder, listener) = (try RunFolder(making: path), Listener(path, pause: .milliseconds(20)))
    try FileManager.default.createDirectory(atPath: path + "/" + name, withIntermediateDirectories: true)
    let error = await #expect(throws: Diagnostic.self) { try await carryOut(folder, listener, speakers: 40) }
    #expect(error?.kind == .unwritableFile)
    #expect(error?.subject == path + "/" + name)
    let told = listener.told.withLock(\.self)
    #expect(told.events == ["failed"])
    #expect(told.clips < 320)
    #expect(try said("state") == "failed")
    #expect(try said("error")?.contains(name) == true)
    #expect(!FileManager.default.fileExists(atPath: path + "/features"))
  }

  @Test(arguments: [
    ["clips.csv"], ["features/vectors.npy"], ["features/columns.csv"], ["features/vectors.npy", "clips.csv"],
  ])
  func `data that cannot be written stops the run before its training`(_ names: [String]) async throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let (folder, listener) = (try RunFolder(making: path), Listener(path))
    for name in names {
      try FileManager.default.createDirectory(atPath: path + "/" + name, withIntermediateDirectories: true)
    }
    let error = await #expect(throws: Diagnostic.self) { try await carryOut(folder, listener) }
    #expect(error?.kind == .unwritableFile)
    // Of several always the same is told.
    #expect(error?.subject == path + "/" + (names.last ?? ""))
    let told = listener.told.withLock(\.self)
    #expect(told.events == ["began", "failed"])
    #expect(told.atTraining.isEmpty)
    #expect(try said("state") == "failed")
    // The others are complete, and nothing is left half written.
    let all = Set(["clips.csv", "features/vectors.npy", "features/columns.csv"]).subtracting(names)
    for name in all { #expect(FileManager.default.fileExists(atPath: path + "/" + name), "\(name)") }
    #expect((FileManager.default.subpaths(atPath: path) ?? []).allSatisfy { !$0.contains(".timbre-") })
  }
}
