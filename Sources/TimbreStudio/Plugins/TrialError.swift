import TimbreCore
import TimbreWorkflow

/// What is wrong with a trial, and with which field of its form.
struct TrialError: Error {
  var field: String
  var findings: [Diagnostic]

  static func within<Result>(_ field: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as RequestError {
      throw TrialError(field: field, findings: error.findings)
    } catch let diagnostic as Diagnostic {
      throw TrialError(field: field, findings: [diagnostic])
    }
  }

  /// Each finding with its field and, where one is meant, the parameter.
  /// - Parameter names: The parameters of that field.
  func json(names: [String]) -> JSONValue {
    .array(
      findings.map { finding in
        let parameter = field == "audio" ? nil : Self.parameter(of: finding, names)
        return .object(
          [
            .init("field", .string(field)), .init("parameter", parameter.map { .string($0) } ?? .null),
          ] + (finding.studioJSON.members ?? []))
      })
  }

  /// The subject where it leads into one of the parameters, else the first one that the message names.
  private static func parameter(of finding: Diagnostic, _ names: [String]) -> String? {
    if let subject = finding.subject, names.contains(String(subject.prefix { $0 != "." })) { return subject }
    let words = finding.message.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
    return words.first { names.contains($0) }
  }
}
