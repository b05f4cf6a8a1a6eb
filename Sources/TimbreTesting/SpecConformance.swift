import TimbreCore

/// Failures of a plugin's declaration alone: its id, its sentences, its parameters and their defaults.
public func specFailures<P: Plugin>(of plugin: P.Type) -> [ConformanceFailure] {
  let description = P.spec.description
  var log = FailureLog(description.id)
  log.check(description.kind != nil, "id", "must start with dataset, feature, augment or classifier and a full stop")
  log.check(isSnakeCase(description.name), "id", "\"\(description.name)\" is not lower snake case")
  log.check(isSentence(description.summary), "summary", "\"\(description.summary)\" is not a sentence with a full stop")
  log.check(description.version >= 1, "version", "\(description.version) is below 1")
  checkParameters(description.parameters, at: "", &log)

  // Defaults written out must read back as themselves, or a resolved workflow would not run.
  let defaults = P.spec.members(of: P.Config())
  let required = Set(description.parameters.filter(\.isRequired).map(\.name))
  let findings = description.findings(in: defaults.filter { !required.contains($0.key) })
  for finding in findings where finding.kind != .missingKey { log.add("defaults", finding.diagnostic.description) }
  if required.isEmpty, let config = log.attempt("defaults", { try P.spec.config(from: defaults) }) {
    log.check(P.spec.members(of: config) == defaults, "defaults", "do not read back as they were written")
    _ = log.attempt("defaults") { try P(config) }
  }
  return log.failures
}

private func checkParameters(_ parameters: [ParameterDescription], at path: String, _ log: inout FailureLog) {
  var seen: Set<String> = []
  for parameter in parameters {
    let name = path + parameter.name
    // A published symbol, such as the C of support vector machines, keeps its capital.
    let isSymbol = parameter.name.count == 1 && parameter.name.allSatisfy(\.isUppercase)
    log.check(isSnakeCase(parameter.name) || isSymbol, name, "is not lower snake case")
    log.check(seen.insert(parameter.name).inserted, name, "is declared twice")
    log.check(isSentence(parameter.summary), name, "\"\(parameter.summary)\" is not a sentence with a full stop")
    for finding in parameter.defaultValue.map({ parameter.type.findings(in: $0) }) ?? [] {
      log.add(name, "its default is wrong: \(finding.diagnostic)")
    }
    checkInside(parameter.type, at: name + ".", &log)
  }
}

/// The parameters of records and variants inside a type are documented as well.
private func checkInside(_ type: ParameterType, at path: String, _ log: inout FailureLog) {
  switch type {
  case .record(let parameters): checkParameters(parameters, at: path, &log)
  case .oneOf(let types): for type in types { checkInside(type, at: path, &log) }
  case .list(let element, _), .map(let element): checkInside(element, at: path, &log)
  case .variants(_, let variants):
    for variant in variants {
      log.check(
        isSentence(variant.summary), path + variant.name, "\"\(variant.summary)\" is not a sentence with a full stop")
      checkParameters(variant.parameters, at: path + variant.name + ".", &log)
    }
  default: break
  }
}

func isSnakeCase(_ name: String) -> Bool {
  let scalars = name.unicodeScalars
  return scalars.first.map { ("a"..."z").contains($0) } == true
    && scalars.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_" }
}

private func isSentence(_ text: String) -> Bool { text.count > 5 && text.hasSuffix(".") }

/// One value of one parameter at or beyond a limit of its type.
struct LimitCase {
  let member: JSONValue.Member
  /// Whether the type must reject it.
  let isBeyond: Bool
  var situation: String { "\(member.key) = \(member.value)" }

  /// Each numeric parameter at its limits and just beyond, each choice in turn and a wrong one.
  static func all(of parameters: [ParameterDescription]) -> [LimitCase] {
    parameters.flatMap { parameter in
      values(of: parameter.type).map { LimitCase(member: .init(parameter.name, $0.value), isBeyond: $0.isBeyond) }
    }
  }

  private static func values(of type: ParameterType) -> [(value: JSONValue, isBeyond: Bool)] {
    switch type {
    case .int(let range):
      var values: [(JSONValue, Bool)] = []
      if range.lowerBound > .min { values += [(.int(range.lowerBound), false), (.int(range.lowerBound - 1), true)] }
      if range.upperBound < .max { values += [(.int(range.upperBound), false), (.int(range.upperBound + 1), true)] }
      return values
    case .number(let range):
      var values: [(JSONValue, Bool)] = []
      if let lower = range.lower {
        values.append((.number(range.excludesLower ? lower.nextUp : lower), false))
        values.append((.number(range.excludesLower ? lower : lower.nextDown), true))
      }
      if let upper = range.upper {
        values.append((.number(range.excludesUpper ? upper.nextDown : upper), false))
        values.append((.number(range.excludesUpper ? upper : upper.nextUp), true))
      }
      return values
    case .bool: return [(true, false), (false, false)]
    case .choice(let names, _): return names.map { (.string($0), false) } + [("no such choice", true)]
    case .oneOf(let types):
      // What one alternative rejects another may accept, so only the valid values are certain.
      let rest = types.filter { $0 != .null }
      if rest.count == 1 { return values(of: rest[0]) + (types.count > 1 ? [(.null, false)] : []) }
      return types.flatMap { values(of: $0).filter { !$0.isBeyond } }
    default: return []
    }
  }
}

/// Tries each limit: beyond it there is a finding about the range or the choice; at it the plugin is made or explains itself.
func limitFailures<P: Plugin>(
  of plugin: P.Type, members: [JSONValue.Member], use: (P, _ situation: String, inout FailureLog) -> Void
) -> [ConformanceFailure] {
  var log = FailureLog(P.spec.description.id)
  for limit in LimitCase.all(of: P.spec.description.parameters) {
    let changed = members.filter { $0.key != limit.member.key } + [limit.member]
    let findings = P.spec.description.findings(in: changed)
    if limit.isBeyond {
      let isFound = findings.contains { $0.kind == .outOfRange || $0.kind == .unknownChoice }
      log.check(isFound, limit.situation, "is accepted, though it is beyond the limit")
    } else if let finding = findings.first {
      log.add(limit.situation, "is within the limits, but: \(finding.diagnostic)")
    } else if let made = log.attempt(
      limit.situation, mayRefuse: true, { try P(P.spec.config(from: changed)) })
    {
      use(made, limit.situation, &log)
    }
  }
  return log.failures
}
