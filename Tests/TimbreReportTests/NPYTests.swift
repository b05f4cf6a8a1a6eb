import Foundation
import Testing
import TimbreCore
import TimbreReport

@Suite struct NPYTests {
  @Test func bytesAreAsTheFormatSays() throws {
    let scratch = try Scratch()
    let path = scratch.file("a.npy")
    try NPY.write(shape: [2, 3], values: [1, 2, 3, 4, 5, 6.5] as [Float], to: path)
    let bytes = try AtomicFile.read(path)
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
    #expect(Array(bytes[..<8]) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0])
    let length = Int(bytes[8]) + 256 * Int(bytes[9])
    #expect((10 + length) % 64 == 0)
    let text = String(decoding: bytes[10..<(10 + length)], as: UTF8.self)
    #expect(text.hasPrefix(header) && text.hasSuffix("\n"))
    #expect(text.dropFirst(header.count).dropLast().allSatisfy { $0 == " " })
    #expect(bytes.count == 10 + length + 24)
    // 6.5 is 0x40D00000.
    #expect(Array(bytes.suffix(4)) == [0x00, 0x00, 0xD0, 0x40])
  }

  @Test(arguments: [[6], [2, 3], [1, 2, 3], [6, 1]])
  func readsBack(shape: [Int]) throws {
    let scratch = try Scratch()
    let values: [Float] = [0, -0.0, .infinity, Float.leastNonzeroMagnitude, .greatestFiniteMagnitude, -3]
    try NPY.write(shape: shape, values: values, to: scratch.file("a.npy"))
    let read = try NPY.read(scratch.file("a.npy"))
    #expect(read.shape == shape)
    #expect(read.values.map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test func scalarAndEmpty() throws {
    let scratch = try Scratch()
    try NPY.write(shape: [], values: [7] as [Float], to: scratch.file("scalar.npy"))
    #expect(try NPY.read(scratch.file("scalar.npy")) == .init(shape: [], values: [7]))
    try NPY.write(shape: [0, 5], values: [] as [Float], to: scratch.file("empty.npy"))
    #expect(try NPY.read(scratch.file("empty.npy")) == .init(shape: [0, 5], values: []))
  }

  @Test func integersAndFeatures() throws {
    let scratch = try Scratch()
    try NPY.write(shape: [2], values: [-1, Int64.max], to: scratch.file("i.npy"))
    let bytes = try AtomicFile.read(scratch.file("i.npy"))
    #expect(String(decoding: bytes, as: UTF8.self).contains("'descr': '<i8'"))
    #expect(Array(bytes.suffix(16)) == [UInt8](repeating: 255, count: 15) + [127])
    let axes = FeatureAxes(bins: ["a", "b"], hop: 1)
    try NPY.write(FeatureMatrix(axes: axes, values: [1, 2, 3, 4, 5, 6]), to: scratch.file("f.npy"))
    #expect(try NPY.read(scratch.file("f.npy")) == .init(shape: [2, 3], values: [1, 3, 5, 2, 4, 6]))
  }

  /// A header of our own making, with the data behind it.
  private func file(_ header: String, data: [UInt8] = [UInt8](repeating: 0, count: 24), version: UInt8 = 1) -> [UInt8] {
    [0x93] + Array("NUMPY".utf8) + [version, 0, UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)]
      + Array(header.utf8) + data
  }

  @Test func refusesWhatItCannotRead() throws {
    let scratch = try Scratch()
    let good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n"
    let huge = "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 8), }\n"
    let cases: [(bytes: [UInt8], words: String)] = [
      ([], "not an NPY file"), (Array("RIFF....WAVE".utf8), "not an NPY file"), (file(good, version: 9), "version 9"),
      (Array(file(good).prefix(40)), "cut off"), (file(good, data: [1, 2, 3]), "3 bytes"),
      (file(good.replacing("<f4", with: "<f8")), "<f8"), (file(good.replacing("False", with: "True")), "Fortran"),
      (file(good.replacing("(2, 3)", with: "(-2, -3)")), "cannot be understood"), (file(huge), "cannot be understood"),
      (file("{}\n"), "cannot be understood"),
      (file(good.replacing("(2, 3)", with: "(2305843009213693952,)")), "asks for"),
    ]
    for (bytes, words) in cases {
      try AtomicFile.write(bytes, to: scratch.file("x.npy"))
      let error = #expect(throws: Diagnostic.self) { try NPY.read(scratch.file("x.npy")) }
      #expect(error?.kind == .unreadableFile)
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }
    #expect(throws: Diagnostic.self) { try NPY.read(scratch.file("missing.npy")) }
    try AtomicFile.write(file(good), to: scratch.file("x.npy"))
    #expect(try NPY.read(scratch.file("x.npy")).shape == [2, 3], "the untouched header is read")
  }
}
