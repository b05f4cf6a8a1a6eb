import Foundation
import Testing
import TimbreAudio
import TimbreCore

/// The root of the package.
let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// The RAVDESS recordings, where they are at hand.
let ravdess: String? = {
  let named = ProcessInfo.processInfo.environment["RAVDESS"]
  let beside = root.appendingPathComponent("../shared/data/ravdess").standardizedFileURL.path
  return [named, beside].compactMap { $0 }.first { FileManager.default.fileExists(atPath: $0) }
}()

struct Outcome {
  var status: Int32
  var out: String
  var err: String
  var json: Any? { try? JSONSerialization.jsonObject(with: Data(out.utf8)) }
}

/// The built program lies beside the test program.
let program: URL = {
  let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
  return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("timbre")
}()

/// A program under way, its output going to files so that no pipe can fill.
final class Running {
  let process = Process()
  private let files: [URL]

  init(_ program: URL, _ arguments: [String], in folder: URL, environment: [String: String] = [:]) throws {
    files = (0..<2).map { _ in
      FileManager.default.temporaryDirectory.appendingPathComponent("timbre-\(UUID().uuidString)")
    }
    for file in files { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    var variables = ProcessInfo.processInfo.environment
    variables["RAVDESS"] = nil
    // A test's results are its own.
    variables["TIMBRE_CACHE"] = "off"
    process.environment = variables.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
  }

  func finish() throws -> Outcome {
    process.waitUntilExit()
    defer { for file in files { try? FileManager.default.removeItem(at: file) } }
    return Outcome(
      status: process.terminationStatus, out: String(decoding: try Data(contentsOf: files[0]), as: UTF8.self),
      err: String(decoding: try Data(contentsOf: files[1]), as: UTF8.self))
  }
}

/// A folder for one test, removed with it.
final class Workspace: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("timbre-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }
  func data(_ name: String) throws -> Data { try Data(contentsOf: url.appendingPathComponent(name)) }
  func text(_ name: String) throws -> String { String(decoding: try data(name), as: UTF8.self) }
  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  func write(_ text: String, to name: String) throws {
    try makeFolder(of: name)
    try Data(text.utf8).write(to: url.appendingPathComponent(name))
  }

  func write(_ signal: Signal, to name: String) throws {
    try makeFolder(of: name)
    try Data(AudioFile.encode(signal, as: .wav)).write(to: url.appendingPathComponent(name))
  }

  private func makeFolder(of name: String) throws {
    try FileManager.default.createDirectory(
      at: url.appendingPathComponent(name).deletingLastPathComponent(), withIntermediateDirectories: true)
  }

  /// JSON of a file as a dictionary.
  func object(_ name: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: data(name)) as? [String: Any])
  }

  /// Lines of a CSV without quoted fields, as dictionaries.
  func table(_ name: String) throws -> [[String: String]] {
    let lines = try text(name).split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let header = try #require(lines.first)
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
  }

  @discardableResult
  func timbre(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
    try start(arguments, environment: environment).finish()
  }

  func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Running {
    try Running(program, arguments, in: url, environment: environment)
  }
}

/// A vowel-like buzz: harmonics of `pitch`, louder at the beginning, with a little noise that differs by `seed`.
func voice(pitch: Double, seconds: Double = 0.6, rate: Int = 16_000, seed: UInt64 = 1) -> Signal {
  var random = RandomSource(seed: seed)
  let samples = (0..<Int(seconds * Double(rate))).map { index -> Float in
    let time = Double(index) / Double(rate)
    let tone = (1...6).reduce(0.0) { $0 + sin(2 * .pi * pitch * Double($1) * time) / Double($1) }
    return Float(0.2 * tone * (1 - 0.5 * time / seconds) + 0.01 * random.normal())
  }
  return Signal(samples: samples, sampleRate: rate)
}

/// Two classes of buzzes, high and low, in one folder a label, and a workflow that learns them.
struct TinyCorpus {
  let space: Workspace

  init(clips: Int = 8) throws {
    space = try Workspace()
    for (label, base) in [("high", 320.0), ("low", 110.0)] {
      for index in 0..<clips {
        try space.write(
          voice(pitch: base + 4 * Double(index), seed: UInt64(index) + (label == "low" ? 100 : 0)),
          to: "clips/\(label)/\(label)\(index).wav")
      }
    }
    try write()
  }

  /// Writes `w.json`; `changes` replaces top-level keys by JSON text, nil removes them.
  func write(_ changes: [String: String?] = [:], name: String = "w.json") throws {
    var keys: [(String, String?)] = [
      ("timbre", "1"), ("title", "\"tiny\""), ("seed", "5"),
      ("dataset", #"{ "use": "dataset.folders", "path": "clips" }"#),
      ("load", #"{ "sample_rate": 16000 }"#),
      ("views", #"{ "original": [], "noisy": [{ "use": "augment.noise", "amount": 0.01 }] }"#),
      (
        "features",
        #"{ "mfcc": { "use": "feature.mfcc", "n_mfcc": 13, "n_mels": 40 }, "zcr": "feature.zero_crossing_rate" }"#
      ),
      ("vector", #"["mfcc.mean", "mfcc.std", "zcr.mean"]"#), ("split", #"{ "by": "clip", "test": 0.25 }"#),
      (
        "classifier",
        #"{ "use": "classifier.conv1d", "epochs": 6, "batch_size": 8, "layers": [{ "type": "conv1d", "filters": 8, "kernel_size": 3, "activation": "relu" }, "flatten", { "type": "dense", "units": 8, "activation": "relu" }] }"#
      ),
      ("artifacts", #"{ "clips": 2 }"#),
    ]
    for (key, value) in changes {
      if let index = keys.firstIndex(where: { $0.0 == key }) {
        keys[index].1 = value
      } else {
        keys.append((key, value))
      }
    }
    try space.write(
      "{\n" + keys.compactMap { key, value in value.map { "  \"\(key)\": \($0)" } }.joined(separator: ",\n") + "\n}\n",
      to: name)
  }
}
