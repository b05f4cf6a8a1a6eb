import Testing
import TimbreCore
import TimbreReport

@Suite struct SafetensorsTests {
  private let tensors = [
    Tensor(name: "dense.weight", shape: [2, 3], values: [1, 2, 3, 4, 5, -.infinity]),
    Tensor(name: "bias", shape: [3], values: [0, -0.0, Float.leastNonzeroMagnitude]),
    Tensor(name: "scalar", shape: [], values: [7]),
    Tensor(name: "empty", shape: [0, 4], values: []), Tensor(name: "ü \"quoted\"\n", shape: [1], values: [2]),
  ]

  @Test func roundTrip() throws {
    let scratch = try Scratch()
    let file = Safetensors(tensors: tensors, metadata: ["labels": "[\"a\", \"b\"]", "a": "é"])
    try file.write(to: scratch.file("m.safetensors"))
    let read = try Safetensors.read(scratch.file("m.safetensors"))
    #expect(read.metadata == file.metadata)
    #expect(Set(read.tensors) == Set(tensors))
    #expect(read.tensors.filter { !$0.values.isEmpty }.map(\.name) == tensors.filter { !$0.values.isEmpty }.map(\.name))
    #expect(try file.encoded() == file.encoded())
    let none = try Safetensors(decoding: Safetensors(tensors: []).encoded())
    #expect(none.tensors.isEmpty && none.metadata.isEmpty)
  }

  @Test func dataIsAligned() throws {
    for length in 1...9 {
      let bytes = try Safetensors(tensors: [
        Tensor(name: String(repeating: "n", count: length), shape: [1], values: [1])
      ]).encoded()
      #expect(bytes[0] % 8 == 0 && bytes[1] == 0, "a header of fewer than 256 bytes, a multiple of 8")
      #expect(bytes.count == 8 + Int(bytes[0]) + 4)
      #expect(bytes[8] == UInt8(ascii: "{"))
    }
  }

  @Test func refusesToWriteNonsense() {
    let one = Tensor(name: "a", shape: [1], values: [1])
    #expect(throws: Diagnostic.self) { try Safetensors(tensors: [one, one]).encoded() }
    #expect(throws: Diagnostic.self) {
      try Safetensors(tensors: [Tensor(name: "__metadata__", shape: [1], values: [1])]).encoded()
    }
    #expect(throws: Diagnostic.self) {
      try Safetensors(tensors: [Tensor(name: "a", shape: [2], values: [1])]).encoded()
    }
    #expect(throws: Diagnostic.self) {
      try Safetensors(tensors: [Tensor(name: "a", shape: [-1, -1], values: [1])]).encoded()
    }
  }

  private func file(_ header: String, data: Int = 8, length: UInt64? = nil) -> [UInt8] {
    let count = length ?? UInt64(header.utf8.count)
    return (0..<8).map { UInt8(count >> (8 * UInt64($0)) & 255) } + Array(header.utf8)
      + [UInt8](repeating: 0, count: data)
  }

  private func entry(_ offsets: String, type: String = "F32", shape: String = "[1]") -> String {
    "{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
  }

  @Test func refusesEveryCorruption() throws {
    let good = "{\"a\":\(entry("[0,4]")),\"b\":\(entry("[4,8]"))}"
    #expect(try Safetensors(decoding: file(good)).tensors.map(\.name) == ["a", "b"])
    let cases: [(bytes: [UInt8], words: String)] = [
      ([], "too short"), ([1, 2, 3], "too short"), (file(good, length: 1 << 60), "claims a header"),
      (file(good, length: .max), "claims a header"), (file(good, length: 5_000), "cut off within its header"),
      (file(good, length: 0), "no JSON header"), (file("[1]"), "no JSON header"),
      (file("{\"a\":"), "not as safetensors"),
      (file("{\"a\":3}"), "not as safetensors"), (file("{\"a\":{\"dtype\":\"F32\"}}"), "not as safetensors"),
      (file("{\"a\":\(entry("[0,4]", shape: "[1.5]"))}"), "not as safetensors"),
      (file("{\"a\":\(entry("[0,99999999999999999999]"))}"), "not as safetensors"),
      (file("{\"__metadata__\":{\"k\":1}}", data: 0), "not as safetensors"),
      (file("{\"a\":\(entry("[0,8]", type: "F64"))}"), "type F64"),
      (file(good, data: 7), "cut off within tensor"), (file(good, data: 12), "4 bytes that belong to no tensor"),
      (file("{\"a\":\(entry("[0,4]")),\"b\":\(entry("[0,8]", shape: "[2]"))}"), "overlaps"),
      (file("{\"a\":\(entry("[4,8]"))}"), "hole"), (file("{\"a\":\(entry("[8,0]"))}"), "impossible data offsets"),
      (file("{\"a\":\(entry("[-4,4]", shape: "[2]"))}"), "impossible data offsets"),
      (file("{\"a\":\(entry("[0]"))}"), "impossible data offsets"),
      (file("{\"a\":\(entry("[0,8]", shape: "[3]"))}"), "does not fill"),
      (file("{\"a\":\(entry("[0,8]", shape: "[-1,-2]"))}"), "does not fill"),
      (file("{\"a\":\(entry("[0,8]", shape: "[4611686018427387904,4]"))}"), "does not fill"),
    ]
    for (bytes, words) in cases {
      let error = #expect(throws: Diagnostic.self) { try Safetensors(decoding: bytes) }
      #expect(error?.kind == .badModel)
      #expect(error?.message.contains(words) == true, "\(words): \(error?.message ?? "")")
    }
  }

  @Test func everyTruncationIsNoticed() throws {
    let bytes = try Safetensors(tensors: tensors, metadata: ["a": "b"]).encoded()
    for length in 0..<bytes.count {
      #expect(throws: Diagnostic.self) { try Safetensors(decoding: Array(bytes.prefix(length))) }
    }
  }

  @Test func damagedHeadersNeverCrash() throws {
    let bytes = try Safetensors(tensors: tensors).encoded()
    var random = RandomSource(seed: 11)
    for _ in 0..<2_000 {
      var damaged = bytes
      let place = Int(random.uniform(0, Double(min(400, bytes.count))))
      damaged[place] = UInt8(random.uniform(0, 256))
      do {
        // What still reads holds as many values as its shapes say.
        for tensor in try Safetensors(decoding: damaged).tensors {
          #expect(tensor.shape.reduce(1, *) == tensor.values.count)
        }
      } catch {
        #expect(error is Diagnostic)
      }
    }
  }
}
