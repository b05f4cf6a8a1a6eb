import TimbreAudio
import TimbreCore
import TimbreEvaluation

/// Checks a workflow against the grammar, then against itself, and makes the plan.
struct Linter {
  let root: LocatedValue
  let registry: Registry
  let grammar: Grammar
  let folder: String
  let name: String
  var findings: [Diagnostic] = []

  /// - Parameter grammar: Of the registry, where it is made already: it asks every plugin for its parameters.
  init(root: LocatedValue, registry: Registry, folder: String, name: String, grammar: Grammar? = nil) {
    self.root = root
    self.registry = registry
    self.folder = folder
    self.name = name
    self.grammar = grammar ?? Grammar(registry)
  }

  mutating func report(
    _ kind: Diagnostic.Kind, _ message: String, help: String? = nil, at path: [ValueFinding.Step],
    isAboutKey: Bool = false,
    severity: Diagnostic.Severity = .error
  ) {
    let location = root.location(at: path, isAboutKey: isAboutKey)
    findings.append(Diagnostic(kind, message, help: help, severity: severity, location: location))
  }

  /// Reports a plugin's own complaint at the node it is about.
  mutating func report(_ error: any Error, at path: [ValueFinding.Step]) {
    var diagnostic = error as? Diagnostic ?? Diagnostic(.invalidParameters, "\(error)")
    diagnostic.location = root.location(at: path)
    findings.append(diagnostic)
  }

  mutating func plan(withDataset: Bool) -> Plan? {
    guard let members = root.json.members else {
      report(.wrongType, "a workflow is an object, found \(root.json.typeName)", at: [])
      return nil
    }
    if let version = root["timbre"]?.json.intValue, version != Grammar.version {
      report(
        .version, "this workflow is of version \(version)", help: "this program reads version \(Grammar.version)",
        at: [.key("timbre")])
      return nil
    }
    let formal = grammar.keys.findings(in: members, owner: "the workflow")
    for finding in formal.prefix(100) {
      report(finding.kind, finding.message, help: finding.help, at: finding.path, isAboutKey: finding.isAboutKey)
    }
    // A part with errors of form is left out of what follows, so that one mistake is told once.
    let broken = Set(
      formal.compactMap { finding -> String? in if case .key(let key) = finding.path.first { key } else { nil } })
    let missing = Set(grammar.keys.filter { $0.isRequired && root[$0.name] == nil }.map(\.name))
    func sound(_ key: String) -> Bool { !broken.contains(key) && !missing.contains(key) }

    checkVersions(sound("plugins"))
    let views = sound("views") ? checkedViews() : nil
    let split = sound("split") ? checkedSplit(views: views) : nil
    let brokenNodes = Set(
      formal.compactMap { finding -> String? in
        guard finding.path.count > 1, finding.path[0] == .key("features"), case .key(let name) = finding.path[1] else {
          return nil
        }
        return name
      })
    let hasNodes = value(of: "features").members != nil && !missing.contains("features")
    let nodes = hasNodes ? checkedNodes(broken: brokenNodes) : nil
    let form = hasNodes && RowForm.keys.allSatisfy(sound) ? checkedForm(nodes) : nil
    let load = sound("load") ? LoadOptions(json: value(of: "load")) : nil
    var recipe: Recipe?
    if let nodes, let form, let load { recipe = checkedRecipe(Recipe(load: load, nodes: nodes, form: form)) }
    let classifier = sound("classifier") ? made(["classifier"], registry.classifiers) : nil
    if let classifier, let recipe { checkShapes(classifier, recipe) }
    let dataset = withDataset && sound("dataset") && sound("label_map") ? checkedDataset() : nil
    guard let views, let split, let recipe, let classifier, !withDataset || dataset != nil,
      !findings.contains(where: { $0.severity == .error })
    else { return nil }
    return Plan(
      title: value(of: "title").stringValue.flatMap { $0.isEmpty ? nil : $0 } ?? name,
      summary: value(of: "description").stringValue ?? "", seed: UInt64(value(of: "seed").intValue ?? 0),
      dataset: dataset,
      recipe: recipe, views: views, split: split, scale: ScalerKind(json: value(of: "scale")) ?? .standard,
      classifier: classifier, onError: OnError(json: value(of: "on_error")) ?? .stop,
      artifacts: ArtifactOptions(json: value(of: "artifacts")) ?? ArtifactOptions(), resolved: resolved())
  }

  /// The value of a top-level key, or its default.
  func value(of key: String) -> JSONValue {
    root[key]?.json ?? grammar.keys.first { $0.name == key }?.defaultValue ?? .null
  }

  /// The plugin of a node: makes it, and reports what it says against its parameters.
  mutating func made<Instance>(_ keys: [String], _ entries: [String: Registry.Entry<Instance>]) -> Instance? {
    made(keys.map { .key($0) }, json(at: keys), entries)
  }

  mutating func made<Instance>(
    _ path: [ValueFinding.Step], _ json: JSONValue, _ entries: [String: Registry.Entry<Instance>]
  ) -> Instance? {
    guard let id = pluginID(json), let entry = entries[id] else { return nil }
    do {
      return try entry.make(parameters(json))
    } catch {
      report(error, at: path)
      return nil
    }
  }

  /// The parameters of a node without `use` and `of`, with absolute paths. What another form of rows has other defaults for is written out.
  func parameters(_ json: JSONValue) -> [JSONValue.Member] {
    let plugin = pluginID(json).flatMap { registry.description(of: $0) }
    let isStep = plugin?.kind == .augment
    let types = plugin.map { isStep ? AugmentationStep.drawable($0.parameters) : $0.parameters } ?? []
    let own = JSONValue.object((json.members ?? []).filter { $0.key != "use" && $0.key != "of" })
    let located = LocatedValue(json: own, source: root.source, range: root.range)
    let given = located.absolutePaths(type: .record(types), folder: folder).json.members ?? []
    guard let plugin, plugin.kind == .classifier, root.hasSequences else { return given }
    let defaults = registry.sequenceDefaults[plugin.id] ?? []
    return given + defaults.filter { other in !given.contains { $0.key == other.key } }
  }

  func pluginID(_ json: JSONValue) -> String? { json.stringValue ?? json["use"]?.stringValue }

  private func json(at keys: [String]) -> JSONValue {
    keys.reduce(Optional(root)) { $0?[$1] }?.json ?? .null
  }

  private mutating func checkVersions(_ isSound: Bool) {
    guard isSound else { return }
    for member in root["plugins"]?.json.members ?? [] {
      guard let plugin = registry.description(of: member.key) else { continue }
      if member.value.intValue != plugin.version {
        report(
          .version, "\(plugin.id) has version \(plugin.version) here: its numbers may differ",
          at: [.key("plugins"), .key(member.key)],
          severity: .warning)
      }
    }
  }

  private mutating func checkShapes(_ classifier: any Classifier, _ recipe: Recipe) {
    guard let shape = try? recipe.shape() else { return }
    do {
      // The number of classes is the dataset's; no layer before the output depends on it.
      _ = try classifier.parts(of: shape, classes: 2)
    } catch let diagnostic as Diagnostic where diagnostic.kind == .badInput {
      report(diagnostic, at: [.key("classifier")])
    } catch {
      report(error, at: [.key("classifier"), .key("layers")])
    }
  }
}

extension LocatedValue {
  /// Whether a workflow's rows are sequences.
  var hasSequences: Bool { self["sequence"].map { $0.json != .null } ?? false }
}

extension Diagnostic.Kind {
  static let version = Self("version")
}

extension Linter {
  /// The parts of a bundle's head that are written as a workflow's are.
  mutating func model() -> (recipe: Recipe, classifier: any Classifier)? {
    for key in ["load", "features", "classifier"] + RowForm.keys {
      let type = grammar.type(of: key) ?? .null
      for finding in type.findings(in: value(of: key), at: [.key(key)]) {
        report(finding.kind, finding.message, help: finding.help, at: finding.path, isAboutKey: finding.isAboutKey)
      }
    }
    guard findings.isEmpty, let load = LoadOptions(json: value(of: "load")), let nodes = checkedNodes() else {
      return nil
    }
    guard let form = checkedForm(nodes) else { return nil }
    let recipe = Recipe(load: load, nodes: nodes, form: form)
    guard let classifier = made(["classifier"], registry.classifiers), findings.isEmpty else { return nil }
    return (recipe, classifier)
  }
}
