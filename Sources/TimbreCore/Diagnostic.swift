/// Something to tell the person who made a request: what is wrong, where, and what to do about it.
///
/// Every error that a user can cause is a `Diagnostic`. It prints in the form compilers use, so that editors can jump to it.
public struct Diagnostic: Error, Sendable, Hashable {
  /// How much it matters: an error stops the work, a warning and a note do not.
  public enum Severity: String, Sendable, Hashable { case error, warning, note }

  /// A stable name for one kind of finding, for programs and tests that tell findings apart.
  public struct Kind: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(_ rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }
  }

  public var kind: Kind
  public var severity: Severity
  /// One sentence without a final full stop: what is wrong.
  public var message: String
  /// What to do about it.
  public var help: String?
  /// The clip or file that it concerns, where `location` does not say it.
  public var subject: String?
  public var location: SourceLocation?

  public init(
    _ kind: Kind, _ message: String, help: String? = nil, subject: String? = nil, severity: Severity = .error,
    location: SourceLocation? = nil
  ) {
    self.kind = kind
    self.severity = severity
    self.message = message
    self.help = help
    self.subject = subject
    self.location = location
  }

  /// The same finding about `subject`, unless it already names one.
  public func about(_ subject: String) -> Diagnostic {
    var copy = self
    if copy.subject == nil { copy.subject = subject }
    return copy
  }
}

/// A stretch of one line of a text file. Lines and columns count from 1, columns in Unicode scalars.
public struct SourceLocation: Sendable, Hashable {
  public var file: String
  public var line: Int
  public var column: Int
  public var length: Int
  /// The text of the line, without its end.
  public var sourceLine: String

  public init(file: String, line: Int, column: Int, length: Int, sourceLine: String) {
    self.file = file
    self.line = line
    self.column = column
    self.length = length
    self.sourceLine = sourceLine
  }
}

extension Diagnostic: CustomStringConvertible {
  public var description: String {
    var text = ""
    if let location { text += "\(location.file):\(location.line):\(location.column): " }
    text += "\(severity.rawValue): "
    if let subject { text += "\(subject): " }
    text += "\(message) [\(kind)]"
    if let location { text += "\n" + location.excerpt }
    if let help { text += "\n  help: \(help)" }
    return text
  }
}

extension SourceLocation {
  /// The source line with a caret under the place; a long line is cut around it.
  var excerpt: String {
    let scalars = Array(sourceLine.unicodeScalars)
    let widest = 100
    let start = scalars.count > widest ? Swift.max(0, Swift.min(column - 1 - widest / 2, scalars.count - widest)) : 0
    let shown = scalars[Swift.min(start, scalars.count)..<Swift.min(start + widest, scalars.count)]
    var line = String.UnicodeScalarView()
    line.append(contentsOf: shown.map { $0 == "\t" ? " " : $0 })
    let number = String(self.line)
    let margin = String(repeating: " ", count: Swift.max(0, 5 - number.count))
    let caretAt = Swift.max(0, column - 1 - start)
    let marks = Swift.max(1, Swift.min(length, shown.count - caretAt))
    return "\(margin)\(number) | \(String(line))\n"
      + "      | \(String(repeating: " ", count: caretAt))^\(String(repeating: "~", count: marks - 1))"
  }
}

extension Diagnostic.Kind {
  public static let wrongType = Self("wrong_type")
  public static let outOfRange = Self("out_of_range")
  public static let unknownChoice = Self("unknown_choice")
  public static let unknownKey = Self("unknown_key")
  public static let missingKey = Self("missing_key")
  public static let invalidParameters = Self("invalid_parameters")
  public static let unreadableFile = Self("unreadable_file")
  public static let unwritableFile = Self("unwritable_file")
  public static let badAudio = Self("bad_audio")
  public static let emptyAudio = Self("empty_audio")
  public static let shortAudio = Self("short_audio")
  public static let notFinite = Self("not_finite")
  public static let badDataset = Self("bad_dataset")
  public static let badSplit = Self("bad_split")
  public static let leak = Self("leak")
  public static let badModel = Self("bad_model")
  public static let training = Self("training")
  public static let cancelled = Self("cancelled")
}
