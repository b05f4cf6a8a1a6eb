/// The type of a plugin's parameter as lint, the schema and the reference see it.
public indirect enum ParameterType: Sendable, Hashable {
  /// Anything: what it must be depends on where it is put to use.
  case any
  case null
  case bool
  case int(ClosedRange<Int>)
  case number(NumberRange)
  case string
  /// A file or folder; relative ones start at the workflow file.
  case path
  /// One of these names; other spellings of them are accepted too, but neither suggested nor listed.
  case choice([String], aliases: [String] = [])
  /// The first of these that accepts the value.
  case oneOf([ParameterType])
  case list(of: ParameterType, count: ClosedRange<Int>)
  /// An object with keys of the user's own.
  case map(of: ParameterType)
  case record([ParameterDescription])
  /// An object whose `tag` names one of the variants; a bare string is short for that variant with its defaults.
  case variants(tag: String, [VariantDescription])

  /// The same type, or null.
  public static func optional(_ type: ParameterType) -> ParameterType { .oneOf([type, .null]) }
}

/// The numbers that a parameter may take.
public struct NumberRange: Sendable, Hashable {
  public var lower: Double?
  public var upper: Double?
  public var excludesLower: Bool
  public var excludesUpper: Bool

  public init(_ lower: Double?, _ upper: Double?, excludesLower: Bool = false, excludesUpper: Bool = false) {
    self.lower = lower
    self.upper = upper
    self.excludesLower = excludesLower
    self.excludesUpper = excludesUpper
  }

  public static let any = NumberRange(nil, nil)
  public static let positive = NumberRange(0, nil, excludesLower: true)
  public static let nonNegative = NumberRange(0, nil)
  /// 0 ≤ x < 1, as a rate of dropout or a share that is held out.
  public static let fraction = NumberRange(0, 1, excludesUpper: true)
  public static func closed(_ lower: Double, _ upper: Double) -> NumberRange { NumberRange(lower, upper) }

  public func contains(_ value: Double) -> Bool {
    guard value.isFinite else { return false }
    if let lower, excludesLower ? value <= lower : value < lower { return false }
    if let upper, excludesUpper ? value >= upper : value > upper { return false }
    return true
  }

  /// As a condition in words: "at least 0 and below 1".
  public var condition: String {
    var parts: [String] = []
    if let lower { parts.append((excludesLower ? "above " : "at least ") + short(lower)) }
    if let upper { parts.append((excludesUpper ? "below " : "at most ") + short(upper)) }
    return parts.isEmpty ? "finite" : parts.joined(separator: " and ")
  }
}

/// A number without a needless ".0".
public func short(_ value: Double) -> String {
  if let whole = Int(exactly: value), abs(whole) < 1_000_000_000 { return String(whole) }
  return String(value)
}

/// What the physical size of a parameter, an axis or a value is counted in.
public struct Unit: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public init(_ rawValue: String) { self.rawValue = rawValue }
  public var description: String { rawValue }

  public static let samples = Unit("samples")
  public static let frames = Unit("frames")
  public static let seconds = Unit("s")
  public static let hertz = Unit("Hz")
  public static let decibels = Unit("dB")
  public static let semitones = Unit("semitones")
  public static let octaves = Unit("octaves")
  public static let bins = Unit("bins")
  public static let epochs = Unit("epochs")
}

/// One parameter without its Swift type.
public struct ParameterDescription: Sendable, Hashable {
  public var name: String
  public var type: ParameterType
  public var unit: Unit?
  /// One sentence.
  public var summary: String
  /// The value of a fresh `Config()`; nil where the user has to give one.
  public var defaultValue: JSONValue?
  public var isRequired: Bool { defaultValue == nil }

  public init(name: String, type: ParameterType, unit: Unit?, summary: String, defaultValue: JSONValue?) {
    self.name = name
    self.type = type
    self.unit = unit
    self.summary = summary
    self.defaultValue = defaultValue
  }
}

/// One alternative of an object with a tag, such as a layer of a network.
public struct VariantDescription: Sendable, Hashable {
  public var name: String
  public var summary: String
  public var parameters: [ParameterDescription]

  public init(name: String, summary: String, parameters: [ParameterDescription]) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
  }
}
