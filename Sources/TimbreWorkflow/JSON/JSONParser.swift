import TimbreCore

/// A strict JSON parser (RFC 8259) that keeps the place of every key and value and reports duplicate keys.
///
/// Foundation's parser gives neither places nor duplicates, and both are what a person with a broken file needs.
package struct JSONParser {
  /// Deeper files are somebody's mistake or an attack on the stack.
  static let deepest = 128
  /// A workflow is a few kilobytes.
  static let largest = 8 << 20

  private let source: SourceText
  private var at = 0
  private(set) var duplicates: [Diagnostic] = []

  private init(_ source: SourceText) { self.source = source }

  /// - Returns: The value, and one finding for each key that stands twice in an object.
  /// - Throws: A `.syntax` diagnostic at the first place that is not JSON.
  package static func parse(_ source: SourceText) throws -> (value: LocatedValue, duplicates: [Diagnostic]) {
    if source.bytes.count > largest {
      throw Diagnostic(
        .syntax, "the file has \(source.bytes.count) bytes, more than the \(largest) that a workflow may have",
        subject: source.name)
    }
    var parser = JSONParser(source)
    if source.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { parser.at = 3 }
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    if parser.at < source.bytes.count { throw parser.error("unexpected \(parser.found) after the end of the value") }
    return (value, parser.duplicates)
  }

  private var byte: UInt8? { at < source.bytes.count ? source.bytes[at] : nil }

  private var found: String {
    guard let byte else { return "end of file" }
    guard byte >= 0x20 else { return "control character \(byte)" }
    let end = source.bytes[(at + 1)...].firstIndex { $0 & 0xC0 != 0x80 } ?? source.bytes.count
    return "\"\(String(decoding: source.bytes[at..<end], as: UTF8.self))\""
  }

  private func error(_ message: String, help: String? = nil, from start: Int? = nil) -> Diagnostic {
    let range = (start ?? at)..<max(start ?? at, min(at + 1, source.bytes.count))
    return Diagnostic(.syntax, message, help: help, location: source.location(of: range))
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  private mutating func skipSpace() {
    while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
  }

  private mutating func value(depth: Int) throws -> LocatedValue {
    skipSpace()
    let start = at
    func located(_ content: LocatedValue.Content) -> LocatedValue {
      LocatedValue(content, source: source, range: start..<at)
    }
    guard depth < Self.deepest else { throw error("nested deeper than \(Self.deepest) levels") }
    switch byte {
    case UInt8(ascii: "{"): return located(.object(try members(depth: depth)))
    case UInt8(ascii: "["): return located(.array(try items(depth: depth)))
    case UInt8(ascii: "\""): return located(.scalar(.string(try string())))
    case .some(let first) where first == UInt8(ascii: "-") || isDigit(first): return located(.scalar(try number()))
    case UInt8(ascii: "/"), UInt8(ascii: "#"):
      throw error("expected a value, found \(found)", help: "JSON has no comments")
    case UInt8(ascii: "'"): throw error("expected a value, found \(found)", help: "strings stand in double quotes")
    default: return located(.scalar(try word()))
    }
  }

  private mutating func word() throws -> JSONValue {
    let start = at
    while let byte, Character(Unicode.Scalar(byte)).isLetter { at += 1 }
    switch String(decoding: source.bytes[start..<at], as: UTF8.self) {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null": return .null
    case "":
      throw error("expected a value, found \(found)")
    case let name:
      let help = ["True": "true", "False": "false", "None": "null", "NaN": "null"][name].map { "write \($0)" }
      at -= 1
      throw error("expected a value, found \"\(name)\"", help: help, from: start)
    }
  }

  private mutating func number() throws -> JSONValue {
    let start = at
    func digits() -> Bool {
      let first = at
      while let byte, isDigit(byte) { at += 1 }
      return at > first
    }
    if byte == UInt8(ascii: "-") { at += 1 }
    let leading = at
    guard digits() else { throw error("expected a digit, found \(found)") }
    if source.bytes[leading] == UInt8(ascii: "0"), at - leading > 1 {
      throw error("a number has no leading zeros", from: start)
    }
    var isWhole = true
    if byte == UInt8(ascii: ".") {
      at += 1
      isWhole = false
      guard digits() else { throw error("expected a digit after the point, found \(found)") }
    }
    if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
      at += 1
      isWhole = false
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { at += 1 }
      guard digits() else { throw error("expected a digit in the exponent, found \(found)") }
    }
    let text = String(decoding: source.bytes[start..<at], as: UTF8.self)
    if isWhole, let whole = Int(text) { return .int(whole) }
    guard let number = Double(text), number.isFinite else {
      throw error("the number \(text) is too large", from: start)
    }
    return .number(number)
  }

  private mutating func string() throws -> String {
    let start = at
    at += 1
    var bytes: [UInt8] = []
    while true {
      guard let byte, byte != UInt8(ascii: "\n") else {
        at = max(start, at - 1)
        throw error("the string does not end on its line", help: "close it with a double quote", from: start)
      }
      switch byte {
      case UInt8(ascii: "\""):
        at += 1
        guard let text = String(validating: bytes, as: UTF8.self) else {
          throw error("the string is not UTF-8", from: start)
        }
        return text
      case UInt8(ascii: "\\"): bytes += try escape()
      case 0..<0x20: throw error("a string holds no raw \(found)", help: "escape it: \\t, \\n, \\u0007")
      default:
        bytes.append(byte)
        at += 1
      }
    }
  }

  private mutating func escape() throws -> [UInt8] {
    let start = at
    at += 1
    let plain: [UInt8: UInt8] = [
      UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "/"): 0x2F, UInt8(ascii: "b"): 0x08,
      UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
    ]
    if let byte, let result = plain[byte] {
      at += 1
      return [result]
    }
    guard byte == UInt8(ascii: "u") else {
      throw error("unknown escape", help: "a backslash in a path is written twice", from: start)
    }
    var code = try hexadecimal(from: start)
    if (0xD800..<0xDC00).contains(code), byte == UInt8(ascii: "\\") {
      at += 1
      let low = try hexadecimal(from: start)
      guard (0xDC00..<0xE000).contains(low) else { throw error("half of a surrogate pair", from: start) }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw error("half of a surrogate pair", from: start) }
    return Array(String(scalar).utf8)
  }

  /// The four digits after `u`, at which the parser stands.
  private mutating func hexadecimal(from start: Int) throws -> UInt32 {
    let digits = source.bytes[min(at + 1, source.bytes.count)..<min(at + 5, source.bytes.count)]
    guard byte == UInt8(ascii: "u"), digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw error("expected four hexadecimal digits after \\u", from: start) }
    at += 5
    return code
  }

  private mutating func items(depth: Int) throws -> [LocatedValue] {
    var items: [LocatedValue] = []
    try group(closing: UInt8(ascii: "]")) { parser in items.append(try parser.value(depth: depth + 1)) }
    return items
  }

  private mutating func members(depth: Int) throws -> [LocatedMember] {
    var members: [LocatedMember] = []
    var seen: Set<String> = []
    try group(closing: UInt8(ascii: "}")) { parser in
      guard parser.byte == UInt8(ascii: "\"") else {
        throw parser.error("expected a key, found \(parser.found)", help: "keys stand in double quotes")
      }
      let start = parser.at
      let key = try parser.string()
      let keyRange = start..<parser.at
      parser.skipSpace()
      guard parser.byte == UInt8(ascii: ":") else {
        throw parser.error("expected \":\" after the key, found \(parser.found)")
      }
      parser.at += 1
      let value = try parser.value(depth: depth + 1)
      if seen.insert(key).inserted {
        members.append(LocatedMember(key: key, keySource: parser.source, keyRange: keyRange, value: value))
      } else {
        // Beyond a hundred, more of them help nobody.
        guard parser.duplicates.count < 100 else { return }
        parser.duplicates.append(
          Diagnostic(
            .duplicateKey, "the key \"\(key)\" stands twice in one object", help: "remove or rename one of them",
            location: parser.source.location(of: keyRange)))
      }
    }
    return members
  }

  /// Elements between commas, up to the closing bracket.
  private mutating func group(closing: UInt8, element: (inout JSONParser) throws -> Void) throws {
    let close = "\"\(Character(Unicode.Scalar(closing)))\""
    at += 1
    skipSpace()
    if byte == closing {
      at += 1
      return
    }
    while true {
      try element(&self)
      skipSpace()
      if byte == closing {
        at += 1
        return
      }
      guard byte == UInt8(ascii: ",") else { throw error("expected \",\" or \(close), found \(found)") }
      let comma = at
      at += 1
      skipSpace()
      if byte == closing {
        at = comma
        throw error("a comma before \(close)", help: "remove it: JSON has no trailing commas")
      }
    }
  }
}

extension Diagnostic.Kind {
  static let syntax = Self("syntax")
  static let duplicateKey = Self("duplicate_key")
}
