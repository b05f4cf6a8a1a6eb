import TimbreCore

/// Paths in what a workflow varies, which start at its own folder like all others. What is a path shows where the change is made.
extension LocatedValue {
  func absolutePathsOfChanges(_ grammar: Grammar, folder: String) -> LocatedValue {
    let keys = ParameterType.record(grammar.keys)
    var copy = self
    guard case .object(var members) = content else { return self }
    for index in members.indices {
      switch members[index].key {
      case "variants":
        members[index].value = members[index].value.mappingMembers { variant in
          var changed = self
          return variant.value.mappingMembers { $0.absolute($0.value, within: &changed, keys, folder) }
        }
      case "sweep":
        guard let over = members[index].value.member("over") else { continue }
        members[index].value = members[index].value.mappingMembers { member in
          guard member.key == over.key else { return member.value }
          return member.value.mappingMembers { swept in
            guard case .array(let items) = swept.value.content else { return swept.value }
            var list = swept.value
            list.content = .array(
              items.map { item in
                var changed = self
                return swept.absolute(item, within: &changed, keys, folder)
              })
            return list
          }
        }
      default: continue
      }
    }
    copy.content = .object(members)
    return copy
  }

  private func mappingMembers(_ transform: (LocatedMember) -> LocatedValue) -> LocatedValue {
    guard case .object(let members) = content else { return self }
    var copy = self
    copy.content = .object(
      members.map { member in
        var member = member
        member.value = transform(member)
        return member
      })
    return copy
  }

  /// What stands at the end of a path.
  fileprivate func value(at steps: ArraySlice<String>) -> LocatedValue? {
    guard let step = steps.first else { return self }
    switch content {
    case .object: return self[step]?.value(at: steps.dropFirst())
    case .array(let items):
      return Int(step).flatMap { items.indices.contains($0) ? items[$0].value(at: steps.dropFirst()) : nil }
    case .scalar: return nil
    }
  }
}

extension LocatedMember {
  /// The value of a change with this path, once it is made in a workflow; as it is, where it cannot be made.
  fileprivate func absolute(
    _ value: LocatedValue, within workflow: inout LocatedValue, _ type: ParameterType, _ folder: String
  ) -> LocatedValue {
    guard let override = try? Override(self, value: value), let changed = try? workflow.applying(override) else {
      return value
    }
    workflow = changed
    let steps = key.split(separator: ".").map(String.init)
    return changed.absolutePaths(type: type, folder: folder).value(at: steps[...]) ?? value
  }
}
