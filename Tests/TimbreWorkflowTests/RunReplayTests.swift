import Foundation
import Testing
import TimbreAudio
import TimbreBuiltin
import TimbreCore
import TimbreReport
import TimbreWorkflow

/// Clips made again from a run's folder.
@Suite struct RunReplayTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("timbre-\(UUID().uuidString)").path
  private static let views = #"""
    "views": {
      "original": [],
      "noisy": [{ "use": "augment.noise", "amount": { "uniform": [0.001, 0.02] } }],
      "masked": [{ "use": "augment.gain", "gain_db": { "uniform": [-6, 6] } }, { "use": "augment.spec_augment", "of": "mfcc" }]
    },
    """#

  private struct Line {
    var row: Int
    var id: String
    var view: String
    var file: String
    var hash: String
  }

  private func run(_ text: String, sets: [String]) async throws -> (RunReplay, [Line]) {
    let workflow = try lint(text, sets: sets + ["artifacts.clips=0"])
    let plan = try #require(workflow.plan, "\(workflow.findings)")
    try await Runner(plan: plan, folder: RunFolder(making: folder + "/run"), conditions: RunConditions(jobs: 2)).run()
    let bytes = try AtomicFile.read(folder + "/run/clips.csv")
    let table = try CSVTable(String(decoding: bytes, as: UTF8.self), file: "clips.csv", delimiter: ",")
    let columns = try ["row", "id", "view", "file", "content_hash"].map { try #require(table.column($0)) }
    let lines = try table.rows.indices.map { line in
      Line(
        row: try #require(Int(columns[0][line])), id: columns[1][line], view: columns[2][line], file: columns[3][line],
        hash: columns[4][line])
    }
    return (try RunReplay(reading: folder + "/run", registry: Builtin.registry()), lines)
  }

  private func expectSame(_ replay: RunReplay, _ lines: [Line], _ array: String) throws {
    let stored = try NPY.read(folder + "/run/features/" + array)
    #expect(stored.shape[0] == lines.count)
    let width = stored.values.count / stored.shape[0]
    for line in lines {
      let view = try replay.view(line.view, ofClip: line.id, listed: (line.file, line.hash))
      let own = stored.values[line.row * width..<(line.row + 1) * width]
      #expect(view.row.map(\.bitPattern) == own.map(\.bitPattern), "\(line.id), \(line.view)")
      #expect(replay.row(line.row)?.map(\.bitPattern) == own.map(\.bitPattern))
    }
  }

  @Test func `original and drawn views of generated clips have the run's own bits`() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (replay, lines) = try await run(
      Sample.text(replacing: "views", by: Self.views),
      sets: ["dataset.clips_per_emotion=1", "dataset.speakers=4", "dataset.duration=0.5", "classifier.epochs=1"])
    #expect(Set(lines.map(\.view)) == ["original", "noisy", "masked"])
    try expectSame(replay, lines, "vectors.npy")
    let one = try #require(lines.first { $0.view == "noisy" })
    let view = try replay.view("noisy", ofClip: one.id, listed: ("", one.hash))
    #expect(!view.drawn.isEmpty && view.features.map(\.name) == ["rms", "mfcc"])
    #expect(view.signal.sampleRate == 16_000)
  }

  @Test func `so have sequences`() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (replay, lines) = try await run(
      Sample.text(replacing: "vector", by: #""sequence": { "of": ["rms", "mfcc"], "frames": 20 },"#),
      sets: ["dataset.clips_per_emotion=1", "dataset.speakers=4", "dataset.duration=0.5", "classifier.epochs=1"])
    try expectSame(replay, lines, "sequences.npy")
  }

  @Test func `files give the same, and another recording in their place is told`() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for speaker in 0..<4 {
      for (index, label) in ["low", "high"].enumerated() {
        let path = folder + "/data/\(label)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Data(tone(Double(200 + 300 * index + 20 * speaker))).write(
          to: URL(fileURLWithPath: path + "/s\(speaker).wav"))
      }
    }
    let dataset =
      #""dataset": { "use": "dataset.folders", "path": "\#(folder)/data", "speaker_pattern": "(s\\d)[.]wav" },"#
    let (replay, lines) = try await run(
      Sample.text(replacing: "dataset", by: dataset).replacing(#""views": { "original": [] },"#, with: Self.views),
      sets: ["classifier.epochs=1"])
    try expectSame(replay, lines, "vectors.npy")
    let line = try #require(lines.first)
    #expect(!line.file.isEmpty)
    try Data(tone(999)).write(to: URL(fileURLWithPath: line.file))
    let changed = try #require(throws: Diagnostic.self) {
      _ = try replay.view("original", ofClip: line.id, listed: (line.file, line.hash))
    }
    #expect(changed.message.contains("no longer the one"), "\(changed)")
    try FileManager.default.removeItem(atPath: line.file)
    let gone = try #require(throws: Diagnostic.self) {
      _ = try replay.view("original", ofClip: line.id, listed: (line.file, line.hash))
    }
    #expect(gone.message.contains("no longer where"), "\(gone)")
    #expect(!gone.message.contains(folder))
    let view = try #require(throws: Diagnostic.self) {
      _ = try replay.view("orignal", ofClip: line.id, listed: (line.file, line.hash))
    }
    #expect(view.help?.contains("original") == true)
  }

  private func tone(_ frequency: Double) throws -> [UInt8] {
    let samples = (0..<8_000).map { Float(0.3 * sin(2 * .pi * frequency * Double($0) / 16_000)) }
    return try AudioFile.encode(Signal(samples: samples, sampleRate: 16_000), as: .wav)
  }
}
