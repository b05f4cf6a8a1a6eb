import TimbreCore

/// A JSON value that knows where it was written.
public struct LocatedValue: Sendable {
  public enum Content: Sendable {
    case scalar(JSONValue)
    case array([LocatedValue])
    case object([LocatedMember])
  }

  public var content: Content
  public var source: SourceText
  public var range: Range<Int>

  public init(_ content: Content, source: SourceText, range: Range<Int>) {
    self.content = content
    self.source = source
    self.range = range
  }
}

/// A key with its value.
public struct LocatedMember: Sendable {
  public var key: String
  public var keySource: SourceText
  public var keyRange: Range<Int>
  public var value: LocatedValue
}

extension LocatedValue {
  /// The value alone.
  public var json: JSONValue {
    switch content {
    case .scalar(let value): value
    case .array(let items): .array(items.map(\.json))
    case .object(let members): .object(members.map { JSONValue.Member($0.key, $0.value.json) })
    }
  }

  public var location: SourceLocation {
    // An object or list spans many lines; its opening bracket is what an editor should show.
    switch content {
    case .scalar: source.location(of: range)
    default: source.location(of: range.lowerBound..<min(range.upperBound, range.lowerBound + 1))
    }
  }

  public subscript(key: String) -> LocatedValue? { member(key)?.value }

  func member(_ key: String) -> LocatedMember? {
    guard case .object(let members) = content else { return nil }
    return members.first { $0.key == key }
  }

  /// Where a path leads, or the last place on it that exists.
  ///
  /// - Parameter isAboutKey: Whether the key at its end is meant rather than the value.
  public func location(at path: some Collection<ValueFinding.Step>, isAboutKey: Bool = false) -> SourceLocation {
    guard let step = path.first else { return location }
    let rest = path.dropFirst()
    switch (step, content) {
    case (.key(let key), .object(let members)):
      guard let member = members.first(where: { $0.key == key }) else { return location }
      if rest.isEmpty, isAboutKey { return member.keySource.location(of: member.keyRange) }
      return member.value.location(at: rest, isAboutKey: isAboutKey)
    case (.index(let index), .array(let items)) where items.indices.contains(index):
      return items[index].location(at: rest, isAboutKey: isAboutKey)
    default: return location
    }
  }

  /// Every string in the tree, replaced by what `transform` makes of it.
  func mappingStrings(
    at path: [ValueFinding.Step] = [], _ transform: (String, LocatedValue, [ValueFinding.Step]) -> String
  ) -> LocatedValue {
    var copy = self
    switch content {
    case .scalar(.string(let text)): copy.content = .scalar(.string(transform(text, self, path)))
    case .scalar: break
    case .array(let items):
      copy.content = .array(items.enumerated().map { $1.mappingStrings(at: path + [.index($0)], transform) })
    case .object(let members):
      copy.content = .object(
        members.map { member in
          var member = member
          member.value = member.value.mappingStrings(at: path + [.key(member.key)], transform)
          return member
        })
    }
    return copy
  }
}
