/// A value that a parameter can hold: how it reads from JSON, how it writes itself, and which JSON it accepts.
public protocol ParameterValue: Sendable {
  static var parameterType: ParameterType { get }
  /// nil where `parameterType` does not accept the value.
  init?(json: JSONValue)
  var json: JSONValue { get }
}

/// One parameter of a plugin: a name bound to a field of its `Config`. The default is the field's value in `Config()`.
public struct Parameter<Config: PluginConfig>: Sendable {
  public let description: ParameterDescription
  let write: @Sendable (inout Config, JSONValue) -> Bool
  let read: @Sendable (Config) -> JSONValue

  init<Value: ParameterValue>(
    _ name: String, _ field: any WritableKeyPath<Config, Value> & Sendable, _ type: ParameterType, unit: Unit?,
    _ summary: String, isRequired: Bool = false
  ) {
    description = ParameterDescription(
      name: name, type: type, unit: unit, summary: summary,
      defaultValue: isRequired ? JSONValue?.none : Config()[keyPath: field].json)
    write = { config, json in
      guard let value = Value(json: json) else { return false }
      config[keyPath: field] = value
      return true
    }
    read = { $0[keyPath: field].json }
  }
}

extension Parameter {
  public typealias Field<Value> = any WritableKeyPath<Config, Value> & Sendable

  /// An integer within `range`.
  public static func int(
    _ name: String, _ field: Field<Int>, in range: ClosedRange<Int>, unit: Unit? = nil, _ summary: String
  ) -> Parameter { Parameter(name, field, .int(range), unit: unit, summary) }

  /// An integer within `range` that has to be given.
  public static func requiredInt(
    _ name: String, _ field: Field<Int>, in range: ClosedRange<Int>, unit: Unit? = nil, _ summary: String
  ) -> Parameter { Parameter(name, field, .int(range), unit: unit, summary, isRequired: true) }

  /// A list of names that has to be given.
  public static func list(
    _ name: String, _ field: Field<[String]>, count: ClosedRange<Int>, _ summary: String
  ) -> Parameter { Parameter(name, field, .list(of: .string, count: count), unit: nil, summary, isRequired: true) }

  /// An integer within `range`, or null.
  public static func int(
    _ name: String, _ field: Field<Int?>, in range: ClosedRange<Int>, unit: Unit? = nil, _ summary: String
  ) -> Parameter { Parameter(name, field, .optional(.int(range)), unit: unit, summary) }

  /// A finite number within `range`.
  public static func number(
    _ name: String, _ field: Field<Double>, in range: NumberRange = .any, unit: Unit? = nil, _ summary: String
  ) -> Parameter { Parameter(name, field, .number(range), unit: unit, summary) }

  /// A finite number within `range`, or null.
  public static func number(
    _ name: String, _ field: Field<Double?>, in range: NumberRange = .any, unit: Unit? = nil, _ summary: String
  ) -> Parameter { Parameter(name, field, .optional(.number(range)), unit: unit, summary) }

  public static func bool(_ name: String, _ field: Field<Bool>, _ summary: String) -> Parameter {
    Parameter(name, field, .bool, unit: nil, summary)
  }

  public static func string(_ name: String, _ field: Field<String>, required: Bool = false, _ summary: String)
    -> Parameter
  {
    Parameter(name, field, .string, unit: nil, summary, isRequired: required)
  }

  public static func string(_ name: String, _ field: Field<String?>, _ summary: String) -> Parameter {
    Parameter(name, field, .optional(.string), unit: nil, summary)
  }

  /// A file or folder that the user has to name; relative ones start at the workflow file.
  public static func path(_ name: String, _ field: Field<String>, _ summary: String) -> Parameter {
    Parameter(name, field, .path, unit: nil, summary, isRequired: true)
  }

  /// A file or folder, or null.
  public static func path(_ name: String, _ field: Field<String?>, _ summary: String) -> Parameter {
    Parameter(name, field, .optional(.path), unit: nil, summary)
  }

  /// One of the cases of an enumeration with names.
  public static func choice<Choice: ParameterValue & CaseIterable & RawRepresentable<String>>(
    _ name: String, _ field: Field<Choice>, _ summary: String
  ) -> Parameter { Parameter(name, field, Choice.parameterType, unit: nil, summary) }

  /// A list of names of an enumeration.
  public static func choices<Choice: ParameterValue & CaseIterable & RawRepresentable<String>>(
    _ name: String, _ field: Field<[Choice]>, _ summary: String
  ) -> Parameter {
    Parameter(name, field, .list(of: Choice.parameterType, count: 1...Choice.allCases.count), unit: nil, summary)
  }

  /// A value with a JSON form of its own.
  public static func value<Value: ParameterValue>(
    _ name: String, _ field: Field<Value>, unit: Unit? = nil, _ summary: String
  ) -> Parameter { Parameter(name, field, Value.parameterType, unit: unit, summary) }
}

extension Int: ParameterValue {
  public static var parameterType: ParameterType { .int(.min ... .max) }
  public init?(json: JSONValue) {
    guard let value = json.intValue else { return nil }
    self = value
  }
  public var json: JSONValue { .int(self) }
}

extension Double: ParameterValue {
  public static var parameterType: ParameterType { .number(.any) }
  public init?(json: JSONValue) {
    guard let value = json.doubleValue else { return nil }
    self = value
  }
  public var json: JSONValue {
    // 22050 rather than 22050.0: what a person would have written.
    if let whole = Int(exactly: self), abs(whole) < 1 << 53, !(self == 0 && sign == .minus) { return .int(whole) }
    return .number(self)
  }
}

extension Bool: ParameterValue {
  public static var parameterType: ParameterType { .bool }
  public init?(json: JSONValue) {
    guard let value = json.boolValue else { return nil }
    self = value
  }
  public var json: JSONValue { .bool(self) }
}

extension String: ParameterValue {
  public static var parameterType: ParameterType { .string }
  public init?(json: JSONValue) {
    guard let value = json.stringValue else { return nil }
    self = value
  }
  public var json: JSONValue { .string(self) }
}

extension Optional: ParameterValue where Wrapped: ParameterValue {
  public static var parameterType: ParameterType { .optional(Wrapped.parameterType) }
  public init?(json: JSONValue) {
    if case .null = json {
      self = .none
    } else if let value = Wrapped(json: json) {
      self = .some(value)
    } else {
      return nil
    }
  }
  public var json: JSONValue { map(\.json) ?? .null }
}

extension Array: ParameterValue where Element: ParameterValue {
  public static var parameterType: ParameterType { .list(of: Element.parameterType, count: 0...Int.max) }
  public init?(json: JSONValue) {
    guard let items = json.arrayValue else { return nil }
    var elements: [Element] = []
    for item in items {
      guard let element = Element(json: item) else { return nil }
      elements.append(element)
    }
    self = elements
  }
  public var json: JSONValue { .array(map(\.json)) }
}

extension ParameterValue where Self: RawRepresentable<String> & CaseIterable {
  public static var parameterType: ParameterType { .choice(allCases.map(\.rawValue)) }
  public init?(json: JSONValue) {
    guard let name = json.stringValue else { return nil }
    self.init(rawValue: name)
  }
  public var json: JSONValue { .string(rawValue) }
}
