import Foundation
import TimbreCore
import TimbreReport

/// Takes paths of this machine out of what clients are told.
///
/// Folders that are known – the workspace, those of recordings – get a name. Of every other path that begins in one of the folders
/// at this machine's root, only the last part is left. What stands in for a path needs no escaping in JSON, HTML or CSV, so that
/// all of them are gone through in the same way.
struct Redaction: Sendable {
  /// A folder or file and what it is called.
  struct Place: Sendable, Hashable {
    /// Absolute.
    var path: String
    var name: String
    /// Instead of the path and a Self.slash; by default the name and a Self.slash.
    var inside: String

    init(_ path: String, _ name: String, inside: String? = nil) {
      self.path = path
      self.name = name
      self.inside = inside ?? name + "/"
    }
  }

  private struct Pattern: Sendable {
    var path: [UInt8]
    var name: [UInt8]
    var inside: [UInt8]
    /// Whether so much of it is no accident, whatever stands before it.
    var isLong: Bool
  }

  let places: [Place]
  /// The longest first.
  private let patterns: [Pattern]
  private let roots: Set<String>

  /// - Parameters:
  ///   - places: Of two that name one path, the first counts.
  ///   - roots: The names of the folders at this machine's root.
  init(_ places: [Place], roots: Set<String> = Self.machineRoots) {
    var seen: Set<String> = []
    self.places = places.compactMap { place in
      var place = place
      while place.path.count > 1, place.path.hasSuffix("/") { place.path.removeLast() }
      // A folder called as a section of the pages could not be told from their addresses.
      guard place.path.hasPrefix("/"), place.path.utf8.count > 1, place.path.utf8.count < Stream.reach / 2,
        !Self.sections.contains(String(place.path.dropFirst())), seen.insert(place.path).inserted
      else { return nil }
      return place
    }
    patterns = self.places.flatMap { place in
      Self.spellings(of: place.path).map { path in
        Pattern(
          path: Array(path.utf8), name: Array(place.name.utf8), inside: Array(place.inside.utf8),
          isLong: path.utf8.count { $0 == Self.slash } > 2)
      }
    }.sorted { $0.path.count > $1.path.count }
    self.roots = roots
  }

  func adding(_ more: [Place]) -> Redaction { Redaction(places + more, roots: roots) }

  /// Differs where it makes something else of a text.
  var tag: String {
    String(stableHash(Array(places.map { $0.path + "\n" + $0.name }.joined(separator: "\n").utf8)), radix: 36)
  }

  /// Whether a path is one of the places or lies in one of them.
  func knows(_ path: String) -> Bool { places.contains { path == $0.path || path.hasPrefix($0.path + "/") } }

  func text(_ text: String) -> String {
    guard text.utf8.contains(Self.slash) else { return text }
    return String(decoding: bytes(Array(text.utf8)), as: UTF8.self)
  }

  func bytes(_ bytes: [UInt8]) -> [UInt8] {
    var stream = Stream(self)
    return stream.take(bytes) + stream.end()
  }

  /// Every string in it.
  func json(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): .string(self.text(text))
    case .array(let items): .array(items.map(json))
    case .object(let members): .object(members.map { .init(text($0.key), json($0.value)) })
    default: value
    }
  }

  /// What stands for the path that may begin at a Self.slash, and where it ends; nil where it is none of this machine.
  func match(_ bytes: [UInt8], at start: Int, isAfterWord: Bool) -> (text: [UInt8], end: Int)? {
    for pattern in patterns where !isAfterWord || pattern.isLong {
      let end = start + pattern.path.count
      guard end <= bytes.count, bytes[start + 1] == pattern.path[1],
        bytes[start..<end].elementsEqual(pattern.path), Self.isEnd(bytes, end)
      else { continue }
      return end < bytes.count && bytes[end] == Self.slash ? (pattern.inside, end + 1) : (pattern.name, end)
    }
    return isAfterWord ? nil : unknown(bytes, at: start)
  }

  /// `…/name` for a path that begins in one of the folders at the root.
  private func unknown(_ bytes: [UInt8], at start: Int) -> (text: [UInt8], end: Int)? {
    let most = min(bytes.count, start + Stream.reach)
    guard let second = bytes[(start + 1)..<most].firstIndex(where: { !Self.isWord($0) }), bytes[second] == Self.slash,
      roots.contains(String(decoding: bytes[(start + 1)..<second], as: UTF8.self))
    else { return nil }
    let end = bytes[second..<most].firstIndex { $0 <= 0x20 || Self.ends.contains($0) } ?? most
    var last = second
    for index in second..<end where bytes[index] == Self.slash && index + 1 < end { last = index }
    return (Array("…".utf8), last)
  }

  /// For a worker.
  var placesJSON: JSONValue {
    .array(places.map { [.string($0.path), .string($0.name), .string($0.inside)] })
  }

  init(placesJSON json: JSONValue) {
    self.init(
      (json.arrayValue ?? []).compactMap { place in
        let words = place.arrayValue?.compactMap(\.stringValue) ?? []
        return words.count == 3 ? Place(words[0], words[1], inside: words[2]) : nil
      })
  }

  // MARK: Bytes

  static let slash = UInt8(ascii: "/")
  private static let ends = Set("\"'`<>&,;:=()[]{}|\\".utf8)
  private static let marks = Set("_-.~+@%#".utf8)

  /// A part of a name, as far as its byte tells.
  static func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte >= 0x80
      || marks.contains(byte)
  }

  /// Whether a name ends here: a full stop may also be the sentence's.
  private static func isEnd(_ bytes: [UInt8], _ index: Int) -> Bool {
    guard index < bytes.count else { return true }
    if bytes[index] == UInt8(ascii: ".") { return index + 1 >= bytes.count || !isWord(bytes[index + 1]) }
    return !isWord(bytes[index])
  }

  /// As it stands in texts, in JSON, in HTML, in JSON within HTML, and in CSV.
  private static func spellings(of path: String) -> Set<String> {
    let json = String(JSONValue.string(path).description.dropFirst().dropLast())
    return [path, json, Markup.escape(path), Markup.escape(json), path.replacing("\"", with: "\"\"")]
  }

  private static let sections: Set<String> = ["api", "assets", "compare", "plugins", "runs", "workflows"]

  static let machineRoots = Set((try? FileManager.default.contentsOfDirectory(atPath: "/")) ?? []).subtracting(sections)
}
