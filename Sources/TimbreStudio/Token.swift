import Foundation
import TimbreCore

/// What every client has to present, where it comes from outside of the program.
public enum Token {
  private static let shortest = 8
  private static let longest = 4_096

  /// From a file that holds nothing else, as secrets of containers do; spaces and line ends around it do not count.
  /// - Throws: A diagnostic where there is no such file, or nothing of use in it.
  public static func read(_ path: String) throws -> String {
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw Diagnostic(
        .unreadableFile, "there is no such file, which should hold the token",
        help: "write one of \(shortest) characters or more into it, such as openssl rand -hex 16 makes", subject: path)
    }
    // At its end, an empty file has nothing rather than something empty.
    guard !isFolder.boolValue, let file = FileHandle(forReadingAtPath: path),
      let bytes = try? file.read(upToCount: longest + 1) ?? Data()
    else {
      throw Diagnostic(
        .unreadableFile, "the token cannot be read", help: "it has to be a file that this program's user may read",
        subject: path)
    }
    guard bytes.count <= longest, let text = String(validating: bytes, as: UTF8.self) else {
      throw Diagnostic(.unreadableFile, "this is no token", help: "the file holds the token alone", subject: path)
    }
    let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
    do {
      return try checked(token)
    } catch var diagnostic as Diagnostic {
      diagnostic.subject = path
      throw diagnostic
    }
  }

  /// - Throws: A diagnostic for what is too easily guessed, or cannot stand in an address, a cookie and a header.
  public static func checked(_ token: String) throws -> String {
    guard !token.isEmpty else {
      throw Diagnostic(.invalidParameters, "the token is empty", help: "at least \(shortest) characters")
    }
    guard token.utf8.count >= shortest else {
      throw Diagnostic(.invalidParameters, "the token is too short", help: "at least \(shortest) characters")
    }
    guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !Set(";,\"\\".utf8).contains($0) }) else {
      throw Diagnostic(
        .invalidParameters, "the token holds what cannot stand in a cookie",
        help: "use letters, digits and marks without space, comma, semicolon, quote and backslash")
    }
    return token
  }
}
