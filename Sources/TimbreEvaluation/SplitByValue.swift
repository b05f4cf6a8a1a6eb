import TimbreCore

extension SideDrawing {
  private var unitName: String { options.by == .speaker ? "speaker" : "value" }

  /// A side for each clip by its speaker or column value, which goes to one side as a whole.
  func valueSides(of column: String) throws -> [Side] {
    let values = try values(of: column)
    var sides = [Side](repeating: .train, count: values.count)
    let distinct = Set(values).count
    // Named values first: what is listed for one side is not to be drawn for the other.
    for (part, side) in [(test, Side.test), (options.validation, .validation)] {
      guard case .names(let names) = part else { continue }
      try check(names, among: values, column: column)
      for index in values.indices where names.contains(values[index]) { sides[index] = side }
    }
    for (part, side) in [(test, Side.test), (options.validation, .validation)] {
      guard case .share(let share) = part, share > 0 else { continue }
      let free = values.indices.filter { sides[$0] == .train }
      let wanted = Self.count(of: share, distinct)
      for index in try draw(wanted, of: values, among: free, for: side) { sides[index] = side }
    }
    return sides
  }

  func values(of column: String) throws -> [String] {
    let found = table.items.map { $0.value(of: column) }
    if let missing = found.firstIndex(where: { $0 == nil || $0 == "" }) {
      let count = found.count { $0 == nil || $0 == "" }
      let example = table.items[missing].clip
      if options.by == .speaker {
        throw Diagnostic(
          .badSplit,
          "a split by speaker needs the speaker of every clip: \(count) of \(found.count) have none, e.g. \(example)",
          help: "tell the dataset where the speakers are, or use \"by\": \"clip\"")
      }
      if count == found.count {
        let known = columns
        throw Diagnostic(
          .badSplit, "no clip has a column \"\(column)\"",
          help: suggestion(for: column, among: known) ?? "the clips have no attributes")
      }
      throw Diagnostic(
        .badSplit, "\(count) of \(found.count) clips have no value in column \"\(column)\", e.g. \(example)",
        help: "give every clip a value, or split by another column")
    }
    return found.compactMap(\.self)
  }

  /// The columns of the clips, in the order of their first appearance.
  private var columns: [String] {
    var seen: Set<String> = []
    var names: [String] = table.items.contains { $0.speaker != nil } ? ["speaker"] : []
    for item in table.items {
      for attribute in item.attributes where seen.insert(attribute.name).inserted { names.append(attribute.name) }
    }
    return names
  }

  func check(_ names: [String], among values: [String], column: String) throws {
    let known = Set(values)
    for name in names where !known.contains(name) {
      let help = suggestion(for: name, among: known.sorted())
      let message =
        options.by == .speaker ? "unknown speaker \"\(name)\"" : "no clip has \"\(name)\" in column \"\(column)\""
      throw Diagnostic(.badSplit, message, help: help)
    }
  }

  /// Clips of about `wanted` values. Of up to 200 draws, the first that leaves every class on both sides, or the one that
  /// comes closest.
  func draw(_ wanted: Int, of values: [String], among free: [Int], for side: Side) throws -> [Int] {
    var groups = merged(values, among: free)
    // When everything hangs together the guard has more to say than "cannot be split".
    if groups.count < 2 { groups = merged(values, among: free, byAudio: false) }
    guard groups.count >= 2 else {
      let left = side == .test ? "only one" : "only one left"
      throw Diagnostic(
        .badSplit, "a split by \(options.by.rawValue) needs at least two \(unitName)s, and there is \(left)",
        help: options.by == .speaker ? "use \"by\": \"clip\", and read the result as speaker-dependent" : nil)
    }
    let sizes = groups.map { group in Set(group.map { values[$0] }).count }
    let target = min(max(wanted, 1), sizes.reduce(0, +) - 1)
    let labels = labelIndices()
    let present = Set(free.map { labels.of[$0] })
    var random = random(side == .test ? "test" : "validation")
    var best: (missing: Int, groups: [Int])?
    for _ in 0..<200 {
      var chosen: [Int] = []
      var taken = 0
      let order = random.permutation(groups.count)
      for group in order where taken + sizes[group] <= target {
        chosen.append(group)
        taken += sizes[group]
      }
      if chosen.isEmpty { chosen = [order.min { sizes[$0] < sizes[$1] } ?? 0] }
      var counts = [(inside: Int, outside: Int)](repeating: (0, 0), count: labels.count)
      for group in groups.indices {
        let isInside = chosen.contains(group)
        for index in groups[group] {
          if isInside { counts[labels.of[index]].inside += 1 } else { counts[labels.of[index]].outside += 1 }
        }
      }
      // A class lost to training weighs more than one that is not tested.
      let missing = present.reduce(0) { $0 + (counts[$1].inside == 0 ? 1 : 0) + (counts[$1].outside == 0 ? 2 : 0) }
      if missing < (best?.missing ?? .max) { best = (missing, chosen) }
      if missing == 0 { break }
    }
    return (best?.groups ?? []).flatMap { groups[$0] }
  }

  func labelIndices() -> (of: [Int], count: Int) {
    var indices: [String: Int] = [:]
    var of: [Int] = []
    for item in table.items {
      let index = indices[item.label] ?? indices.count
      indices[item.label] = index
      of.append(index)
    }
    return (of, indices.count)
  }

  /// Clips grouped by value; values that share a recording become one group.
  func merged(_ values: [String], among free: [Int], byAudio: Bool = true) -> [[Int]] {
    var parent = Array(values.indices)
    func root(_ index: Int) -> Int {
      var index = index
      while parent[index] != index {
        parent[index] = parent[parent[index]]
        index = parent[index]
      }
      return index
    }
    var firstOfValue: [String: Int] = [:]
    var firstOfHash: [RecordingID: Int] = [:]
    for index in free {
      if let first = firstOfValue[values[index]] {
        parent[root(index)] = root(first)
      } else {
        firstOfValue[values[index]] = index
      }
      guard byAudio, let hash = table.items[index].recording else { continue }
      if let first = firstOfHash[hash] { parent[root(index)] = root(first) } else { firstOfHash[hash] = index }
    }
    var groups: [[Int]] = []
    var groupOfRoot: [Int: Int] = [:]
    for index in free {
      let root = root(index)
      if let group = groupOfRoot[root] {
        groups[group].append(index)
      } else {
        groupOfRoot[root] = groups.count
        groups.append([index])
      }
    }
    // A group has values that no other has, so by them the draw does not depend on the order in which clips are listed.
    let names = groups.map { group in group.lazy.map { values[$0] }.min() ?? "" }
    return groups.indices.sorted { names[$0] < names[$1] }.map { groups[$0] }
  }
}
