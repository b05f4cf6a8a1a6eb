import TimbreCore

extension SideDrawing {
  /// What the folds divide: clips or rows that go to one side together.
  private struct Unit {
    /// Indices of clips, or of rows where these are divided.
    var members: [Int]
    var name: String
  }

  /// One split for each fold: its units are tested, validation is drawn from the others, the rest trains.
  ///
  /// Units are dealt so that every class is spread evenly, the largest first, as scikit-learn's StratifiedGroupKFold deals groups.
  func folds(_ folds: Folds) throws -> [(name: String, split: Split)] {
    let units = try units()
    let foldOfUnit: [Int]
    let names: [String]
    switch folds {
    case .leaveOneOut:
      foldOfUnit = Array(units.indices)
      names = units.map(\.name)
    case .count(let count):
      guard count <= units.count else {
        throw Diagnostic(
          .badSplit, "\(count) folds need as many \(unitsName), and there are \(units.count)", help: "use fewer folds")
      }
      foldOfUnit = dealt(units, among: count)
      names = (1...count).map(String.init)
    }
    guard names.count > 1 else {
      throw Diagnostic(
        .badSplit, "folds need at least two \(unitsName), and there is \(units.count == 1 ? "one" : "none")")
    }
    return try names.indices.map { fold in
      var drawing = self
      drawing.fold = names[fold]
      let tested = units.indices.filter { foldOfUnit[$0] == fold }.flatMap { units[$0].members }
      var sides = [Side](repeating: .train, count: options.by == .row ? table.rows.count : table.items.count)
      for member in tested { sides[member] = .test }
      try drawing.drawValidation(&sides)
      let split = options.by == .row ? split(rowSides: sides) : split(clipSides: sides)
      do {
        try checkSides(of: split, isFold: true)
      } catch var diagnostic as Diagnostic {
        diagnostic.message = "fold \(names[fold]): \(diagnostic.message)"
        throw diagnostic
      }
      return (names[fold], split)
    }
  }

  private func units() throws -> [Unit] {
    switch options.by {
    case .speaker, .column:
      let values = try values(of: options.by == .speaker ? "speaker" : options.column ?? "")
      return merged(values, among: Array(values.indices)).map { group in
        Unit(members: group, name: Set(group.map { values[$0] }).sorted().joined(separator: "+"))
      }
    case .clip:
      return drawnUnits(byClip: true).map { Unit(members: $0, name: table.items[$0[0]].clip) }
    case .row:
      return drawnUnits(byClip: false).map { members in
        let row = table.rows[members[0]]
        return Unit(members: members, name: "\(table.items[row.item].clip) \(table.views[row.view])")
      }
    }
  }

  /// The fold of each unit.
  private func dealt(_ units: [Unit], among count: Int) -> [Int] {
    let labels = options.stratify ? labelIndices() : (of: [Int](repeating: 0, count: table.items.count), count: 1)
    let counts = units.map { unit in
      var counts = [Int](repeating: 0, count: labels.count)
      for member in unit.members { counts[labels.of[options.by == .row ? table.rows[member].item : member]] += 1 }
      return counts
    }
    let totals = (0..<labels.count).map { label in Double(max(1, counts.reduce(0) { $0 + $1[label] })) }
    var random = random("folds")
    let order = random.permutation(units.count).sorted { units[$0].members.count > units[$1].members.count }
    var shares = [[Double]](repeating: [Double](repeating: 0, count: labels.count), count: count)
    var sizes = [Int](repeating: 0, count: count)
    var foldOfUnit = [Int](repeating: 0, count: units.count)
    for unit in order {
      let added = zip(counts[unit], totals).map { Double($0) / $1 }
      // The sum of squared shares is least where classes are spread most evenly.
      func unevenness(_ fold: Int) -> Double {
        zip(shares[fold], added).reduce(0) { $0 + $1.1 * (2 * $1.0 + $1.1) }
      }
      var best = 0
      var least = unevenness(0)
      for fold in 1..<count {
        let value = unevenness(fold)
        if value < least - 1e-12 || (value < least + 1e-12 && sizes[fold] < sizes[best]) {
          (best, least) = (fold, value)
        }
      }
      foldOfUnit[unit] = best
      for label in added.indices { shares[best][label] += added[label] }
      sizes[best] += units[unit].members.count
    }
    return foldOfUnit
  }

  private func drawValidation(_ sides: inout [Side]) throws {
    switch options.validation {
    case .share(let share) where share <= 0: return
    case .share(let share):
      if options.by == .speaker || options.by == .column {
        let values = try values(of: options.by == .speaker ? "speaker" : options.column ?? "")
        let free = values.indices.filter { sides[$0] == .train }
        let wanted = Self.count(of: share, Set(values).count)
        for index in try draw(wanted, of: values, among: free, for: .validation) { sides[index] = .validation }
      } else {
        drawValidation(share, &sides)
      }
    case .names(let names):
      let column = options.by == .speaker ? "speaker" : options.column ?? ""
      let values = try values(of: column)
      try check(names, among: values, column: column)
      // What a fold tests is not looked at while it trains.
      for index in values.indices where sides[index] == .train && names.contains(values[index]) {
        sides[index] = .validation
      }
    }
  }
}
