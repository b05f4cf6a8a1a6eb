import TimbreCore

extension SplitOptions {
  /// Everything wrong with the options that can be said without a dataset, for lint. Paths start at the `split` object.
  ///
  /// - Parameter views: The names of the workflow's views.
  public func findings(views: [String]) -> [ValueFinding] {
    var found = contradictions() + sharesAndNames()
    if case .names(let names)? = testViews {
      for (index, name) in names.enumerated() where !views.contains(name) {
        found.append(
          ValueFinding(
            [.key("test_views"), .index(index)], .unknownChoice, "unknown view \"\(name)\"",
            help: suggestion(for: name, among: views)))
      }
    } else if filled.testViews == .original, !views.contains("original") {
      found.append(
        ValueFinding(
          [.key("test_views")], .unknownChoice, "no view is called \"original\"",
          help: "add \"original\": [] to the views, or name the views to test on in \"test_views\""))
    }
    if leaks(viewCount: views.count), !allowLeak {
      found.append(
        ValueFinding(
          [.key("by")], .leak, "a split by row puts views of one clip on both sides",
          help: "use \"by\": \"clip\" or \"speaker\"; to measure the leak itself, set \"allow_leak\": true"))
    }
    return found
  }

  private func contradictions() -> [ValueFinding] {
    if by == .column, column == nil {
      return [
        ValueFinding([], .missingKey, "a split by column needs \"column\"", help: "name an attribute of the clips")
      ]
    }
    if by != .column, column != nil {
      return [
        ValueFinding(
          [.key("column")], .invalidParameters, "\"column\" has no effect on a split by \(by.rawValue)",
          help: "use \"by\": \"column\"", isAboutKey: true)
      ]
    }
    return []
  }

  private func sharesAndNames() -> [ValueFinding] {
    var found: [ValueFinding] = []
    if folds != nil, test != nil {
      return [
        ValueFinding(
          [.key("test")], .invalidParameters, "\"test\" has no effect beside \"folds\", which test everything once",
          help: "leave \"test\" out", isAboutKey: true)
      ]
    }
    var share = 0.001
    if case .count(let count)? = folds { share = 1 / Double(count) }
    let test = filled.test ?? .share(share)
    for (key, part) in [("test", test), ("validation", validation)] {
      guard case .names = part, by == .clip || by == .row else { continue }
      found.append(
        ValueFinding(
          [.key(key)], .wrongType, "a split by \(by.rawValue) takes a share, not a list",
          help: "use \"by\": \"speaker\" or \"column\" to list names"))
    }
    switch (test, validation) {
    case (.share(let share), _) where share <= 0:
      found.append(ValueFinding([.key("test")], .outOfRange, "a share of \(short(share)) leaves nothing to test on"))
    case (.share(let test), .share(let validation)) where test + validation >= 1:
      found.append(
        ValueFinding(
          [.key("validation")], .outOfRange,
          "test and validation take \(short(test)) and \(short(validation)), which leaves nothing to train on"))
    case (.names(let test), .names(let validation)):
      if let both = test.first(where: validation.contains) {
        found.append(ValueFinding([.key("validation")], .badSplit, "\"\(both)\" is listed for test and for validation"))
      }
    default: break
    }
    return found
  }
}
