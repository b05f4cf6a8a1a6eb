import HTTPTypes
import Hummingbird
import TimbreCore
import TimbreWorkflow

/// A request that cannot be answered as asked: what is wrong and what to do, for a person and for a program.
struct Refusal: Error {
  var status: HTTPResponse.Status
  var message: String
  var help: String?
  var kind = "bad_request"
  /// Everything found, where there is more than one thing.
  var findings: [Diagnostic] = []
  /// Seconds after which to try again.
  var retryAfter: Int?

  init(_ status: HTTPResponse.Status, _ message: String, help: String? = nil, kind: String = "bad_request") {
    self.status = status
    self.message = message
    self.help = help
    self.kind = kind
  }

  static func notFound(_ what: String, help: String? = nil) -> Refusal {
    Refusal(.notFound, what, help: help, kind: "not_found")
  }

  static func busy(seconds: Int) -> Refusal {
    var refusal = Refusal(
      .serviceUnavailable, "the server is busy", help: "try again in \(seconds) s", kind: "busy")
    refusal.retryAfter = seconds
    return refusal
  }

  /// The server's disk, or the files that it may hold open, are used up.
  static var noSpace: Refusal {
    var refusal = Refusal(
      .init(code: 507, reasonPhrase: "Insufficient Storage"), "the server has no room for this at the moment",
      help: "try again later, or with less", kind: "no_space")
    refusal.retryAfter = 30
    return refusal
  }

  /// Any error as the client is to see it; nil for what is the server's own fault.
  init?(_ error: any Error) {
    switch error {
    case let refusal as Refusal: self = refusal
    // What a worker could not write is the server's business.
    case let error as RequestError where error.findings.first?.kind == .unwritableFile: self = .noSpace
    case let error as RequestError:
      let first = error.findings.first
      self.init(.unprocessableContent, first?.message ?? "the request is wrong", help: first?.help)
      kind = first?.kind.rawValue ?? kind
      findings = error.findings
    case let diagnostic as Diagnostic:
      self.init(
        .unprocessableContent, diagnostic.message, help: diagnostic.help, kind: diagnostic.kind.rawValue)
      findings = [diagnostic]
    default: return nil
    }
  }

  /// Without paths of this machine.
  func redacted(_ redaction: Redaction) -> Refusal {
    var refusal = self
    refusal.message = redaction.text(message)
    refusal.help = help.map(redaction.text)
    refusal.findings = findings.map { finding in
      var finding = finding
      finding.message = redaction.text(finding.message)
      finding.help = finding.help.map(redaction.text)
      return finding
    }
    return refusal
  }

  /// `{"error": {"kind", "message", "help"}}`
  var json: JSONValue {
    var members: [JSONValue.Member] = [.init("kind", .string(kind)), .init("message", .string(message))]
    if let help { members.append(.init("help", .string(help))) }
    if findings.count > 1 { members.append(.init("findings", .array(findings.map(\.studioJSON)))) }
    return ["error": .object(members)]
  }
}

extension Diagnostic {
  /// As `timbre lint --json` writes it, without paths of this machine.
  var studioJSON: JSONValue {
    [
      "line": location.map { .int($0.line) } ?? .null, "column": location.map { .int($0.column) } ?? .null,
      "length": location.map { .int($0.length) } ?? .null, "severity": .string(severity.rawValue),
      "kind": .string(kind.rawValue), "message": .string(message), "help": help.map { .string($0) } ?? .null,
    ]
  }
}
