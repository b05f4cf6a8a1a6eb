import TimbreCore

extension SideDrawing {
  /// - Throws: `.badSplit` when training, test or a validation side that was asked for has no row, or training or test
  ///   lack a class.
  ///
  /// - Parameter isFold: A fold may lack classes in its test: all folds together have them.
  func checkSides(of split: Split, isFold: Bool = false) throws {
    if split.test.isEmpty {
      throw Diagnostic(.badSplit, "the test side is empty", help: "raise \"test\", or check \"test_views\"")
    }
    if split.train.isEmpty {
      throw Diagnostic(
        .badSplit, "the training side is empty", help: "leave more \(unitsName) out of \"test\" and \"validation\"")
    }
    if options.validation != .share(0), split.validation.isEmpty {
      throw Diagnostic(.badSplit, "the validation side is empty", help: "raise \"validation\", or check \"test_views\"")
    }
    let trained = labels(of: split.train)
    let tested = labels(of: split.test)
    for label in Set(table.items.map(\.label)).sorted() {
      if !trained.contains(label) { throw missing(label, from: "training") }
      if !isFold, !tested.contains(label) { throw missing(label, from: "test") }
    }
  }

  var unitsName: String {
    switch options.by {
    case .speaker: "speakers"
    case .clip: "clips"
    case .column: "values"
    case .row: "rows"
    }
  }

  private func labels(of rows: [Int]) -> Set<String> { Set(rows.map { table.items[table.rows[$0].item].label }) }

  private func missing(_ label: String, from side: String) -> Diagnostic {
    let items = table.items.filter { $0.label == label }
    let message = "class \"\(label)\" has no row on the \(side) side"
    if let only = items.first, items.count == 1 {
      return Diagnostic(
        .badSplit, "\(message): it has one clip, \(only.clip), which cannot be on both sides",
        help: "add clips of this class, or leave the class out")
    }
    if options.by == .speaker || options.by == .column {
      let column = options.by == .speaker ? "speaker" : options.column ?? ""
      let values = Set(items.compactMap { $0.value(of: column) }).sorted()
      let unit = options.by == .speaker ? "speaker" : "\"\(column)\" ="
      if values.count == 1 {
        return Diagnostic(
          .badSplit, "\(message): all its \(items.count) clips belong to \(unit) \(values[0])",
          help: "use \"by\": \"clip\", or leave the class out")
      }
      let listed = values.prefix(5).joined(separator: ", ") + (values.count > 5 ? ", …" : "")
      return Diagnostic(
        .badSplit, "\(message): its clips belong to \(unit) \(listed)", help: "put at least one of these on either side"
      )
    }
    let hashes = Set(items.map(\.recording))
    if hashes.count == 1, hashes.first != .some(nil) {
      return Diagnostic(
        .badSplit, "\(message): its \(items.count) clips are one and the same recording",
        help: "add other recordings, or leave the class out")
    }
    return Diagnostic(
      .badSplit, message, help: options.stratify ? "add clips of this class, or leave it out" : "set \"stratify\": true"
    )
  }
}
