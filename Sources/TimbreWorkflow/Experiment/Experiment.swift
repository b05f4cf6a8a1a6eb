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
      if let unnamed = members.first(where: { $0.key.isEmpty }) {
        throw Diagnostic(
          .badName, "a variant needs a name", help: "such as \"mfcc40\"",
          location: unnamed.keySource.location(of: unnamed.keyRange))
      }
      try multiply(
        try members.map { member in
          TrialDraft(variant: member.key, changes: try changes(in: member.value), words: [member.key])
        }, at: variants)
    }
    if let sweep = root["sweep"], sweep.json != .null {
      isExperiment = true
      try multiply(try Sweep.drafts(of: sweep, seed: seed), at: sweep)
    }
    if let member = root.member("repeat"), let count = member.value.json.intValue, count > 1 {
      isExperiment = true
      try multiply((0..<count).map { _ in TrialDraft() }, at: member.value)
      for index in drafts.indices { try drafts[index].takeSeed(index % count, after: seed, at: member) }
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
    var twins = TwinTrials()
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
        twins.take(name, plan, at: draft.place(in: root))
      }
    }
    if let warning = twins.warning { findings.append(warning) }
    return (trials.count == drafts.count ? trials : nil, findings)
  }

  /// The workflow's own values resolved where they make a run, and what it varies.
  static func resolved(_ root: LocatedValue, base: Plan?) -> JSONValue {
    let varied = (root.json.members ?? []).filter { keys.contains($0.key) }
    let rest = base?.resolved.members ?? (root.json.members ?? []).filter { !keys.contains($0.key) }
    return .object(rest + varied)
  }

  static func changes(in value: LocatedValue) throws -> [TrialDraft.Change] {
    guard case .object(let members) = value.content else { return [] }
    return try members.map { try TrialDraft.Change(key: checked($0), value: $0.value) }
  }

  /// A key that says what to change.
  /// - Throws: A `.badOverride` diagnostic where a change comes too late to have an effect.
  static func checked(_ member: LocatedMember) throws -> LocatedMember {
    let first = member.key.split(separator: ".").first.map(String.init) ?? ""
    guard (keys + ["extends"]).contains(first) else { return member }
    throw Diagnostic(
      .badOverride, "\"\(first)\" cannot be changed from run to run", help: "it stands at the top of a workflow only",
      location: member.keySource.location(of: member.keyRange))
  }

  /// Names fit for folders, each once.
  static func names(of drafts: [TrialDraft]) -> [String] {
    var counts: [String: Int] = [:]
    var taken: Set<String> = []
    return drafts.map { draft in
      let text = draft.words.isEmpty ? "run" : draft.words.joined(separator: ".")
      let plain = RunFolder.folderName(clip: text)
      var name: String
      repeat {
        counts[plain, default: 0] += 1
        let count = counts[plain] ?? 1
        name = count == 1 ? plain : "\(plain)-\(count)"
      } while !taken.insert(name).inserted
      return name
    }
  }
}
