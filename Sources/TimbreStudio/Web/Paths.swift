import Foundation
import HTTPTypes
import Hummingbird
import TimbreCore

/// Names in addresses, and paths on this machine.
enum Paths {
  private static let plain = CharacterSet(
    charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:")

  /// One part of an address's path.
  static func encoded(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: plain) ?? "" }

  /// Absolute, as it was given otherwise.
  static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

  /// Absolute, without links.
  static func real(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
}

extension BasicRequestContext {
  /// A part of the path as its client meant it. The router hands it over as it was sent.
  func decoded(_ name: String) throws -> String {
    guard let text = try parameters.require(name).removingPercentEncoding else {
      throw Refusal(.badRequest, "the address is not encoded as UTF-8")
    }
    return text
  }
}
