import TimbreCore

/// One `--set PATH=VALUE`: a change to a value by its path (`classifier.epochs=3`, `views.noisy.0.amount=0.02`).
public struct Override: Sendable {
  let source: SourceText
  let steps: [(name: String, range: Range<Int>)]
  let value: LocatedValue

  /// A change as a workflow writes it: a path, and a value with a place of its own.
  /// - Throws: A `.badOverride` diagnostic where a step of the path is empty.
  init(_ key: LocatedMember, value: LocatedValue) throws {
    let names = key.key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard names.allSatisfy({ !$0.isEmpty }) else {
      throw Diagnostic(
        .badOverride, "a step of the path \"\(key.key)\" is empty", help: "write a path such as classifier.epochs",
        location: key.keySource.location(of: key.keyRange))
    }
    source = key.keySource
    steps = names.map { ($0, key.keyRange) }
    self.value = value
  }

  /// The value is JSON where it can be read as JSON, and a plain string otherwise.
  /// - Throws: A `.badOverride` diagnostic where there is no `=` or a step of the path is empty.
  public init(_ text: String) throws {
    let source = SourceText(name: "--set", text: text)
    guard let equals = source.bytes.firstIndex(of: UInt8(ascii: "=")) else {
      throw Diagnostic(
        .badOverride, "\"\(text)\" sets nothing", help: "write PATH=VALUE, such as classifier.epochs=3",
        location: source.location(of: 0..<source.bytes.count))
    }
    var steps: [(String, Range<Int>)] = []
    var start = 0
    for end in source.bytes[...equals].indices where end == equals || source.bytes[end] == UInt8(ascii: ".") {
      guard end > start else {
        throw Diagnostic(
          .badOverride, "a step of the path is empty", help: "write PATH=VALUE, such as classifier.epochs=3",
          location: source.location(of: start..<start + 1))
      }
      steps.append((String(decoding: source.bytes[start..<end], as: UTF8.self), start..<end))
      start = end + 1
    }
    self.source = source
    self.steps = steps
    value = Self.value(source, from: equals + 1)
  }

  private static func value(_ source: SourceText, from start: Int) -> LocatedValue {
    let range = start..<source.bytes.count
    // Blanks in front keep the columns those of the whole argument.
    let padded = SourceText(
      name: source.name, bytes: [UInt8](repeating: 0x20, count: start) + source.bytes[range])
    if let (value, duplicates) = try? JSONParser.parse(padded), duplicates.isEmpty { return value.moved(to: source) }
    return LocatedValue(
      .scalar(.string(String(decoding: source.bytes[range], as: UTF8.self))), source: source, range: range)
  }
}

extension LocatedValue {
  fileprivate func moved(to source: SourceText) -> LocatedValue {
    var copy = self
    copy.source = source
    switch content {
    case .scalar: break
    case .array(let items): copy.content = .array(items.map { $0.moved(to: source) })
    case .object(let members):
      copy.content = .object(
        members.map { member in
          LocatedMember(
            key: member.key, keySource: source, keyRange: member.keyRange, value: member.value.moved(to: source))
        })
    }
    return copy
  }

  /// A value that stands nowhere, told of as if it stood at one place.
  init(json: JSONValue, source: SourceText, range: Range<Int>) {
    func located(_ json: JSONValue) -> LocatedValue { LocatedValue(json: json, source: source, range: range) }
    switch json {
    case .array(let items): self.init(.array(items.map(located)), source: source, range: range)
    case .object(let members):
      let located = members.map {
        LocatedMember(key: $0.key, keySource: source, keyRange: range, value: located($0.value))
      }
      self.init(.object(located), source: source, range: range)
    default: self.init(.scalar(json), source: source, range: range)
    }
  }

  /// The tree with one value set; objects on the way are made where they are missing.
  /// - Throws: A `.badOverride` diagnostic where the path runs through something that has no parts.
  ///
  /// - Parameter defaults: The default of a plugin's parameter, for a path that leads into one that is not written out.
  func applying(_ override: Override, defaults: (_ id: String, _ parameter: String) -> JSONValue? = { _, _ in nil })
    throws -> LocatedValue
  {
    if override.value.json == .null, override.steps.count == 2, ["features", "views"].contains(override.steps[0].name) {
      return try removing(override)
    }
    try checkGroup(of: override)
    return try setting(override, steps: override.steps[...], defaults)
  }

  /// A path into a feature or a view needs that there is one; only `use` begins another.
  private func checkGroup(of override: Override) throws {
    let steps = override.steps
    guard steps.count > 2, ["features", "views"].contains(steps[0].name), steps[2].name != "use",
      let group = self[steps[0].name], group[steps[1].name] == nil
    else { return }
    let names = (group.json.members ?? []).map(\.key)
    throw Diagnostic(
      .badOverride, "there is no \(steps[0].name.dropLast()) \"\(steps[1].name)\"",
      help: suggestion(for: steps[1].name, among: names),
      location: override.source.location(of: steps[1].range))
  }

  /// Without a feature and what the row holds of it, or without a view.
  private func removing(_ override: Override) throws -> LocatedValue {
    let (group, name) = (override.steps[0].name, override.steps[1].name)
    guard let entries = self[group], entries[name] != nil else {
      let help = suggestion(for: name, among: (self[group]?.json.members ?? []).map(\.key))
      throw Diagnostic(
        .badOverride, "there is no \(group == "features" ? "feature" : "view") \"\(name)\" to take away", help: help,
        location: override.source.location(of: override.steps[1].range))
    }
    var copy = self
    guard case .object(var members) = content else { return self }
    for index in members.indices {
      if members[index].key == group { members[index].value = entries.removing(name) }
      if group == "features", members[index].key == "vector", case .array(let items) = members[index].value.content {
        let kept = items.filter { $0.json.stringValue?.hasPrefix(name + ".") != true }
        members[index].value.content = .array(kept)
      }
      if group == "features", members[index].key == "sequence", let of = members[index].value.member("of"),
        case .array(let items) = of.value.content
      {
        members[index].value = members[index].value.keeping("of", items: items.filter { $0.json != .string(name) })
      }
    }
    copy.content = .object(members)
    return copy
  }

  /// With other items in one of the lists of an object.
  private func keeping(_ key: String, items: [LocatedValue]) -> LocatedValue {
    guard case .object(var members) = content, let index = members.firstIndex(where: { $0.key == key }) else {
      return self
    }
    var copy = self
    members[index].value.content = .array(items)
    copy.content = .object(members)
    return copy
  }

  private func setting(
    _ override: Override, steps: ArraySlice<(name: String, range: Range<Int>)>,
    _ defaults: (String, String) -> JSONValue?
  ) throws -> LocatedValue {
    guard let step = steps.first else { return override.value }
    func failure(_ message: String) -> Diagnostic {
      Diagnostic(.badOverride, message, location: override.source.location(of: step.range))
    }
    var copy = self
    switch content {
    case .array(var items):
      guard let index = Int(step.name), items.indices.contains(index) else {
        throw failure("\"\(step.name)\" is no place in a list of \(items.count)")
      }
      items[index] = try items[index].setting(override, steps: steps.dropFirst(), defaults)
      copy.content = .array(items)
    case .object(var members):
      if let index = members.firstIndex(where: { $0.key == step.name }) {
        members[index].value = try members[index].value.setting(override, steps: steps.dropFirst(), defaults)
      } else {
        let written = copy.json["use"]?.stringValue.flatMap { steps.count > 1 ? defaults($0, step.name) : nil }
        let start = LocatedValue(json: written ?? .object([]), source: override.source, range: step.range)
        members.append(
          LocatedMember(
            key: step.name, keySource: override.source, keyRange: step.range,
            value: try start.setting(override, steps: steps.dropFirst(), defaults)))
      }
      copy.content = .object(members)
    case .scalar(.string(let name)):
      // A plugin or variant written as its bare name: open it to hold the parameter.
      let tag = name.contains(".") ? "use" : "type"
      let member = LocatedMember(key: tag, keySource: source, keyRange: range, value: self)
      copy.content = .object([member])
      return try copy.setting(override, steps: steps, defaults)
    case .scalar(.null):
      copy.content = .object([])
      return try copy.setting(override, steps: steps, defaults)
    case .scalar(let value): throw failure("\"\(step.name)\" cannot be set inside \(value.typeName)")
    }
    return copy
  }
}

extension Diagnostic.Kind {
  static let badOverride = Self("bad_override")
}
