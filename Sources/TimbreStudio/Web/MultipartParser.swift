import HTTPTypes
import TimbreCore

/// Takes a body of `multipart/form-data` (RFC 7578) apart as it comes in, without holding more of it than a boundary is long.
struct MultipartParser {
  enum Event: Hashable {
    /// A part begins.
    case part(name: String, fileName: String?, type: String?)
    case data([UInt8])
    case partEnd
    case end
  }

  private enum State { case preamble, headers, body, epilogue }

  private static let largestHeader = 16 << 10
  private let delimiter: [UInt8]
  private var state = State.preamble
  /// What is not understood yet. The first delimiter may stand without the line end before it.
  private var pending: [UInt8] = [13, 10]

  /// - Parameter contentType: The header's value; nil where it is not a form's.
  init?(contentType: String) {
    let parts = contentType.split(separator: ";").map { $0.drop { $0 == " " } }
    guard parts.first?.lowercased() == "multipart/form-data",
      let boundary = parts.dropFirst().first(where: { $0.lowercased().hasPrefix("boundary=") })
    else { return nil }
    let name = boundary.dropFirst(9).filter { $0 != "\"" }
    guard (1...70).contains(name.utf8.count) else { return nil }
    delimiter = Array("\r\n--\(name)".utf8)
  }

  /// - Throws: A `Refusal` for what is no such form.
  mutating func consume(_ bytes: some Sequence<UInt8>) throws -> [Event] {
    pending += bytes
    var events: [Event] = []
    while true {
      switch state {
      case .preamble:
        guard let range = range(of: delimiter) else {
          keepLast(delimiter.count)
          return events
        }
        // What follows the delimiter tells whether there is another part.
        guard pending.count >= range.upperBound + 2 else { return events }
        try enter(after: range, &events)
      case .headers:
        guard let end = range(of: [13, 10, 13, 10]) else {
          guard pending.count <= Self.largestHeader else { throw Self.malformed("a part's header is too long") }
          return events
        }
        events.append(try Self.part(String(decoding: pending[..<end.lowerBound], as: UTF8.self)))
        pending.removeFirst(end.upperBound)
        state = .body
      case .body:
        guard let range = range(of: delimiter) else {
          let safe = pending.count - delimiter.count
          if safe > 0 {
            events.append(.data(Array(pending[..<safe])))
            pending.removeFirst(safe)
          }
          return events
        }
        guard pending.count >= range.upperBound + 2 else { return events }
        if range.lowerBound > 0 { events.append(.data(Array(pending[..<range.lowerBound]))) }
        events.append(.partEnd)
        try enter(after: range, &events)
      case .epilogue:
        pending = []
        return events
      }
    }
  }

  /// - Throws: A `Refusal` where the form stops in its middle.
  func finish() throws {
    guard state == .epilogue else { throw Self.malformed("the form ends before its last boundary") }
  }

  private mutating func enter(after delimiter: Range<Int>, _ events: inout [Event]) throws {
    let next = Array(pending[delimiter.upperBound..<delimiter.upperBound + 2])
    pending.removeFirst(delimiter.upperBound + 2)
    switch next {
    case [45, 45]:
      events.append(.end)
      state = .epilogue
    case [13, 10]:
      // A part without a header begins with the empty line at once.
      pending.insert(contentsOf: [13, 10], at: 0)
      state = .headers
    default: throw Self.malformed("a boundary is not followed by a line end")
    }
  }

  private mutating func keepLast(_ count: Int) {
    if pending.count > count { pending.removeFirst(pending.count - count) }
  }

  private func range(of pattern: [UInt8]) -> Range<Int>? {
    guard pending.count >= pattern.count else { return nil }
    let first = pattern[0]
    var at = 0
    while let start = pending[at...].firstIndex(of: first) {
      if start + pattern.count > pending.count { return nil }
      if pending[start..<start + pattern.count].elementsEqual(pattern) { return start..<start + pattern.count }
      at = start + 1
    }
    return nil
  }

  private static func part(_ head: String) throws -> Event {
    var name: String?
    var fileName: String?
    var type: String?
    for line in head.split(separator: "\r\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { throw malformed("a part's header is not understood") }
      let value = parts[1].drop { $0 == " " }
      switch parts[0].lowercased() {
      case "content-disposition":
        name = parameter("name", of: value)
        fileName = parameter("filename", of: value)
      case "content-type": type = String(value)
      default: break
      }
    }
    guard let name else { throw malformed("a part has no name") }
    return .part(name: name, fileName: fileName, type: type)
  }

  /// `name="value"` in a header, with backslashes as browsers and curl write them.
  private static func parameter(_ name: String, of header: Substring) -> String? {
    var rest = header[...]
    while let semicolon = rest.firstIndex(of: ";") {
      rest = rest[rest.index(after: semicolon)...].drop { $0 == " " }
      guard rest.lowercased().hasPrefix(name + "=") else { continue }
      var value = rest.dropFirst(name.count + 1)
      guard value.first == "\"" else { return String(value.prefix { $0 != ";" }) }
      value.removeFirst()
      var text = ""
      while let character = value.popFirst() {
        if character == "\"" { break }
        if character == "\\", let next = value.first, next == "\"" || next == "\\" {
          value.removeFirst(); text.append(next)
        } else {
          text.append(character)
        }
      }
      return text.replacing("%22", with: "\"").replacing("%0D", with: "\r").replacing("%0A", with: "\n")
    }
    return nil
  }

  private static func malformed(_ message: String) -> Refusal {
    Refusal(.badRequest, message, help: "send multipart/form-data, as curl -F does", kind: "bad_form")
  }
}
