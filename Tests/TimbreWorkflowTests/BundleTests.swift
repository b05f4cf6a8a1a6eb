import Foundation
import Testing
import TimbreAudio
import TimbreBuiltin
import TimbreCore
import TimbreReport
import TimbreWorkflow

/// Bundles whose checksums are right and whose contents are not.
@Suite struct BundleTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("timbre-\(UUID().uuidString)").path

  private func trained() async throws -> String {
    let text = Sample.text(
      replacing: "classifier",
      by:
        #""classifier": { "use": "classifier.conv1d", "epochs": 1, "layers": ["flatten", { "type": "dense", "units": 4 }] }, "artifacts": { "clips": 0 }"#
    )
    let workflow = try lint(text, sets: ["dataset.clips_per_emotion=1", "dataset.speakers=4", "dataset.duration=0.5"])
    let plan = try #require(workflow.plan, "\(workflow.findings)")
    try await Runner(plan: plan, folder: RunFolder(making: folder), conditions: RunConditions(jobs: 1)).run()
    return folder + "/bundle"
  }

  /// Changes the head and the tensors and seals the bundle again.
  private func reseal(
    _ bundle: String, head: ([JSONValue.Member]) -> [JSONValue.Member], tensors: ([Tensor]) -> [Tensor]
  ) throws {
    let bytes = try Safetensors(tensors: tensors(Safetensors.read(bundle + "/model.safetensors").tensors)).encoded()
    try AtomicFile.write(bytes, to: bundle + "/model.safetensors")
    let text = SourceText(name: "head", bytes: try AtomicFile.read(bundle + "/bundle.json"))
    let members = try JSONParser.parse(text).value.json.members ?? []
    let changed = head(members.filter { $0.key != "checksum" }).map { member in
      member.key == "tensors_checksum" ? JSONValue.Member(member.key, .string(Bundle.checksum(bytes))) : member
    }
    try AtomicFile.write(Bundle.sealed(changed).pretty, to: bundle + "/bundle.json")
  }

  private func changing(_ key: String, to value: JSONValue) -> ([JSONValue.Member]) -> [JSONValue.Member] {
    { $0.map { $0.key == key ? JSONValue.Member(key, value) : $0 } }
  }

  @Test func contradictionsAreTold() async throws {
    let original = try await trained()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let features: JSONValue = ["rms": ["use": "feature.rms"], "mfcc": ["use": "feature.mfcc", "n_mfcc": 12]]
    let cases: [(String, ([JSONValue.Member]) -> [JSONValue.Member], ([Tensor]) -> [Tensor])] = [
      ("shape", changing("labels", to: ["a", "b", "c"]), { $0 }),
      ("columns", changing("features", to: features), { $0 }),
      ("labels", changing("labels", to: ["a"]), { $0 }),
      ("unknown plugin", changing("classifier", to: ["use": "classifier.other"]), { $0 }),
      ("lacks", { $0.filter { $0.key != "columns" } }, { $0 }),
      ("output/kernel", { $0 }, { $0.filter { $0.name != "model.output/kernel" } }),
      ("extra", { $0 }, { $0 + [Tensor(name: "model.extra", shape: [1], values: [0])] }),
      ("scaler", { $0 }, { $0.filter { !$0.name.hasPrefix("scaler.") } }),
    ]
    for (index, (words, head, tensors)) in cases.enumerated() {
      let copy = folder + "/copy\(index)"
      try FileManager.default.copyItem(atPath: original, toPath: copy)
      try reseal(copy, head: head, tensors: tensors)
      let error = try #require(throws: Diagnostic.self) { _ = try Bundle(reading: copy, registry: Builtin.registry()) }
      #expect(error.description.contains(words), "\(error)")
    }
    // Sealing alone changes nothing.
    let copy = folder + "/same"
    try FileManager.default.copyItem(atPath: original, toPath: copy)
    try reseal(copy, head: { $0 }, tensors: { $0 })
    #expect(try Bundle(reading: copy, registry: Builtin.registry()).labels.count == 8)
  }
}
