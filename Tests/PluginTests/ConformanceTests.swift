import Foundation
import Testing
import TimbreAudio
import TimbreBuiltin
import TimbreCore
import TimbreTesting

/// Every built-in plugin goes through the conformance kit.
@Suite struct ConformanceTests {
  static let plugins = Dictionary(uniqueKeysWithValues: Builtin.registry().types.map { (id(of: $0), $0) })

  private static func id(of plugin: any Plugin.Type) -> String {
    func id<P: Plugin>(_ plugin: P.Type) -> String { P.spec.description.id }
    return id(plugin)
  }

  @Test(arguments: plugins.keys.sorted()) func keepsItsPromises(_ id: String) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("timbre-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let plugin = try #require(Self.plugins[id])
    #expect(conformanceFailures(ofAny: plugin, members: try Self.members(for: id, in: folder)) == [])
  }

  /// What a plugin cannot do without, and small settings for what would train for long.
  private static func members(for id: String, in folder: URL) throws -> [JSONValue.Member] {
    switch id {
    case "classifier.conv1d":
      let layers: JSONValue = [["type": "conv1d", "filters": 8, "kernel_size": 3], ["type": "flatten"]]
      return [.init("epochs", 2), .init("layers", layers)]
    case "classifier.mlp": return [.init("epochs", 3), .init("hidden_layer_sizes", [8])]
    case "classifier.gradient_boosting": return [.init("n_estimators", 5), .init("subsample", 0.8)]
    case "dataset.synthetic": return [.init("speakers", 2), .init("clips_per_emotion", 1)]
    case "dataset.csv": return [.init("path", .string(try table(in: folder).path))]
    case "dataset.folders", "dataset.ravdess":
      _ = try table(in: folder)
      return [.init("path", .string(folder.path))]
    case "dataset.audformat", "dataset.crema_d", "dataset.emodb", "dataset.emovo", "dataset.savee", "dataset.tess":
      try corpora(in: folder)
      return [.init("path", .string(folder.path))]
    case "augment.background_noise", "augment.impulse_response":
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let noise = ProbeSignal.noise(sampleRate: 16_000, count: 4_000).signal
      try Data(AudioFile.encode(noise, as: .wav)).write(to: folder.appendingPathComponent("noise.wav"))
      return [.init("path", .string(folder.path))]
    default: return []
    }
  }

  /// A few files of every acted corpus, and a table in audformat.
  private static func corpora(in folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for name in [
      "03a01Fa", "09b10Td", "1001_DFA_ANG_XX", "1040_ITH_SAD_X", "dis-f1-b1", "tri-m3-n5", "DC_sa01", "KL_n30",
      "OAF_back_angry", "OA_bite_neutral", "YAF_food_ps",
    ] {
      try Data("x".utf8).write(to: folder.appendingPathComponent(name + ".wav"))
    }
    try Data("file,emotion,Weird name\n03a01Fa.wav,joy,1\n09b10Td.wav,sad,2\n".utf8)
      .write(to: folder.appendingPathComponent("db.emotion.csv"))
  }

  /// A folder of files that are named as RAVDESS's are, and a table of one of them.
  private static func table(in folder: URL) throws -> URL {
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
    return table
  }
}
