import TimbreCore
import TimbreEvaluation

/// Rules about what a row consists of.
extension Linter {
  /// What is taken of the features; nil where something is wrong with it or there are no nodes to point to.
  mutating func checkedForm(_ nodes: [Recipe.Node]?) -> RowForm? {
    let present = RowForm.keys.filter { value(of: $0) != .null }
    if present.count == 1 { return present[0] == "vector" ? checkedVector(nodes) : checkedSequence(nodes) }
    if present.isEmpty {
      report(
        .missingKey, "there is neither \"vector\" nor \"sequence\"",
        help:
          "\"vector\": [\"mfcc.mean\"] takes statistics, \"sequence\": { \"of\": [\"mfcc\"], \"frames\": 128 } frames in order",
        at: [])
    } else {
      report(
        .badInput, "a workflow has \"vector\" or \"sequence\", not both",
        help: "take one away; null does, where the workflow that is extended has it", at: [.key("sequence")],
        isAboutKey: true)
    }
    return nil
  }

  private mutating func checkedVector(_ nodes: [Recipe.Node]?) -> RowForm? {
    let names = (value(of: "features").members ?? []).map(\.key)
    let asked = value(of: "vector").arrayValue ?? []
    var items: [RowForm.Part] = []
    var seen: Set<String> = []
    for (index, item) in asked.enumerated() {
      let path: [ValueFinding.Step] = [.key("vector"), .index(index)]
      guard let text = item.stringValue else { continue }
      guard let dot = text.firstIndex(of: ".") else {
        report(.badReference, "\"\(text)\" has no statistic", help: "write \"\(text).mean\"", at: path)
        continue
      }
      let name = String(text[..<dot])
      let statisticName = String(text[text.index(after: dot)...])
      var statistic: Statistic?
      do {
        statistic = try Statistic(parsing: statisticName)
      } catch {
        report(error, at: path)
      }
      if !names.contains(name) {
        report(
          .badReference, "there is no feature \"\(name)\"", help: suggestion(for: name, among: names), at: path)
      }
      if !seen.insert(text).inserted { report(.duplicateItem, "\"\(text)\" stands twice in the vector", at: path) }
      if let node = nodes?.firstIndex(where: { $0.name == name }), let statistic {
        items.append(RowForm.Part(node: node, statistic: statistic))
      }
    }
    return items.count == asked.count ? .vector(items) : nil
  }

  private mutating func checkedSequence(_ nodes: [Recipe.Node]?) -> RowForm? {
    guard let options = SequenceOptions(json: value(of: "sequence")) else { return nil }
    let names = (value(of: "features").members ?? []).map(\.key)
    var found: [Int] = []
    for (index, name) in options.of.enumerated() {
      let path: [ValueFinding.Step] = [.key("sequence"), .key("of"), .index(index)]
      if options.of[..<index].contains(name) {
        report(.duplicateItem, "\"\(name)\" stands twice in the sequence", at: path)
      } else if !names.contains(name) {
        let node = name.prefix { $0 != "." }
        let hasStatistic = node.count < name.count && names.contains(String(node))
        report(
          .badReference, "there is no feature \"\(name)\"",
          help: hasStatistic
            ? "write \"\(node)\": a sequence takes every frame, without a statistic"
            : suggestion(for: name, among: names),
          at: path)
      }
      if let node = nodes?.firstIndex(where: { $0.name == name }) { found.append(node) }
    }
    return found.count == options.of.count ? .sequence(of: found, options) : nil
  }

  /// Reports features whose frames cannot lie side by side. That they are as many only shows with the audio.
  mutating func checkTiming(_ recipe: Recipe) -> Bool {
    guard let axes = try? recipe.axes(sampleRate: recipe.nominalRate), let first = recipe.form.parts.first?.node else {
      return true
    }
    func seconds(_ value: Double) -> String { "\((value * 1e5).rounded() / 1e5) s" }
    var isSound = true
    for (index, part) in recipe.form.parts.enumerated() {
      let (one, other) = (axes[first], axes[part.node])
      let names = (recipe.nodes[part.node].name, recipe.nodes[first].name)
      let message: String
      if abs(one.hop - other.hop) > 1e-9 * one.hop {
        message =
          "the frames of \"\(names.0)\" are \(seconds(other.hop)) apart, those of \"\(names.1)\" \(seconds(one.hop))"
      } else if abs(one.start - other.start) > one.hop / 2 {
        message =
          "the first frame of \"\(names.0)\" is at \(seconds(other.start)), that of \"\(names.1)\" at \(seconds(one.start))"
      } else {
        continue
      }
      isSound = false
      report(
        .badInput, message, help: "give the features of a sequence the same hop_length and the same center",
        at: [.key("sequence"), .key("of"), .index(index)])
    }
    return isSound
  }
}
