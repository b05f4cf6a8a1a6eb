import RealModule
import TimbreCore
import TimbreReport

/// `"sweep"`: the same paths with many values.
enum Sweep {
  static let parameterType = ParameterType.variants(
    tag: "type",
    [
      VariantDescription(
        name: "grid", summary: "Every combination of the values.",
        parameters: [
          ParameterDescription(
            name: "over", type: .map(of: .list(of: .any, count: 1...10_000)), unit: nil, summary: "Values by path.",
            defaultValue: nil)
        ]),
      VariantDescription(
        name: "random", summary: "Values drawn at random, each path for itself.",
        parameters: [
          ParameterDescription(
            name: "over",
            type: .map(of: .oneOf([.list(of: .any, count: 1...10_000), range("uniform"), range("log_uniform")])),
            unit: nil,
            summary:
              "By path: a list to choose from, {\"uniform\": [a, b]} or {\"log_uniform\": [a, b]}; whole ends draw whole numbers.",
            defaultValue: nil),
          ParameterDescription(
            name: "samples", type: .int(1...Experiment.most), unit: nil, summary: "How many draws.", defaultValue: nil),
          ParameterDescription(
            name: "seed", type: .optional(.int(0...Int.max)), unit: nil,
            summary: "Seed of the draws; by default the workflow's.", defaultValue: .null),
        ]),
    ])

  private static func range(_ name: String) -> ParameterType {
    .record([
      ParameterDescription(
        name: name, type: .list(of: .number(.any), count: 2...2), unit: nil, summary: "Lowest and highest value.",
        defaultValue: nil)
    ])
  }

  static func drafts(of sweep: LocatedValue, seed: UInt64) throws -> [TrialDraft] {
    guard let over = sweep["over"], case .object(let given) = over.content else { return [TrialDraft()] }
    let members = try given.map { try Experiment.checked($0) }
    guard sweep["type"]?.json.stringValue == "random" else {
      var drafts = [TrialDraft()]
      for member in members {
        guard case .array(let values) = member.value.content else { continue }
        guard drafts.count * values.count <= Experiment.most else {
          throw Diagnostic(
            .outOfRange, "the grid has more than \(Experiment.most) points", help: "sweep over fewer values",
            location: over.location)
        }
        drafts = drafts.flatMap { draft in
          values.map { value in
            TrialDraft(
              changes: draft.changes + [.init(key: member, value: value)],
              words: draft.words + [word(member.key, value.json)])
          }
        }
      }
      return drafts
    }
    let seed = sweep["seed"]?.json.intValue.map { UInt64($0) } ?? seed
    return try (0..<(sweep["samples"]?.json.intValue ?? 1)).map { sample in
      var draft = TrialDraft()
      for member in members {
        var random = RandomSource(seed: seed, "sweep", member.key, String(sample))
        let value = try drawn(member.value, &random)
        draft.changes.append(.init(key: member, value: value))
        draft.words.append(word(member.key, value.json))
      }
      return draft
    }
  }

  private static func drawn(_ value: LocatedValue, _ random: inout RandomSource) throws -> LocatedValue {
    if case .array(let items) = value.content { return items[random.index(below: items.count)] }
    let isLog = value["log_uniform"] != nil
    let ends = (value["uniform"] ?? value["log_uniform"])?.json.arrayValue ?? []
    guard ends.count == 2, let low = ends[0].doubleValue, let high = ends[1].doubleValue, low <= high, !isLog || low > 0
    else {
      throw Diagnostic(
        .invalidParameters,
        isLog ? "a logarithmic range begins above 0 and ends no lower" : "the range ends before it begins",
        help: "write the lower value first", location: value.location)
    }
    guard (high - low).isFinite else {
      throw Diagnostic(
        .outOfRange, "the range is too wide to draw from", help: "bring its ends together", location: value.location)
    }
    let json: JSONValue
    if let first = ends[0].wholeValue, let last = ends[1].wholeValue {
      // A number of double precision may lie beyond the largest whole one.
      let number = isLog ? Double.exp(random.uniform(.log(low), .log(high))).rounded() : random.uniform(low, high + 1)
      json = .int(min(max(Int(exactly: number.rounded(.down)) ?? last, first), last))
    } else {
      let number = isLog ? .exp(random.uniform(.log(low), .log(high))) : random.uniform(low, high)
      json = .number(min(max(number, low), high))
    }
    return LocatedValue(.scalar(json), source: value.source, range: value.range)
  }

  /// "n_mfcc-13" of "features.mfcc.n_mfcc" and 13.
  private static func word(_ path: String, _ value: JSONValue) -> String {
    let last = path.split(separator: ".").last.map(String.init) ?? path
    let text: String =
      switch value {
      case .number(let number): Numbers.short(number)
      case .object, .array: String(stableHash(value.description) % 10_000)
      default: value.plain
      }
    return last + "-" + String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) ? $0 : "-" })
  }
}

extension JSONValue {
  /// A number that is written as a whole one.
  fileprivate var wholeValue: Int? { if case .int(let value) = self { value } else { nil } }
}
