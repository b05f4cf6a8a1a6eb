import TimbreAudio
import TimbreCore
import TimbreEvaluation

/// Rules about how the parts of a workflow fit together.
extension Linter {
  /// Names become parts of file names and of "node.statistic".
  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.count <= 64
      && text.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_" || $0 == "-")
      }
  }

  private mutating func checkNames(in key: String) {
    for member in root[key]?.json.members ?? [] where !Self.isName(member.key) {
      report(
        .badName, "\"\(member.key)\" cannot be a name", help: "use letters, digits, _ and -",
        at: [.key(key), .key(member.key)],
        isAboutKey: true)
    }
  }

  mutating func checkedViews() -> [View]? {
    checkNames(in: "views")
    var views: [View] = []
    for member in value(of: "views").members ?? [] {
      if member.key == "original", member.value.arrayValue?.isEmpty == false {
        report(
          .badView, "the view \"original\" is the clip itself: its chain is empty",
          at: [.key("views"), .key(member.key)])
      }
      var steps: [AugmentationStep] = []
      for (index, step) in (member.value.arrayValue ?? []).enumerated() {
        if let step = checkedStep(step, at: [.key("views"), .key(member.key), .index(index)]) { steps.append(step) }
      }
      views.append(View(name: member.key, steps: steps))
    }
    if views.isEmpty {
      report(.badView, "there is no view", help: "\"views\": { \"original\": [] }", at: [.key("views")])
      return nil
    }
    return views
  }

  mutating func checkedDataset() -> DatasetSource? {
    for member in self.value(of: "label_map").members ?? [] where member.value == .string("") {
      report(
        .badName, "the label is empty", help: "give another name, or null to leave \"\(member.key)\" out",
        at: [.key("label_map"), .key(member.key)])
    }
    let value = value(of: "dataset")
    let nodes: [(path: [ValueFinding.Step], json: JSONValue)] =
      value.arrayValue.map { $0.enumerated().map { ([.key("dataset"), .index($0)], $1) } } ?? [
        ([.key("dataset")], value)
      ]
    var readers: [(plugin: String, reader: any DatasetReader)] = []
    for (path, json) in nodes {
      guard let id = pluginID(json), let reader = made(path, json, registry.datasets) else { return nil }
      readers.append((id, reader))
    }
    return DatasetSource(readers, labelMap: LabelMap(self.value(of: "label_map")))
  }

  private mutating func checkedStep(_ json: JSONValue, at path: [ValueFinding.Step]) -> AugmentationStep? {
    guard let id = pluginID(json), let entry = registry.augmenters[id] else { return nil }
    do {
      let members = parameters(json) + (json.members ?? []).filter { $0.key == "of" }
      let step = try AugmentationStep(id: id, json: .object(members), entry: entry)
      let names = (value(of: "features").members ?? []).map(\.key)
      for name in step.nodes where !names.contains(name) {
        report(
          .badReference, "there is no feature \"\(name)\"", help: suggestion(for: name, among: names),
          at: path + [.key("of")])
      }
      return step
    } catch {
      report(error, at: path)
      return nil
    }
  }

  mutating func checkedSplit(views: [View]?) -> SplitOptions? {
    guard let options = SplitOptions(json: value(of: "split")), let views else { return nil }
    for finding in options.findings(views: views.map(\.name)) {
      report(
        finding.kind, finding.message, help: finding.help, at: [.key("split")] + finding.path,
        isAboutKey: finding.isAboutKey)
    }
    return options
  }

  /// The feature nodes, each after the one that it reads; nil where something is wrong with one of them.
  ///
  /// - Parameter broken: Nodes whose form is wrong, which has been told.
  mutating func checkedNodes(broken: Set<String> = []) -> [Recipe.Node]? {
    checkNames(in: "features")
    let members = value(of: "features").members ?? []
    if members.isEmpty { report(.missingKey, "there is no feature", at: [.key("features")]) }
    let names = members.map(\.key)
    var sources: [String: String] = [:]
    for member in members {
      guard let source = member.value["of"]?.stringValue else { continue }
      if names.contains(source) {
        sources[member.key] = source
      } else {
        report(
          .badReference, "there is no feature \"\(source)\"", help: suggestion(for: source, among: names),
          at: [.key("features"), .key(member.key), .key("of")])
      }
    }
    for name in names where Self.runsInCircle(from: name, sources) {
      report(
        .cycle, "the feature \"\(name)\" reads itself through \"of\"", at: [.key("features"), .key(name), .key("of")])
    }
    var made: [String: (id: String, feature: Registry.Feature)] = [:]
    for member in members where !broken.contains(member.key) {
      if let id = pluginID(member.value),
        let feature = self.made([.key("features"), .key(member.key)], member.value, registry.features)
      {
        made[member.key] = (id, feature)
      }
    }
    let isSound = !findings.contains { $0.kind == .cycle || $0.kind == .badReference }
    return isSound && made.count == members.count ? Self.ordered(names, made, sources) : nil
  }

  private static func ordered(
    _ names: [String], _ made: [String: (id: String, feature: Registry.Feature)], _ sources: [String: String]
  ) -> [Recipe.Node] {
    var nodes: [Recipe.Node] = []
    while nodes.count < names.count {
      for name in names where !nodes.contains(where: { $0.name == name }) {
        let source = sources[name].flatMap { source in nodes.firstIndex { $0.name == source } }
        if sources[name] != nil, source == nil { continue }
        if let (id, feature) = made[name] {
          nodes.append(Recipe.Node(name: name, plugin: id, source: source, feature: feature))
        }
      }
    }
    return nodes
  }

  private static func runsInCircle(from name: String, _ sources: [String: String]) -> Bool {
    var at = sources[name]
    var steps = 0
    while let next = at, steps <= sources.count {
      if next == name { return true }
      at = sources[next]
      steps += 1
    }
    return false
  }

  /// Reports nodes whose parameters make no sense at the rate of loading.
  mutating func checkedRecipe(_ recipe: Recipe) -> Recipe? {
    for (index, node) in recipe.nodes.enumerated() {
      var alone = recipe
      alone.nodes = Array(recipe.nodes[...index])
      do {
        _ = try alone.axes(sampleRate: recipe.nominalRate)
      } catch {
        report(error, at: [.key("features"), .key(node.name)])
        return nil
      }
    }
    return recipe.form.sequence == nil || checkTiming(recipe) ? recipe : nil
  }

  /// The workflow with every default written out, paths absolute, and the versions of the plugins it uses.
  func resolved() -> JSONValue {
    var versions: [String: Int] = [:]
    func node(_ json: JSONValue) -> JSONValue {
      guard let id = pluginID(json), let plugin = registry.description(of: id) else { return json }
      versions[id] = plugin.version
      let given = parameters(json)
      let resolve =
        registry.datasets[id]?.resolve ?? registry.features[id]?.resolve ?? registry.classifiers[id]?.resolve
      let of = json["of"].map { [JSONValue.Member("of", $0)] } ?? []
      let all =
        registry.augmenters[id].map { AugmentationStep.resolved(given, entry: $0) } ?? (try? resolve?(given)) ?? given
      return .object([JSONValue.Member("use", .string(id))] + of + all)
    }
    var members: [JSONValue.Member] = []
    let others = ["plugins", "$schema", "extends"] + Experiment.keys
    for key in grammar.keys where !others.contains(key.name) {
      let value = value(of: key.name)
      // Of the two forms of rows only one is there.
      if RowForm.keys.contains(key.name), value == .null { continue }
      switch key.name {
      case "dataset", "classifier":
        members.append(.init(key.name, value.arrayValue.map { .array($0.map(node)) } ?? node(value)))
      case "features":
        members.append(.init(key.name, .object((value.members ?? []).map { .init($0.key, node($0.value)) })))
      case "views":
        members.append(
          .init(
            key.name,
            .object((value.members ?? []).map { .init($0.key, .array(($0.value.arrayValue ?? []).map(node))) })))
      case "load": members.append(.init(key.name, LoadOptions(json: value)?.json ?? value))
      case "sequence": members.append(.init(key.name, SequenceOptions(json: value)?.json ?? value))
      case "split": members.append(.init(key.name, SplitOptions(json: value)?.filled.json ?? value))
      case "artifacts": members.append(.init(key.name, ArtifactOptions(json: value)?.json ?? value))
      default: members.append(.init(key.name, value))
      }
    }
    members.append(
      .init("plugins", .object(versions.sorted { $0.key < $1.key }.map { .init($0.key, .int($0.value)) })))
    return .object(members)
  }
}

extension Diagnostic.Kind {
  static let badName = Self("bad_name")
  static let badView = Self("bad_view")
  static let cycle = Self("cycle")
  static let duplicateItem = Self("duplicate_item")
}
