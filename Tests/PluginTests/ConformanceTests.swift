import Foundation
import Testing
import TimbreAugmenters
import TimbreClassifiers
import TimbreCore
import TimbreDatasets
import TimbreFeatures
import TimbreTesting

/// Every built-in plugin goes through the conformance kit.
@Suite struct ConformanceTests {
  @Test func features() {
    #expect(conformanceFailures(of: ZeroCrossingRate.self) == [])
    #expect(conformanceFailures(of: ChromaSTFT.self) == [])
    #expect(conformanceFailures(of: MFCC.self) == [])
    #expect(conformanceFailures(of: RMS.self) == [])
    #expect(conformanceFailures(of: MelSpectrogram.self) == [])
  }

  @Test func transforms() {
    #expect(conformanceFailures(of: Delta.self) == [])
  }

  @Test func augmenters() {
    #expect(conformanceFailures(of: Noise.self) == [])
    #expect(conformanceFailures(of: TimeStretch.self) == [])
    #expect(conformanceFailures(of: PitchShift.self) == [])
  }

  @Test func classifiers() {
    let layers: JSONValue = [["type": "conv1d", "filters": 8, "kernel_size": 3], ["type": "flatten"]]
    #expect(conformanceFailures(of: Conv1D.self, members: [.init("epochs", 2), .init("layers", layers)]) == [])
  }

  @Test func datasets() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("timbre-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for label in ["a", "b"] {
      let inside = folder.appendingPathComponent(label)
      try FileManager.default.createDirectory(at: inside, withIntermediateDirectories: true)
      for name in ["03-01-05-02-01-01-12", "03-02-03-01-02-02-07"] {
        try Data("x".utf8).write(to: inside.appendingPathComponent(label + name + ".wav"))
      }
    }
    try Data("x".utf8).write(to: folder.appendingPathComponent("03-01-05-02-01-01-12.wav"))
    let table = folder.appendingPathComponent("list.csv")
    try Data("file,label\n03-01-05-02-01-01-12.wav,angry\n".utf8).write(to: table)
    #expect(conformanceFailures(of: Folders.self, members: [.init("path", .string(folder.path))]) == [])
    #expect(conformanceFailures(of: Ravdess.self, members: [.init("path", .string(folder.path))]) == [])
    #expect(conformanceFailures(of: CSVDataset.self, members: [.init("path", .string(table.path))]) == [])
    #expect(
      conformanceFailures(of: Synthetic.self, members: [.init("speakers", 2), .init("clips_per_emotion", 1)]) == [])
  }
}
