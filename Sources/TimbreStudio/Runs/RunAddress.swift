import Foundation
import HTTPTypes
import Hummingbird
import TimbreCore

/// Names in addresses: runs and files in the path, clips in the query, since the id of a clip may hold a slash.
enum RunAddress {
  private static let plain = CharacterSet(
    charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:")

  static func encoded(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: plain) ?? "" }

  static func run(_ id: String) -> String { "/runs/" + encoded(id) }
  static func api(_ id: String) -> String { "/api/v1/runs/" + encoded(id) }

  static func file(_ path: String, of id: String) -> String {
    api(id) + "/files/" + path.split(separator: "/").map { encoded(String($0)) }.joined(separator: "/")
  }

  static func clip(_ clip: String, of id: String, view: String? = nil) -> String {
    run(id) + "/clip" + query([("clip", clip), ("view", view)])
  }

  static func clips(of id: String, _ filters: [(String, String?)]) -> String { run(id) + "/clips" + query(filters) }

  /// `?a=1&b=2`, without what is nil or empty.
  static func query(_ values: [(String, String?)]) -> String {
    let given = values.compactMap { name, value in
      value.flatMap { $0.isEmpty ? nil : "\(name)=\(encoded($0))" }
    }
    return given.isEmpty ? "" : "?" + given.joined(separator: "&")
  }
}

extension BasicRequestContext {
  /// A part of the path as its client meant it. The router hands it over as it was sent.
  func part(_ name: String) throws -> String {
    guard let text = try parameters.require(name).removingPercentEncoding else {
      throw Refusal(.badRequest, "the address is not encoded as UTF-8")
    }
    return text
  }

  /// What follows a `**` in the path.
  func rest() throws -> String {
    let parts = parameters.getCatchAll().map { String($0).removingPercentEncoding }
    guard !parts.contains(nil) else { throw Refusal(.badRequest, "the address is not encoded as UTF-8") }
    let names = parts.compactMap(\.self)
    // An encoded slash would make two names of one.
    guard !names.contains(where: { $0.contains("/") }) else { throw Refusal.notFound("there is no such file") }
    return names.joined(separator: "/")
  }
}

/// A query as forms send it, where "+" is a space, and where what is left empty is not given. Programs leave out what they do not mean:
/// for them, nothing is no number and none of several choices.
struct Query {
  private let values: [(name: String, value: String)]
  private let isOfProgram: Bool

  init(_ request: Request) throws {
    isOfProgram = request.uri.path.hasPrefix("/api/")
    values = try (request.uri.query ?? "").split(separator: "&").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let texts = parts.map { $0.replacing("+", with: " ").removingPercentEncoding }
      guard let name = texts.first ?? nil, let value = texts.count > 1 ? texts[1] : "" else {
        throw Refusal(.badRequest, "the query is not encoded as UTF-8")
      }
      return (name, value)
    }
  }

  /// nil where it is not given, or empty.
  subscript(name: String) -> String? { values.first { $0.name == name && !$0.value.isEmpty }?.value }

  func all(_ name: String) -> [String] { values.filter { $0.name == name && !$0.value.isEmpty }.map(\.value) }

  /// - Throws: A `Refusal` where it is not given.
  func required(_ name: String) throws -> String {
    guard let value = self[name] else {
      throw Refusal(.badRequest, "\"\(name)\" is missing in the query", help: "add ?\(name)=…", kind: "missing_key")
    }
    return value
  }

  /// As `self[name]`, where only certain words make sense.
  private func word(_ name: String) throws -> String? {
    if isOfProgram, values.contains(where: { $0.name == name && $0.value.isEmpty }) {
      throw Refusal(.badRequest, "\"\(name)\" is empty", help: "leave it out, or give a value", kind: "bad_parameter")
    }
    return self[name]
  }

  func number(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let text = try word(name) else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw Refusal(
        .badRequest, "\"\(name)\" has to be a whole number from \(range.lowerBound) to \(range.upperBound)",
        kind: "out_of_range")
    }
    return value
  }

  func flag(_ name: String) throws -> Bool? {
    guard let text = try word(name) else { return nil }
    switch text {
    case "1", "true", "yes", "on": return true
    case "0", "false", "no": return false
    default: throw Refusal(.badRequest, "\"\(name)\" has to be true or false", kind: "unknown_choice")
    }
  }

  func choice<Choice: CaseIterable & RawRepresentable<String>>(_ name: String, of type: Choice.Type) throws -> Choice? {
    guard let text = try word(name) else { return nil }
    guard let value = Choice(rawValue: text) else {
      let names = Choice.allCases.map(\.rawValue)
      throw Refusal(
        .badRequest, "\"\(name)\" cannot be \"\(text)\"", help: "one of \(names.joined(separator: ", "))",
        kind: "unknown_choice")
    }
    return value
  }
}
