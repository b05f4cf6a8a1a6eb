import Foundation
import TimbreCore

/// Tensor files in the safetensors format: a length, a JSON header, raw float32 data; nothing in it can run.
///
/// Source: the format's description in https://github.com/huggingface/safetensors.
public struct Safetensors: Sendable, Hashable {
  /// In the order of their data.
  public var tensors: [Tensor]
  public var metadata: [String: String]

  public init(tensors: [Tensor], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// Larger headers are refused, as the reference implementation does.
  static let largestHeader = 100_000_000
  static let metadataKey = "__metadata__"

  /// - Throws: A `.badModel` diagnostic when two tensors share a name or a shape does not fit its values.
  public func encoded() throws -> [UInt8] {
    var members: [JSONValue.Member] = []
    if !metadata.isEmpty {
      let sorted = metadata.sorted { $0.key < $1.key }
      members.append(.init(Self.metadataKey, .object(sorted.map { .init($0.key, .string($0.value)) })))
    }
    var names: Set<String> = [Self.metadataKey]
    var offset = 0
    for tensor in tensors {
      guard names.insert(tensor.name).inserted else {
        throw Diagnostic(.badModel, "two tensors are called \"\(tensor.name)\"")
      }
      guard elementCount(tensor.shape) == tensor.values.count else {
        throw Diagnostic(
          .badModel, "tensor \"\(tensor.name)\" of shape \(tensor.shape) has \(tensor.values.count) values")
      }
      let end = offset + 4 * tensor.values.count
      members.append(
        .init(
          tensor.name,
          .object([
            .init("dtype", "F32"), .init("shape", .array(tensor.shape.map(JSONValue.int))),
            .init("data_offsets", [.int(offset), .int(end)]),
          ])))
      offset = end
    }
    var header = Array(JSONValue.object(members).description.utf8)
    header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
    var bytes = LittleEndian.bytes([UInt64(header.count)]) + header
    bytes.reserveCapacity(bytes.count + offset)
    for tensor in tensors { bytes += LittleEndian.bytes(tensor.values) }
    return bytes
  }

  /// - Throws: A `.badModel` or `.unwritableFile` diagnostic.
  public func write(to path: String) throws { try AtomicFile.write(encoded(), to: path) }

  /// - Throws: An `.unreadableFile` diagnostic, or a `.badModel` one that says what is wrong with the file.
  public static func read(_ path: String) throws -> Safetensors {
    do {
      return try Safetensors(decoding: AtomicFile.read(path))
    } catch let error as Diagnostic {
      throw error.about(path)
    }
  }

  /// - Throws: A `.badModel` diagnostic.
  public init(decoding bytes: [UInt8]) throws {
    func bad(_ message: String) -> Diagnostic { Diagnostic(.badModel, message) }
    guard bytes.count >= 8 else { throw bad("is too short to be a safetensors file") }
    let length = LittleEndian.integer(bytes[..<8])
    guard length <= UInt64(Self.largestHeader) else {
      throw bad("claims a header of \(length) bytes: not a safetensors file")
    }
    guard Int(length) <= bytes.count - 8 else { throw bad("is cut off within its header") }
    let text = bytes[8..<(8 + Int(length))]
    guard text.first == UInt8(ascii: "{") else { throw bad("has no JSON header: not a safetensors file") }
    let header: [String: HeaderEntry]
    do {
      header = try JSONDecoder().decode([String: HeaderEntry].self, from: Data(text))
    } catch {
      throw bad("has a header that is not as safetensors has it")
    }
    let data = bytes[(8 + Int(length))...]

    var found: [(name: String, shape: [Int], range: Range<Int>)] = []
    metadata = [:]
    for (name, entry) in header.sorted(by: { $0.key < $1.key }) {
      switch entry {
      case .metadata(let pairs): metadata = pairs
      case .tensor(let type, let shape, let offsets):
        guard type == "F32" else { throw bad("tensor \"\(name)\" has type \(type), expected F32") }
        guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1] else {
          throw bad("tensor \"\(name)\" has impossible data offsets \(offsets)")
        }
        guard offsets[1] <= data.count else { throw bad("is cut off within tensor \"\(name)\"") }
        guard let count = elementCount(shape), count <= data.count, count * 4 == offsets[1] - offsets[0] else {
          throw bad("tensor \"\(name)\" of shape \(shape) does not fill its \(offsets[1] - offsets[0]) bytes")
        }
        found.append((name, shape, offsets[0]..<offsets[1]))
      }
    }
    // The data has neither holes nor overlaps, so that nothing can hide in it.
    found.sort {
      ($0.range.lowerBound, $0.range.upperBound, $0.name) < ($1.range.lowerBound, $1.range.upperBound, $1.name)
    }
    var end = 0
    for tensor in found {
      guard tensor.range.lowerBound == end else {
        throw bad(
          "tensor \"\(tensor.name)\" \(tensor.range.lowerBound < end ? "overlaps its neighbour" : "follows a hole")")
      }
      end = tensor.range.upperBound
    }
    guard end == data.count else { throw bad("has \(data.count - end) bytes that belong to no tensor") }
    tensors = found.map { name, shape, range in
      let part = data[(data.startIndex + range.lowerBound)..<(data.startIndex + range.upperBound)]
      return Tensor(name: name, shape: shape, values: LittleEndian.floats(part))
    }
  }
}

/// One member of the header: a tensor's place, or the metadata.
private enum HeaderEntry: Decodable {
  case tensor(type: String, shape: [Int], offsets: [Int])
  case metadata([String: String])

  enum Key: String, CodingKey {
    case dtype, shape
    case offsets = "data_offsets"
  }

  init(from decoder: any Decoder) throws {
    if decoder.codingPath.last?.stringValue == Safetensors.metadataKey {
      self = .metadata(try decoder.singleValueContainer().decode([String: String].self))
      return
    }
    let values = try decoder.container(keyedBy: Key.self)
    self = .tensor(
      type: try values.decode(String.self, forKey: .dtype), shape: try values.decode([Int].self, forKey: .shape),
      offsets: try values.decode([Int].self, forKey: .offsets))
  }
}
