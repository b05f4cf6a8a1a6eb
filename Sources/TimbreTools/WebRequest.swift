import Foundation
import TimbreCore

/// One request to a web server, sent by curl.
///
/// Everything about it goes to curl's standard input, so that no list of processes shows an address, a name or a token. It is not
/// followed elsewhere, and nothing is asked twice.
package struct WebRequest: Sendable {
  package enum Method: String, Sendable { case get = "GET", post = "POST", put = "PUT" }

  package enum Credentials: Sendable {
    case none
    case user(String, password: String)
    case token(String)
  }

  package enum Content: Sendable {
    case none
    case json(String)
    /// The path of a file, sent as it is.
    case file(String)
  }

  package struct Answer: Sendable {
    /// Of HTTP.
    package var status: Int
    package var text: String
    package var isGood: Bool { (200..<300).contains(status) }
  }

  package var url: String
  package var method = Method.get
  package var content = Content.none
  package var credentials = Credentials.none
  /// Seconds until a server that says nothing is given up.
  package var patience = 15
  /// A file of certificates to trust in place of the system's.
  package var certificates: String?
  /// Whether any certificate will do.
  package var trustsAnyone = false

  package init(_ url: String) { self.url = url }

  /// What comes back, whatever its status.
  /// - Throws: `.noAnswer` where no answer comes, with curl's own words.
  package func send(with curl: Tool, in folder: String, cancelled: () -> Bool = { false }) throws -> Answer {
    let outcome = try curl.run(["--config", "-"], in: folder, input: configuration, cancelled: cancelled)
    guard outcome.status == 0 else { throw Diagnostic(.noAnswer, outcome.complaint) }
    let lines = outcome.out.split(separator: "\n", omittingEmptySubsequences: false)
    guard let status = lines.last.flatMap({ Int($0) }) else {
      throw Diagnostic(.noAnswer, "curl says nothing of the server's answer")
    }
    return Answer(status: status, text: lines.dropLast().joined(separator: "\n"))
  }

  /// In the form of curl's configuration files (https://curl.se/docs/manpage.html#-K).
  private var configuration: String {
    var lines = [
      "url = \(Self.quoted(url))", "request = \(method.rawValue)", "silent", "show-error", "globoff",
      "user-agent = timbre", "proto = \"=https,http\"", "connect-timeout = \(min(patience, 10))", "speed-limit = 1",
      "speed-time = \(patience)", "write-out = \"\\n%{http_code}\"",
    ]
    switch content {
    case .none: lines.append("max-time = \(patience)")
    case .json(let text):
      lines += [
        "max-time = \(patience)", "header = \"Content-Type: application/json\"", "data-raw = \(Self.quoted(text))",
      ]
    case .file(let path): lines += ["header = \"Expect:\"", "upload-file = \(Self.quoted(path))"]
    }
    switch credentials {
    case .none: break
    case .user(let name, let password): lines.append("user = \(Self.quoted(name + ":" + password))")
    case .token(let token): lines.append("header = \(Self.quoted("Authorization: Bearer " + token))")
    }
    if let certificates { lines.append("cacert = \(Self.quoted(certificates))") }
    if trustsAnyone { lines.append("insecure") }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for character in text.unicodeScalars {
      switch character {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      default: quoted.unicodeScalars.append(character)
      }
    }
    return quoted + "\""
  }
}

extension Diagnostic.Kind {
  public static let noAnswer = Self("no_answer")
}
