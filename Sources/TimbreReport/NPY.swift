import Foundation
import TimbreCore

/// NumPy's array files, version 1.0: `numpy.load` reads what this writes.
///
/// Source: NumPy Enhancement Proposal 1, "A simple file format for NumPy arrays".
public enum NPY {
  /// An array of float32, row-major (C order).
  public struct FloatArray: Sendable, Hashable {
    public var shape: [Int]
    public var values: [Float]

    public init(shape: [Int], values: [Float]) {
      self.shape = shape
      self.values = values
    }
  }

  /// - Throws: An `.unwritableFile` diagnostic.
  public static func write(shape: [Int], values: [Float], to path: String) throws {
    let file = try AtomicFile(path)
    try file.append(header("<f4", shape, values.count))
    // In parts, because the bytes of all would be a second copy of a large array.
    for start in stride(from: 0, to: values.count, by: 1 << 16) {
      try file.append(LittleEndian.bytes(Array(values[start..<min(start + 1 << 16, values.count)])))
    }
    try file.commit()
  }

  /// The array's values in parts, one after the other, so that they need not all be there at once.
  public static func write(shape: [Int], to path: String, parts: some Sequence<[Float]>) throws {
    let file = try AtomicFile(path)
    try file.append(header("<f4", shape, elementCount(shape) ?? 0))
    for part in parts { try file.append(LittleEndian.bytes(part)) }
    try file.commit()
  }

  public static func write(shape: [Int], values: [Int64], to path: String) throws {
    try write(header("<i8", shape, values.count), LittleEndian.bytes(values), path)
  }

  /// The rows as a two-dimensional array.
  public static func write(_ matrix: Matrix, to path: String) throws {
    try write(shape: [matrix.rows, matrix.columns], values: matrix.values, to: path)
  }

  /// Bins × frames, as librosa orders them.
  public static func write(_ feature: FeatureMatrix, to path: String) throws {
    try write(shape: [feature.binCount, feature.frameCount], values: feature.binsByFrames, to: path)
  }

  /// Magic, version, length and the Python literal, padded so that the data begins at a multiple of 64.
  private static func header(_ type: String, _ shape: [Int], _ count: Int) -> [UInt8] {
    precondition(elementCount(shape) == count, "a shape of \(shape) does not hold \(count) values")
    let sizes = shape.count == 1 ? "\(shape[0])," : shape.map(String.init).joined(separator: ", ")
    var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
    text += String(repeating: " ", count: (64 - (10 + text.utf8.count + 1) % 64) % 64) + "\n"
    let length = text.utf8.count
    return magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(text.utf8)
  }

  private static func write(_ header: [UInt8], _ data: [UInt8], _ path: String) throws {
    let file = try AtomicFile(path)
    try file.append(header)
    try file.append(data)
    try file.commit()
  }

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Reads an array of float32 in C order, versions 1 to 3.
  /// - Throws: An `.unreadableFile` diagnostic that says what is wrong with the file.
  public static func read(_ path: String) throws -> FloatArray {
    let bytes = try AtomicFile.read(path)
    let (shape, start) = try head(bytes, path)
    let data = bytes[start...]
    let count = elementCount(shape) ?? 0
    guard count <= data.count / 4, data.count == count * 4 else {
      throw bad(path, "holds \(data.count) bytes of data, but its shape \(shape) asks for \(count) values of 4")
    }
    return FloatArray(shape: shape, values: LittleEndian.floats(data))
  }

  /// One row, all that the first index stands for, without the others.
  /// - Throws: An `.unreadableFile` diagnostic, also where there is no such row.
  public static func readRow(_ row: Int, of path: String) throws -> [Float] {
    guard let file = FileHandle(forReadingAtPath: path) else { throw bad(path, "cannot be read") }
    defer { try? file.close() }
    let first = Array((try? file.read(upToCount: 1 << 16)) ?? Data())
    let (shape, start) = try head(first, path)
    guard shape.count > 1, (0..<shape[0]).contains(row), let all = elementCount(shape), all <= .max / 8
    else {
      throw bad(path, "has no row \(row)")
    }
    let size = all / shape[0] * 4
    guard (try? file.seek(toOffset: UInt64(start + row * size))) != nil,
      let data = try? file.read(upToCount: size), data.count == size
    else { throw bad(path, "is cut off before row \(row)") }
    return LittleEndian.floats(Array(data)[...])
  }

  private static func bad(_ path: String, _ message: String, help: String? = nil) -> Diagnostic {
    Diagnostic(.unreadableFile, message, help: help, subject: path)
  }

  /// The shape, and where the data begins.
  private static func head(_ bytes: [UInt8], _ path: String) throws -> (shape: [Int], start: Int) {
    guard bytes.count >= 10, Array(bytes[..<6]) == magic else { throw bad(path, "is not an NPY file") }
    guard (1...3).contains(bytes[6]) else { throw bad(path, "is an NPY file of the unknown version \(bytes[6])") }
    let start = bytes[6] == 1 ? 10 : 12
    guard bytes.count >= start else { throw bad(path, "is cut off within its header") }
    let length = Int(LittleEndian.integer(bytes[8..<start]))
    guard length <= bytes.count - start else { throw bad(path, "is cut off within its header") }
    let header = String(decoding: bytes[start..<(start + length)], as: UTF8.self)
    guard let type = value(of: "descr", in: header), let order = value(of: "fortran_order", in: header),
      let shape = shape(in: header), elementCount(shape) != nil
    else { throw bad(path, "has a header that cannot be understood") }
    guard type == "'<f4'" || type == "\"<f4\"" else {
      throw bad(
        path, "holds values of type \(type), expected '<f4'", help: "save it with .astype(numpy.float32)")
    }
    guard order == "False" else {
      throw bad(path, "is in Fortran order", help: "save it with numpy.ascontiguousarray")
    }
    return (shape, start + length)
  }

  /// The text behind a key of the header's Python dictionary, up to the next comma.
  private static func value(of key: String, in header: String) -> String? {
    guard let found = header.firstRange(of: "'\(key)':") else { return nil }
    return String(header[found.upperBound...].prefix { $0 != "," && $0 != "}" }).trimmed
  }

  private static func shape(in header: String) -> [Int]? {
    guard let found = header.firstRange(of: "'shape':"),
      let open = header[found.upperBound...].firstIndex(of: "("),
      let close = header[open...].firstIndex(of: ")")
    else { return nil }
    let parts = header[header.index(after: open)..<close].split(separator: ",").map { String($0).trimmed }
    let sizes = parts.filter { !$0.isEmpty }.map { Int($0) }
    return sizes.contains(nil) ? nil : sizes.compactMap { $0 }
  }
}

extension String {
  /// Without spaces at either end.
  var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text = text.dropFirst() }
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return String(text)
  }
}
