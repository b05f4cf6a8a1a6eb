import TimbreCore
import TimbreReport
import TimbreWorkflow

/// A workflow as a graph whose nodes know their places in the text. What is wrong with the workflow does not matter, as long as it
/// can be read as JSON.
struct WorkflowPicture {
  private(set) var graph = WorkflowGraph()
  /// For each place: `path`, `file`, `line`, `column`, `plugin`, `value`.
  private(set) var nodes: JSONValue = []
  /// `dataset`, `views`, `features`, `classifier`, `runs`: for a list.
  private(set) var summary: JSONValue = [:]

  private let workflow: Workflow
  private let registry: Registry
  private let root: LocatedValue?
  private var places: [JSONValue] = []
  private var column = 0

  init(_ workflow: Workflow, registry: Registry) {
    self.workflow = workflow
    self.registry = registry
    root = workflow.root
    guard root?.json.members != nil else { return }
    let load = addDatasets()
    let views = addViews(after: load)
    let features = addFeatures(after: views)
    addRest(after: features)
    nodes = .array(places)
    summary = makeSummary()
    graph.sentence = sentence
  }

  // MARK: The parts

  /// - Returns: How their clips become signals, which stands below them.
  private mutating func addDatasets() -> [String] {
    let dataset = root?["dataset"]
    if case .array(let items)? = dataset?.content, !items.isEmpty {
      for (index, item) in items.enumerated() {
        _ = add("dataset.\(index)", pluginName(item.json) ?? "dataset", words(item.json), item)
      }
    } else {
      let json = dataset?.json ?? .null
      _ = add("dataset", pluginName(json) ?? "dataset", words(json), dataset)
    }
    let load = root?["load"]
    let rate = load?["sample_rate"]?.json
    let words = [
      rate == .null ? "at the file's rate" : "\(rate?.plain ?? "22050") Hz",
      load?["offset"]?.json.doubleValue.flatMap { $0 > 0 ? "from \(short($0)) s" : nil },
      load?["duration"]?.json.doubleValue.map { "\(short($0)) s long" },
    ]
    let id = add("load", "load", words.compactMap(\.self).joined(separator: ", "), load)
    connect(graph.nodes.dropLast().map(\.id), [id])
    return [id]
  }

  private mutating func addViews(after sources: [String]) -> [String] {
    column += 1
    var names: [String] = []
    for (name, value) in Self.members(root?["views"]) {
      let chain = (value.json.arrayValue ?? []).map { pluginName($0) ?? "?" }
      names.append(add("views.\(name)", name, chain.isEmpty ? "as recorded" : chain.joined(separator: " → "), value))
    }
    if names.isEmpty { names = [add("views", "original", "as recorded", nil)] }
    connect(sources, names)
    return names
  }

  /// - Returns: All of them; those that read another one stand in a column of their own.
  private mutating func addFeatures(after views: [String]) -> [String] {
    column += 1
    let members = Self.members(root?["features"])
    let isRoot = { (value: LocatedValue) in value["of"]?.json.stringValue == nil }
    let roots = members.filter { isRoot($0.value) }.map { "features.\($0.name)" }
    let sources = roots.count > 1 ? joined(views) : views
    var depths: [String: Int] = [:]
    for (name, value) in members where isRoot(value) { depths[name] = 0 }
    // What reads itself, or something that is not there, is never reached; it stands with the first.
    for _ in members {
      for (name, value) in members where depths[name] == nil {
        if let depth = value["of"]?.json.stringValue.flatMap({ depths[$0] }) { depths[name] = depth + 1 }
      }
    }
    let first = column
    for (name, value) in members {
      column = first + (depths[name] ?? 0)
      let id = add("features.\(name)", name, words(value.json, without: name), value)
      if let source = value["of"]?.json.stringValue, members.contains(where: { $0.name == source }) {
        graph.edges.append(.init("features.\(source)", id))
      }
    }
    column = first + (depths.values.max() ?? 0)
    connect(sources, roots)
    return members.map { "features.\($0.name)" }
  }

  private mutating func addRest(after features: [String]) {
    column += 1
    var last: String
    if let sequence = root?["sequence"], sequence.json != .null {
      let used = sequence["of"]?.json.arrayValue?.compactMap(\.stringValue) ?? []
      last = add("sequence", "sequence", settings(sequence.json, leaving: ["of"]), sequence)
      connect(features.filter { used.contains(String($0.dropFirst(9))) }, [last])
    } else {
      let items = root?["vector"]?.json.arrayValue?.compactMap(\.stringValue) ?? []
      let used = Set(items.map { $0.prefix { $0 != "." } })
      let columns = (try? workflow.plan?.recipe.columns().count).flatMap { $0 }
      let size = columns.map { "\($0) columns" } ?? "\(items.count) items"
      last = add("vector", "vector", size, root?["vector"])
      connect(features.filter { used.contains($0.dropFirst(9)) }, [last])
    }
    let split = root?["split"]
    let scale = root?["scale"]
    let classifier = root?["classifier"]
    for (id, title, detail, value) in [
      ("split", "split", split.map { settings($0.json) } ?? "as by default", split),
      ("scale", "scale", scale?.json.plain ?? "standard", scale),
      (
        "classifier", classifier.flatMap { pluginName($0.json) } ?? "classifier",
        words(classifier?.json ?? .null), classifier
      ),
    ] {
      let next = add(id, title, detail, value)
      graph.edges.append(.init(last, next))
      last = next
    }
    let runs = workflow.experiment?.trials.count
    graph.nodes.append(
      .init(
        "evaluation", "evaluation", runs.map { "of \($0) runs" } ?? "accuracy, UAR, F1", column: column, isPlace: false)
    )
    graph.edges.append(.init(last, "evaluation"))
  }

  // MARK: Nodes and edges

  private mutating func add(_ id: String, _ title: String, _ detail: String, _ value: LocatedValue?) -> String {
    let isWrong = workflow.findings.contains { finding in
      finding.severity == .error && finding.location.map { contains(value, $0) } == true
    }
    graph.nodes.append(
      .init(
        id, title, detail.count > 32 ? detail.prefix(31) + "…" : detail, column: column, isMarked: isWrong))
    let location = value?.location
    places.append([
      "path": .string(id), "file": location.map { .string($0.file) } ?? .null,
      "line": location.map { .int($0.line) } ?? .null, "column": location.map { .int($0.column) } ?? .null,
      "plugin": (value.flatMap { pluginID($0.json) }).map { .string($0) } ?? .null, "value": value?.json ?? .null,
    ])
    return id
  }

  private func contains(_ value: LocatedValue?, _ place: SourceLocation) -> Bool {
    guard let value, value.source.name == place.file else { return false }
    let end = value.source.location(of: value.range.upperBound..<value.range.upperBound)
    let start = value.source.location(of: value.range)
    return (start.line, start.column) <= (place.line, place.column)
      && (place.line, place.column) < (end.line, end.column)
  }

  /// Several lines that lead to several places meet in between.
  private mutating func joined(_ sources: [String]) -> [String] {
    guard sources.count > 1 else { return sources }
    let joint = "joint \(column)"
    graph.nodes.append(.joint(joint, column: column))
    connect(sources, [joint])
    column += 1
    return [joint]
  }

  private mutating func connect(_ sources: [String], _ targets: [String]) {
    for source in sources { graph.edges += targets.map { .init(source, $0) } }
  }

  // MARK: Words

  private func pluginID(_ json: JSONValue) -> String? {
    (json.stringValue ?? json["use"]?.stringValue).flatMap { $0.contains(".") ? $0 : nil }
  }

  private func pluginName(_ json: JSONValue) -> String? {
    pluginID(json).map { String($0.drop { $0 != "." }.dropFirst()) }
  }

  /// The plugin, where the node is not called so, and what is set of it.
  private func words(_ json: JSONValue, without name: String? = nil) -> String {
    let plugin = name == nil ? nil : pluginName(json).flatMap { $0 == name ? nil : $0 }
    return ([plugin, settings(json, leaving: ["use", "of"])].compactMap(\.self).filter { !$0.isEmpty })
      .joined(separator: ", ")
  }

  /// Simple values only: `n_mfcc 20, power 1`.
  private func settings(_ json: JSONValue, leaving left: [String] = []) -> String {
    (json.members ?? []).filter { !left.contains($0.key) }.compactMap { member in
      switch member.value {
      case .array, .object, .null: nil
      case let value: "\(member.key) \(value.plain)"
      }
    }.joined(separator: ", ")
  }

  private static func members(_ value: LocatedValue?) -> [(name: String, value: LocatedValue)] {
    guard case .object(let members)? = value?.content else { return [] }
    return members.map { ($0.key, $0.value) }
  }

  private func makeSummary() -> JSONValue {
    func names(_ prefix: String) -> JSONValue {
      .array(
        graph.nodes.filter { $0.id == prefix || $0.id.hasPrefix(prefix + ".") }.map { .string($0.title) })
    }
    return [
      "dataset": names("dataset"), "views": names("views"), "features": names("features"),
      "classifier": names("classifier"), "runs": .int(workflow.experiment?.trials.count ?? 1),
    ]
  }

  private var sentence: String {
    func count(_ prefix: String, _ noun: String) -> String {
      let count = graph.nodes.count { $0.id == prefix || $0.id.hasPrefix(prefix + ".") }
      return "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
    let chain = graph.nodes.filter { $0.column == column }.map { "\($0.title) \($0.detail)" }
    return "The workflow as a graph: \(count("dataset", "dataset")), \(count("views", "view")), "
      + "\(count("features", "feature")), \(chain.joined(separator: ", "))"
  }
}
