import TimbreCore

extension SplitOptions {
  /// Divides the rows of `table`.
  ///
  /// - Parameter workflowSeed: Used unless the options have a seed of their own.
  /// - Throws: A `.badSplit` diagnostic when a side or a class on a side would be empty, or when speakers or column
  ///   values that were asked for do not exist. It does not throw for a leak: see `LeakReport`.
  public func split(_ table: SplitTable, workflowSeed: UInt64) throws -> Split {
    let drawing = try drawing(table, workflowSeed)
    let split: Split
    switch by {
    case .row: split = drawing.split(rowSides: try drawing.rowSides())
    case .clip: split = drawing.split(clipSides: try drawing.clipSides())
    case .speaker: split = drawing.split(clipSides: try drawing.valueSides(of: "speaker"))
    case .column: split = drawing.split(clipSides: try drawing.valueSides(of: column ?? ""))
    }
    try drawing.checkSides(of: split)
    return split
  }

  /// One split, or one for each fold with its name: its number, or who is left out.
  public func splits(_ table: SplitTable, workflowSeed: UInt64) throws -> [(name: String, split: Split)] {
    guard let folds else { return [("", try split(table, workflowSeed: workflowSeed))] }
    return try drawing(table, workflowSeed).folds(folds)
  }

  private func drawing(_ table: SplitTable, _ workflowSeed: UInt64) throws -> SideDrawing {
    let options = filled
    if let finding = options.findings(views: table.views).first(where: { $0.kind != .leak }) {
      throw Diagnostic(.badSplit, finding.message, help: finding.help)
    }
    guard !table.items.isEmpty else { throw Diagnostic(.badSplit, "there is no clip to split") }
    return SideDrawing(options: options, seed: seed.map { UInt64($0) } ?? workflowSeed, table: table)
  }

  /// Splits and checks a list of clips before any audio is read, so that what is wrong with it shows early.
  /// What depends on the audio (identical recordings, clips that fail) is not known yet.
  @discardableResult
  public func preview(
    _ items: [SplitItem], views: [String], workflowSeed: UInt64
  ) throws -> [(name: String, split: Split, leaks: LeakReport)] {
    let table = SplitTable(items: items, views: views)
    return try splits(table, workflowSeed: workflowSeed).map { name, split in
      (name, split, try checkSplit(split, of: table, allowLeak: allowLeak))
    }
  }
}

enum Side { case train, validation, test, unused }

/// One split in the making.
struct SideDrawing {
  let options: SplitOptions
  let seed: UInt64
  let table: SplitTable
  /// The fold that is drawn for; nil where there is one split.
  var fold: String?

  var test: SplitPart { options.test ?? .share(0.2) }
  var testViews: TestViews { options.testViews ?? .original }

  func random(_ purpose: String) -> RandomSource {
    fold.map { RandomSource(seed: seed, "split", purpose, $0) } ?? RandomSource(seed: seed, "split", purpose)
  }

  /// All views of training clips train; of the others only the test views are used.
  func split(clipSides: [Side]) -> Split {
    split(rowSides: table.rows.map { clipSides[$0.item] })
  }

  func split(rowSides: [Side]) -> Split {
    let isTested = table.views.map(testViews.includes)
    var split = Split(train: [], test: [])
    for (row, side) in rowSides.enumerated() {
      switch side {
      case .train: split.train.append(row)
      case .validation where isTested[table.rows[row].view]: split.validation.append(row)
      case .test where isTested[table.rows[row].view]: split.test.append(row)
      default: split.unused.append(row)
      }
    }
    return split
  }

  /// The number of units that a share comes to: rounded up, as scikit-learn does.
  static func count(of share: Double, _ total: Int) -> Int {
    Int((share * Double(total)).rounded(.up))
  }

  func share(_ part: SplitPart) throws -> Double {
    if case .share(let share) = part { return share }
    throw Diagnostic(.badSplit, "a split by \(options.by.rawValue) takes a share, not a list")
  }
}
