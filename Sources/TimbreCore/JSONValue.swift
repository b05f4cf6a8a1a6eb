/// A JSON value. Objects keep the order of their keys, so that what is written can be compared line by line.
public indirect enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case int(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  public struct Member: Sendable, Hashable {
    public var key: String
    public var value: JSONValue
    public init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// The value of `key` in an object; nil for a missing key and for every other kind of value.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The name of its type as a person would say it: "a string", "an object".
  public var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .int: "an integer"
    case .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }

  public var stringValue: String? { if case .string(let text) = self { text } else { nil } }
  public var boolValue: Bool? { if case .bool(let flag) = self { flag } else { nil } }
  public var arrayValue: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
  public var members: [Member]? { if case .object(let members) = self { members } else { nil } }

  /// An integer, also when it is written as `5.0` (as JSON Schema has it).
  public var intValue: Int? {
    switch self {
    case .int(let value): value
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  public var doubleValue: Double? {
    switch self {
    case .int(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
  public init(nilLiteral: ()) { self = .null }
}

extension JSONValue: CustomStringConvertible {
  /// One line of JSON.
  public var description: String {
    var text = ""
    write(to: &text, indent: nil, depth: 0)
    return text
  }

  /// A string as it is, anything else as JSON: for lists of names and values that people read.
  public var plain: String { stringValue ?? description }

  /// Indented by two spaces; lists and objects without further lists and objects stay on one line while they are short.
  public var pretty: String {
    var text = ""
    write(to: &text, indent: 2, depth: 0)
    return text + "\n"
  }

  private func write(to text: inout String, indent: Int?, depth: Int) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .int(let value): text += String(value)
    // JSON has no NaN or infinity; null is what scikit-learn's and pandas' writers put there too.
    case .number(let value): text += value.isFinite ? String(value) : "null"
    case .string(let value): Self.quote(value, to: &text)
    case .array(let items):
      Self.writeGroup("[", "]", items.count, isFlat: isFlat, to: &text, indent: indent, depth: depth) { text, index in
        items[index].write(to: &text, indent: indent, depth: depth + 1)
      }
    case .object(let members):
      Self.writeGroup("{", "}", members.count, isFlat: isFlat, to: &text, indent: indent, depth: depth) { text, index in
        Self.quote(members[index].key, to: &text)
        text += ": "
        members[index].value.write(to: &text, indent: indent, depth: depth + 1)
      }
    }
  }

  private static func writeGroup(
    _ open: String, _ close: String, _ count: Int, isFlat: Bool, to text: inout String, indent: Int?, depth: Int,
    item: (inout String, Int) -> Void
  ) {
    text += open
    let lineEnd = { (depth: Int) in
      guard let indent, !isFlat else { return "" }
      return "\n" + String(repeating: " ", count: indent * depth)
    }
    for index in 0..<count {
      if index > 0 { text += isFlat || indent == nil ? ", " : "," }
      text += lineEnd(depth + 1)
      item(&text, index)
    }
    if count > 0 { text += lineEnd(depth) }
    text += close
  }

  private var isFlat: Bool {
    let parts: [JSONValue]
    switch self {
    case .array(let items): parts = items
    case .object(let members): parts = members.map(\.value)
    default: return true
    }
    let simple = parts.allSatisfy { part in
      switch part {
      case .array(let items): items.isEmpty
      case .object(let members): members.isEmpty
      default: true
      }
    }
    return simple && parts.count <= 12
  }

  private static func quote(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
