import TimbreCore

/// What is drawn as a whole: a recording under all its names, or a row.
private struct DrawnUnit {
  /// Index of a clip or row.
  var first: Int
  /// Those that go with it; mostly none, and then they take no memory.
  var others: [Int] = []
  /// Index of its class; 0 where classes do not matter.
  var stratum: Int

  var count: Int { 1 + others.count }
  var members: [Int] { [first] + others }
}

extension SideDrawing {
  /// A side for each clip; clips with the same audio stay together.
  func clipSides() throws -> [Side] { try sides(of: units(byClip: true), total: table.items.count) }

  /// A side for each row, whatever clip it belongs to: a leak unless there is one view.
  func rowSides() throws -> [Side] { try sides(of: units(byClip: false), total: table.rows.count) }

  /// Clips that go to one side together, or rows.
  func drawnUnits(byClip: Bool) -> [[Int]] { units(byClip: byClip).map(\.members) }

  private func units(byClip: Bool) -> [DrawnUnit] {
    let strata = stratumOfItem()
    guard byClip else {
      return table.rows.indices.map { DrawnUnit(first: $0, stratum: strata[table.rows[$0].item]) }
    }
    var unitOfHash: [RecordingID: Int] = [:]
    var units: [DrawnUnit] = []
    for (index, item) in table.items.enumerated() {
      if let hash = item.recording, let unit = unitOfHash[hash] {
        units[unit].others.append(index)
        continue
      }
      if let hash = item.recording { unitOfHash[hash] = units.count }
      units.append(DrawnUnit(first: index, stratum: strata[index]))
    }
    return units
  }

  /// Draws the validation side of a fold from what trains.
  func drawValidation(_ share: Double, _ sides: inout [Side]) {
    let others = units(byClip: options.by == .clip).filter { sides[$0.first] == .train }
    var random = random("validation")
    for unit in Self.draw(Self.count(of: share, sides.count), from: others, &random) {
      for member in others[unit].members { sides[member] = .validation }
    }
  }

  private func stratumOfItem() -> [Int] {
    guard options.stratify else { return [Int](repeating: 0, count: table.items.count) }
    var indices: [String: Int] = [:]
    return table.items.map { item in
      let next = indices.count
      return indices[item.label, default: next].also { indices[item.label] = $0 }
    }
  }

  private func sides(of units: [DrawnUnit], total: Int) throws -> [Side] {
    var sides = [Side](repeating: .train, count: total)
    var random = random("test")
    let testShare = try share(test)
    let validationShare = try share(options.validation)
    let tested = Self.draw(Self.count(of: testShare, total), from: units, &random)
    for unit in tested { for member in units[unit].members { sides[member] = .test } }
    if validationShare > 0 {
      let others = units.indices.filter { sides[units[$0].first] == .train }.map { units[$0] }
      random = self.random("validation")
      for unit in Self.draw(Self.count(of: validationShare, total), from: others, &random) {
        for member in others[unit].members { sides[member] = .validation }
      }
    }
    return sides
  }

  /// Draws units until they hold `wanted` members, each class in proportion, to the nearest member that whole units allow.
  /// A class with two units or more gets at least one on either side.
  private static func draw(_ wanted: Int, from units: [DrawnUnit], _ random: inout RandomSource) -> [Int] {
    let strataCount = (units.map(\.stratum).max() ?? -1) + 1
    var unitsOf = [[Int]](repeating: [], count: strataCount)
    var sizes = [Int](repeating: 0, count: strataCount)
    for unit in random.permutation(units.count) {
      unitsOf[units[unit].stratum].append(unit)
      sizes[units[unit].stratum] += units[unit].count
    }
    var drawn: [Int] = []
    for (stratum, target) in apportion(wanted, sizes, &random).enumerated() where unitsOf[stratum].count > 1 {
      let target = min(max(target, 1), sizes[stratum] - 1)
      var taken = 0
      let before = drawn.count
      for unit in unitsOf[stratum] where taken + units[unit].count <= target {
        drawn.append(unit)
        taken += units[unit].count
      }
      if drawn.count == before,
        let least = unitsOf[stratum].min(by: { units[$0].count < units[$1].count })
      {
        drawn.append(least)
      }
    }
    return drawn
  }

  /// `wanted` divided in proportion to `sizes`: whole parts first, then by the largest remainder, ties at random.
  private static func apportion(_ wanted: Int, _ sizes: [Int], _ random: inout RandomSource) -> [Int] {
    let total = max(sizes.reduce(0, +), 1)
    var parts = sizes.map { $0 * wanted / total }
    let remainders = sizes.map { $0 * wanted % total }
    let order = random.permutation(sizes.count).sorted { remainders[$0] > remainders[$1] }
    for stratum in order.prefix(max(wanted - parts.reduce(0, +), 0)) { parts[stratum] += 1 }
    return parts
  }
}

extension Int {
  fileprivate func also(_ use: (Int) -> Void) -> Int {
    use(self)
    return self
  }
}
