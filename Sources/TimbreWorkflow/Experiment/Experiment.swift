import RealModule
import TimbreCore
import TimbreReport

/// Several runs from one workflow file: its variants × its sweep × its repetitions.
public struct Experiment: Sendable {
  public var title: String
  /// In the order of variants, then of the sweep, then of seeds.
  public var trials: [Trial]
  /// The file with every default written out, and what it varies.
  public var resolved: JSONValue

  /// One of the runs.
  public struct Trial: Sendable {
    /// Unique, and fit for a folder.
    public var name: String
    public var variant: String?
    /// Paths and their values, in the order in which they are applied.
    public var changes: [JSONValue.Member]
    public var plan: Plan
  }

  /// More would be a slip of the pen.
  static let most = 10_000
  /// The keys of a workflow that make it an experiment.
  package static let keys = ["variants", "sweep", "repeat"]
}

/// What a trial changes, before it is linted.
struct TrialDraft {
  struct Change {
    /// Where the path is written.
    var key: LocatedMember
    var value: LocatedValue
  }

  var variant: String?
  var changes: [Change] = []
  /// Words that tell it from the others.
  var words: [String] = []
}

extension Experiment {
  /// What each trial of a workflow changes; empty where the workflow is a single run.
  ///
  /// - Parameter root: Its form already checked, variables replaced.
  static func drafts(of root: LocatedValue, seed: UInt64) throws -> [TrialDraft] {
    var drafts = [TrialDraft()]
    func multiply(_ next: [TrialDraft], at value: LocatedValue) throws {
      guard drafts.count * next.count <= most else {
        throw Diagnostic(
          .outOfRange, "this makes \(drafts.count * next.count) runs; at most \(most) are carried out",
          help: "vary less at a time", location: value.location)
      }
      drafts = drafts.flatMap { draft in
        next.map { other in
          TrialDraft(
            variant: other.variant ?? draft.variant, changes: draft.changes + other.changes,
            words: draft.words + other.words)
        }
      }
    }
    var isExperiment = false
    if let variants = root["variants"], case .object(let members) = variants.content, !members.isEmpty {
      isExperiment = true
      try multiply(
        members.map { member in
          TrialDraft(variant: member.key, changes: changes(in: member.value), words: [member.key])
        }, at: variants)
    }
    if let sweep = root["sweep"], sweep.json != .null {
      isExperiment = true
      try multiply(try Sweep.drafts(of: sweep, seed: seed), at: sweep)
    }
    if let member = root.member("repeat"), let count = member.value.json.intValue, count > 1 {
      isExperiment = true
      try multiply(
        (0..<count).map { index in
          let value = Int(seed) + index
          var key = member
          key.key = "seed"
          let located = LocatedValue(.scalar(.int(value)), source: member.value.source, range: member.value.range)
          return TrialDraft(changes: [.init(key: key, value: located)], words: ["seed-\(value)"])
        }, at: member.value)
    }
    return isExperiment ? drafts : []
  }

  /// The trials of a workflow, each linted, with what lint found in all of them, each thing once. Where the workflow is a single
  /// run, `trials` is nil and the findings are the run's own.
  static func trials(
    of root: LocatedValue, _ single: LocatedValue, base: (plan: Plan?, findings: [Diagnostic]), registry: Registry,
    grammar: Grammar, _ linted: (LocatedValue) -> (plan: Plan?, findings: [Diagnostic])
  ) throws -> (trials: [Trial]?, findings: [Diagnostic]) {
    let formal = grammar.keys.filter { keys.contains($0.name) }
      .findings(in: (root.json.members ?? []).filter { keys.contains($0.key) }, owner: "the workflow")
    if !formal.isEmpty {
      let found = formal.map { finding in
        Diagnostic(
          finding.kind, finding.message, help: finding.help,
          location: root.location(at: finding.path, isAboutKey: finding.isAboutKey))
      }
      return (nil, base.findings + found)
    }
    let drafts = try drafts(of: root, seed: UInt64(max(0, root["seed"]?.json.intValue ?? 0)))
    if drafts.isEmpty { return (nil, base.findings) }
    var trials: [Trial] = []
    var findings: [Diagnostic] = []
    var seen: Set<String> = []
    for (draft, name) in zip(drafts, names(of: drafts)) {
      let changed = try draft.changes.reduce(single) { value, change in
        try value.applying(Override(change.key, value: change.value)) {
          registry.defaultValue(of: $1, in: $0, forSequences: value.hasSequences)
        }
      }
      let result = linted(changed)
      for finding in result.findings where seen.insert("\(finding)").inserted { findings.append(finding) }
      if let plan = result.plan {
        let changes = draft.changes.map { JSONValue.Member($0.key.key, $0.value.json) }
        trials.append(Trial(name: name, variant: draft.variant, changes: changes, plan: plan))
      }
    }
    return (trials.count == drafts.count ? trials : nil, findings)
  }

  /// The workflow's own values resolved where they make a run, and what it varies.
  static func resolved(_ root: LocatedValue, base: Plan?) -> JSONValue {
    let varied = (root.json.members ?? []).filter { keys.contains($0.key) }
    let rest = base?.resolved.members ?? (root.json.members ?? []).filter { !keys.contains($0.key) }
    return .object(rest + varied)
  }

  static func changes(in value: LocatedValue) -> [TrialDraft.Change] {
    guard case .object(let members) = value.content else { return [] }
    return members.map { TrialDraft.Change(key: $0, value: $0.value) }
  }

  /// Names fit for folders, each once.
  static func names(of drafts: [TrialDraft]) -> [String] {
    var taken: [String: Int] = [:]
    return drafts.map { draft in
      let text = draft.words.isEmpty ? "run" : draft.words.joined(separator: ".")
      let name = RunFolder.folderName(clip: text)
      taken[name, default: 0] += 1
      let count = taken[name] ?? 1
      return count == 1 ? name : "\(name)-\(count)"
    }
  }
}

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
    guard let over = sweep["over"], case .object(let members) = over.content else { return [TrialDraft()] }
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
    var number = isLog ? .exp(random.uniform(.log(low), .log(high))) : random.uniform(low, high)
    let isWhole = ends.allSatisfy { if case .int = $0 { true } else { false } }
    if isWhole { number = isLog ? number.rounded() : random.uniform(low, high + 1).rounded(.down) }
    let json: JSONValue = isWhole ? .int(Int(min(max(number, low), high))) : .number(min(max(number, low), high))
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
