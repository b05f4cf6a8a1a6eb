import TimbreCache
import TimbreCore

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

extension TrialDraft {
  /// One of several seeds, counted from the trial's own.
  ///
  /// - Parameters:
  ///   - seed: Of the workflow, for a trial that does not set another.
  ///   - member: What asks for several.
  mutating func takeSeed(_ index: Int, after seed: UInt64, at member: LocatedMember) throws {
    let own = changes.last { $0.key.key == "seed" }.map { $0.value.json.intValue ?? -1 }
    // Lint says what is wrong with a seed that is none.
    if let own, own < 0 { return }
    let (value, isBeyond) = (own ?? Int(clamping: seed)).addingReportingOverflow(index)
    guard !isBeyond else {
      throw Diagnostic(
        .outOfRange, "the seeds go beyond the largest, \(Int.max)", help: "lower \"seed\" or \"repeat\"",
        location: member.value.location)
    }
    var key = member
    key.key = "seed"
    changes.append(
      Change(
        key: key, value: LocatedValue(.scalar(.int(value)), source: member.value.source, range: member.value.range)))
    words.append("seed-\(value)")
  }

  /// Where the workflow says what it changes.
  func place(in root: LocatedValue) -> SourceLocation? {
    if let key = changes.last?.key { return key.keySource.location(of: key.keyRange) }
    return variant.map { root.location(at: [.key("variants"), .key($0)], isAboutKey: true) }
  }
}

/// Trials that come to the same, whatever their changes say: most likely a change that was meant to make a difference.
struct TwinTrials {
  private var first: [CacheKey: String] = [:]
  private var found: (first: String, second: String, place: SourceLocation?)?
  private var count = 0

  mutating func take(_ name: String, _ plan: Plan, at place: SourceLocation?) {
    let told = (plan.resolved.members ?? []).filter { !["title", "description"].contains($0.key) }
    let hash = fingerprint(Array(JSONValue.object(told).description.utf8))
    let key = CacheKey(high: hash.high, low: hash.low)
    guard let other = first[key] else {
      first[key] = name
      return
    }
    count += 1
    if found == nil { found = (other, name, place) }
  }

  var warning: Diagnostic? {
    guard let found else { return nil }
    let more = count > 1 ? "; so are \(count - 1) others of some" : ""
    return Diagnostic(
      .twin, "the trial \"\(found.second)\" is the same as \"\(found.first)\": its changes make no difference\(more)",
      help: "change something else, or leave it out", severity: .warning, location: found.place)
  }
}

extension Diagnostic.Kind {
  static let twin = Self("same_trial")
}
