/// One thing wrong with a JSON value, and where in it.
public struct ValueFinding: Sendable, Hashable {
  public enum Step: Sendable, Hashable { case key(String), index(Int) }

  /// The way from the outermost value to the one meant.
  public var path: [Step]
  /// Whether the key itself is meant rather than its value.
  public var isAboutKey: Bool
  public var kind: Diagnostic.Kind
  public var message: String
  public var help: String?

  public init(
    _ path: [Step], _ kind: Diagnostic.Kind, _ message: String, help: String? = nil, isAboutKey: Bool = false
  ) {
    self.path = path
    self.isAboutKey = isAboutKey
    self.kind = kind
    self.message = message
    self.help = help
  }

  /// The finding for those who have no file to point into: the path is said in the message.
  public var diagnostic: Diagnostic {
    let place = path.map { step in
      switch step {
      case .key(let key): key
      case .index(let index): String(index)
      }
    }.joined(separator: ".")
    return Diagnostic(kind, message, help: help, subject: place.isEmpty ? nil : place)
  }
}

extension ParameterType {
  /// Everything wrong with `value`; empty when the type accepts it.
  public func findings(in value: JSONValue, at path: [ValueFinding.Step] = []) -> [ValueFinding] {
    func wrongType(_ expected: String) -> [ValueFinding] {
      [ValueFinding(path, .wrongType, "expected \(expected), found \(value.typeName)")]
    }
    switch self {
    case .any: return []
    case .null: return value == .null ? [] : wrongType("null")
    case .bool: return value.boolValue == nil ? wrongType("true or false") : []
    case .string, .path: return value.stringValue == nil ? wrongType("a string") : []
    case .int(let range):
      guard let number = value.intValue else { return wrongType("an integer") }
      if range.contains(number) { return [] }
      return [ValueFinding(path, .outOfRange, "\(number) is out of range: must be \(range.condition)")]
    case .number(let range):
      guard let number = value.doubleValue else { return wrongType("a number") }
      if range.contains(number) { return [] }
      return [ValueFinding(path, .outOfRange, "\(short(number)) is out of range: must be \(range.condition)")]
    case .choice(let names, let aliases):
      guard let name = value.stringValue else { return wrongType("one of " + names.joined(separator: ", ")) }
      if names.contains(name) || aliases.contains(name) { return [] }
      return [
        ValueFinding(path, .unknownChoice, "unknown value \"\(name)\"", help: suggestion(for: name, among: names))
      ]
    case .oneOf(let types): return findings(in: value, at: path, oneOf: types)
    case .list(let element, let count):
      guard let items = value.arrayValue else { return wrongType("a list") }
      let inside = items.enumerated().flatMap { element.findings(in: $1, at: path + [.index($0)]) }
      if count.contains(items.count) { return inside }
      return [ValueFinding(path, .outOfRange, "\(items.count) items: must be \(count.condition)")] + inside
    case .map(let element):
      guard let members = value.members else { return wrongType("an object") }
      return members.flatMap { element.findings(in: $0.value, at: path + [.key($0.key)]) }
    case .record(let parameters):
      guard let members = value.members else { return wrongType("an object") }
      return parameters.findings(in: members, at: path, owner: nil)
    case .variants(let tag, let variants): return findings(in: value, at: path, tag: tag, variants: variants)
    }
  }

  private func findings(
    in value: JSONValue, at path: [ValueFinding.Step], oneOf types: [ParameterType]
  ) -> [ValueFinding] {
    let attempts = types.map { $0.findings(in: value, at: path) }
    if attempts.contains(where: \.isEmpty) { return [] }
    // The alternative whose type fits says more ("out of range") than a list of all types.
    let fitting = attempts.filter { $0.first.map { $0.path != path || $0.kind != .wrongType } ?? true }
    if let best = fitting.first(where: { !$0.contains { $0.kind == .missingKey } }) ?? fitting.first { return best }
    return [ValueFinding(path, .wrongType, "expected \(phrase), found \(value.typeName)")]
  }

  private func findings(
    in value: JSONValue, at path: [ValueFinding.Step], tag: String, variants: [VariantDescription]
  ) -> [ValueFinding] {
    let names = variants.map(\.name)
    // "use" is how a workflow names a plugin.
    let noun = tag == "use" ? "plugin" : tag
    func unknown(_ name: String, at place: [ValueFinding.Step]) -> [ValueFinding] {
      [ValueFinding(place, .unknownChoice, "unknown \(noun) \"\(name)\"", help: suggestion(for: name, among: names))]
    }
    if let name = value.stringValue {
      guard let variant = variants.first(where: { $0.name == name }) else { return unknown(name, at: path) }
      return variant.parameters.findings(in: [], at: path, owner: name)
    }
    guard let members = value.members else {
      return [ValueFinding(path, .wrongType, "expected an object with \"\(tag)\", found \(value.typeName)")]
    }
    guard let member = members.first(where: { $0.key == tag }) else {
      return [ValueFinding(path, .missingKey, "missing \"\(tag)\"", help: "one of " + names.joined(separator: ", "))]
    }
    guard let name = member.value.stringValue else {
      return [ValueFinding(path + [.key(tag)], .wrongType, "expected a string, found \(member.value.typeName)")]
    }
    guard let variant = variants.first(where: { $0.name == name }) else { return unknown(name, at: path + [.key(tag)]) }
    return variant.parameters.findings(in: members.filter { $0.key != tag }, at: path, owner: name, also: [tag])
  }

  /// The type in words, for messages and the reference.
  public var phrase: String {
    switch self {
    case .any: "any value"
    case .null: "null"
    case .bool: "true or false"
    case .int(let range): "an integer " + range.condition
    case .number(let range): range == .any ? "a number" : "a number " + range.condition
    case .string: "a string"
    case .path: "a path"
    case .choice(let names, _): "one of " + names.map { "\"\($0)\"" }.joined(separator: ", ")
    case .oneOf(let types):
      types.map { type in
        if case .list(let element, _) = type, types.contains(element) { "a list of such" } else { type.phrase }
      }.joined(separator: ", or ")
    case .list(let element, _): "a list of: " + element.phrase
    case .map(let element): "an object whose values are: " + element.phrase
    case .record(let parameters) where parameters.count == 1: "an object with \"\(parameters[0].name)\""
    case .record: "an object"
    case .variants(let tag, let variants): "an object with \"\(tag)\": " + variants.map(\.name).joined(separator: ", ")
    }
  }
}

extension [ParameterDescription] {
  /// Everything wrong with the members of an object that this list describes.
  ///
  /// - Parameters:
  ///   - owner: What the object sets up, as messages name it.
  ///   - also: Further keys that belong there.
  public func findings(
    in members: [JSONValue.Member], at path: [ValueFinding.Step] = [], owner: String?, also: [String] = []
  ) -> [ValueFinding] {
    var found: [ValueFinding] = []
    let place = owner.map { " of \($0)" } ?? ""
    for member in members where !also.contains(member.key) {
      if let parameter = first(where: { $0.name == member.key }) {
        found += parameter.type.findings(in: member.value, at: path + [.key(member.key)])
      } else {
        let help = suggestion(for: member.key, among: map(\.name))
        found.append(
          ValueFinding(
            path + [.key(member.key)], .unknownKey, "unknown parameter \"\(member.key)\"\(place)", help: help,
            isAboutKey: true))
      }
    }
    for parameter in self where parameter.isRequired && !members.contains(where: { $0.key == parameter.name }) {
      found.append(
        ValueFinding(path, .missingKey, "missing parameter \"\(parameter.name)\"\(place)", help: parameter.summary))
    }
    return found
  }
}

extension ClosedRange<Int> {
  /// As a condition in words: "1 to 4096", "at least 1".
  var condition: String {
    switch (lowerBound, upperBound) {
    case (.min, .max): "an integer"
    case (_, .max): "at least \(lowerBound)"
    case (.min, _): "at most \(upperBound)"
    case _ where lowerBound == upperBound: "\(lowerBound)"
    default: "\(lowerBound) to \(upperBound)"
    }
  }
}
