import Foundation
import TimbreCore

/// `"extends": "base.json"`: a workflow that is another one with changes.
///
/// Objects are merged key by key, everything else is replaced; a node that uses another plugin replaces the whole node. `null` in
/// `features`, `views` or `variants` takes the base's entry away.
enum Inheritance {
  /// How many files may extend one another.
  static let deepest = 16

  /// The workflow merged with what it extends, without the key.
  ///
  /// - Parameters:
  ///   - folder: Where relative paths start, absolute.
  ///   - duplicates: Receives what the parser found in the bases.
  static func resolve(
    _ root: LocatedValue, folder: String, grammar: Grammar, duplicates: inout [Diagnostic],
    read: (String) throws -> SourceText
  ) throws -> LocatedValue {
    try resolve(root, folder: folder, grammar: grammar, duplicates: &duplicates, read: read, chain: [])
  }

  private static func resolve(
    _ root: LocatedValue, folder: String, grammar: Grammar, duplicates: inout [Diagnostic],
    read: (String) throws -> SourceText, chain: [String]
  ) throws -> LocatedValue {
    guard let member = root.member("extends") else { return root }
    let own = root.removing("extends")
    func failure(_ message: String, help: String? = nil) -> Diagnostic {
      Diagnostic(.badReference, message, help: help, location: member.value.location)
    }
    if member.value.json == .null { return own }
    guard let name = member.value.json.stringValue, !name.isEmpty else {
      throw Diagnostic(
        .wrongType, "expected a path, found \(member.value.json.typeName)",
        help: "\"extends\": \"base.json\" names a workflow beside this one", location: member.value.location)
    }
    let path = URL(fileURLWithPath: name.hasPrefix("/") ? name : folder + "/" + name).standardizedFileURL.path
    if chain.contains(path) { throw failure("\(name) extends itself") }
    guard chain.count < deepest else { throw failure("more than \(deepest) workflows extend one another") }
    let source: SourceText
    do {
      source = try read(path)
    } catch let diagnostic as Diagnostic {
      throw failure("\(name): \(diagnostic.message)", help: diagnostic.help)
    }
    let parsed = try JSONParser.parse(source)
    duplicates += parsed.duplicates
    guard parsed.value.json.members != nil else { throw failure("\(name) is no workflow") }
    let baseFolder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var base = try resolve(
      parsed.value, folder: baseFolder, grammar: grammar, duplicates: &duplicates, read: read, chain: chain + [path])
    if baseFolder != folder {
      base = base.absolutePathsOfChanges(grammar, folder: baseFolder)
        .absolutePaths(type: .record(grammar.keys), folder: baseFolder)
    }
    return base.merged(with: own, at: [])
  }
}

extension LocatedValue {
  func removing(_ key: String) -> LocatedValue {
    guard case .object(let members) = content else { return self }
    var copy = self
    copy.content = .object(members.filter { $0.key != key })
    return copy
  }

  /// `self` with everything that `other` says.
  fileprivate func merged(with other: LocatedValue, at path: [String]) -> LocatedValue {
    guard case .object(var members) = content, case .object(let others) = other.content else { return other }
    for tag in ["use", "type"] {
      // Parameters of one plugin mean nothing to another.
      if let name = other[tag]?.json, name != self[tag]?.json { return other }
    }
    for member in others {
      let index = members.firstIndex { $0.key == member.key }
      if member.value.json == .null, path.count == 1, ["features", "views", "variants"].contains(path[0]) {
        if let index { members.remove(at: index) }
      } else if let index {
        let value = members[index].value.merged(with: member.value, at: path + [member.key])
        members[index] = member
        members[index].value = value
      } else {
        members.append(member)
      }
    }
    var copy = other
    copy.content = .object(members)
    return copy
  }

  /// A path that begins with a variable is absolute or not by what this is; its default starts at the folder where it is written.
  private static func absolute(_ path: String, folder: String) -> String {
    if path.isEmpty || path.hasPrefix("/") { return path }
    guard path.hasPrefix("${") else { return folder + "/" + path }
    guard let close = path.firstIndex(of: "}"), let dash = path.firstRange(of: ":-"), dash.upperBound < close,
      path[dash.upperBound] != "/"
    else { return path }
    return path[..<dash.upperBound] + folder + "/" + path[dash.upperBound...]
  }

  /// Relative paths joined to `folder`, wherever the type says that a string is a path.
  func absolutePaths(type: ParameterType, folder: String) -> LocatedValue {
    var copy = self
    switch (type, content) {
    case (.path, .scalar(.string(let path))):
      copy.content = .scalar(.string(Self.absolute(path, folder: folder)))
    case (.oneOf(let types), _):
      if let fitting = types.first(where: { $0.findings(in: json).isEmpty }) {
        return absolutePaths(type: fitting, folder: folder)
      }
    case (.record(let parameters), .object(let members)):
      copy.content = .object(
        members.map { member in
          var member = member
          if let type = parameters.first(where: { $0.name == member.key })?.type {
            member.value = member.value.absolutePaths(type: type, folder: folder)
          }
          return member
        })
    case (.map(let element), .object(let members)):
      copy.content = .object(
        members.map { member in
          var member = member
          member.value = member.value.absolutePaths(type: element, folder: folder)
          return member
        })
    case (.list(let element, _), .array(let items)):
      copy.content = .array(items.map { $0.absolutePaths(type: element, folder: folder) })
    case (.variants(let tag, let variants), .object):
      if let name = self[tag]?.json.stringValue, let variant = variants.first(where: { $0.name == name }) {
        return absolutePaths(type: .record(variant.parameters), folder: folder)
      }
    default: break
    }
    return copy
  }
}
