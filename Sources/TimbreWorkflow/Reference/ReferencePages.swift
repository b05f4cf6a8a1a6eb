import TimbreCore
import TimbreReport

/// The reference as files: an index, and a page with an example and a picture for each plugin.
public struct ReferencePages {
  private let registry: Registry
  /// What the pictures show.
  private let signal: Signal

  public init(_ registry: Registry, signal: Signal) {
    self.registry = registry
    self.signal = signal
  }

  /// Writes `plugins.md` and `plugins/` with a page and, where there is something to see, a picture of each plugin.
  public func write(to folder: String) throws {
    try FileSystem.makeFolder(folder + "/plugins")
    var index =
      "# Plugins\n\nWritten by `make reference`; do not edit. `timbre plugins ID` says the same in a terminal.\n"
    for kind in PluginKind.allCases {
      index += "\n## \(Reference.heading(kind))\n\n| plugin | what it is | after |\n| --- | --- | --- |\n"
      for plugin in registry.descriptions where plugin.kind == kind {
        index += "| [`\(plugin.id)`](plugins/\(plugin.id).md) | \(plugin.summary) | \(plugin.reference ?? "") |\n"
        let picture = try self.picture(of: plugin)
        if let picture { try AtomicFile.write(picture, to: "\(folder)/plugins/\(plugin.id).png") }
        try AtomicFile.write(
          Array(page(plugin, hasPicture: picture != nil).utf8), to: "\(folder)/plugins/\(plugin.id).md")
      }
    }
    try AtomicFile.write(
      HeatMap.png(try melLevels(of: signal), options: .init(title: "the clip")), to: "\(folder)/plugins/clip.png")
    try AtomicFile.write(Array(index.utf8), to: "\(folder)/plugins.md")
  }

  private func page(_ plugin: PluginDescription, hasPicture: Bool) -> String {
    var text = Reference.head(plugin, level: "#")
    if hasPicture {
      let (before, kind) =
        plugin.kind == .augment
        ? ("![the clip itself](clip.png)\n\n", "the example's effect on it") : ("", "the example on a synthetic voice")
      text += "\n\(before)![\(plugin.id): \(kind)](\(plugin.id).png)\n"
    }
    text += Reference.formula(plugin)
    if let output = try? output(of: plugin) { text += "\n## Output\n\n\(output)" }
    if !plugin.parameters.isEmpty { text += "\n## Parameters\n" + Reference.parameters(plugin) }
    if plugin.kind == .augment {
      text += "\nIn a view, each may also be drawn for every clip: `{\"uniform\": [a, b]}` or `{\"choice\": [a, b]}`; "
      text += "`probability` says how likely the step is done.\n"
    }
    return text + "\n## Example\n\n" + example(of: plugin)
  }

  // MARK: Output

  private func output(of plugin: PluginDescription) throws -> String? {
    guard var rows = try axes(of: plugin) else { return nil }
    if let matrix = try matrix(of: plugin), matrix.frameCount == 1 {
      let values = matrix.values.map { "\((Double($0) * 1e4).rounded() / 1e4)" }
      rows.append(("the synthetic voice has", Self.ends(values, all: 12)))
    }
    return "Of the example, at \(signal.sampleRate) Hz:\n\n| | |\n| --- | --- |\n"
      + rows.map { "| \($0.0) | \($0.1) |\n" }.joined()
  }

  /// What the bins and frames of the example are, as rows of a table, names of bins in backticks; nil for what is no feature.
  public func axes(of plugin: PluginDescription) throws -> [(name: String, value: String)]? {
    guard let feature = try feature(plugin) else { return nil }
    let axes: FeatureAxes
    switch feature {
    case .extractor(let extractor): axes = try extractor.axes(sampleRate: signal.sampleRate)
    case .transform(let transform):
      axes = try transform.axes(of: source(of: plugin).axes(sampleRate: signal.sampleRate))
    }
    var rows = [(name: "bins", value: "\(axes.bins.count): " + Self.ends(axes.bins.map { "`\($0)`" }))]
    if let unit = axes.positionUnit {
      rows.append(("at", Self.ends(axes.positions.map { short(($0 * 100).rounded() / 100) }) + " \(unit)"))
    }
    if let unit = axes.valueUnit { rows.append(("values", unit.rawValue)) }
    rows.append(
      (
        "frames",
        "every \(short((axes.hop * 1e6).rounded() / 1e3)) ms, the first at \(short((axes.start * 1e6).rounded() / 1e3)) ms"
      ))
    return rows
  }

  private static func ends(_ items: [String], all count: Int = 4) -> String {
    items.count <= count ? items.joined(separator: ", ") : "\(items[0]), \(items[1]) … \(items[items.count - 1])"
  }

  // MARK: Example

  private func example(of plugin: PluginDescription) -> String {
    (command(of: plugin).map { "```sh\n\($0)\n```\n\n" } ?? "")
      + "In a workflow:\n\n```json\n\(node(of: plugin))\n```\n"
  }

  /// The example on the command line; nil for what only a workflow takes.
  public func command(of plugin: PluginDescription) -> String? {
    let members = plugin.example.filter { $0.key != "of" }
    let sets = members.map { " --set \(Self.word("\($0.key)=\($0.value.plain)"))" }.joined()
    switch plugin.kind {
    case .feature:
      let of = registry.transforms.contains(plugin.id) ? " --of \(sourceID(of: plugin))" : ""
      return "timbre extract clip.wav --use \(plugin.id)\(sets)\(of) --out \(plugin.name).npy"
    case .augment where !registry.featureAugmenters.contains(plugin.id):
      return "timbre augment clip.wav --use \(plugin.id)\(sets) --out \(plugin.name).wav"
    default: return nil
    }
  }

  /// The example in a workflow.
  public func node(of plugin: PluginDescription) -> String {
    node(plugin, plugin.example.filter { $0.key != "of" })
  }

  private func node(_ plugin: PluginDescription, _ members: [JSONValue.Member]) -> String {
    let use = [JSONValue.Member("use", .string(plugin.id))]
    func keyed(_ name: String, _ value: JSONValue) -> JSONValue { .object([.init(name, value)]) }
    switch plugin.kind {
    case .feature:
      let isTransform = registry.transforms.contains(plugin.id)
      let source = String(sourceID(of: plugin).drop { $0 != "." }.dropFirst())
      let own = JSONValue.object(use + (isTransform ? [.init("of", .string(source))] : []) + members)
      let read: [JSONValue.Member] = isTransform ? [.init(source, keyed("use", .string(sourceID(of: plugin))))] : []
      return keyed("features", .object(read + [.init(plugin.name, own)])).pretty.trimmed
    case .augment:
      let of: [JSONValue.Member] =
        registry.featureAugmenters.contains(plugin.id) ? [.init("of", .string("melspectrogram"))] : []
      return keyed("views", keyed("altered", .array([.object(use + of + members)]))).pretty.trimmed
    case .dataset: return keyed("dataset", .object(use + members)).pretty.trimmed
    case .classifier, nil: return keyed("classifier", .object(use + members)).pretty.trimmed
    }
  }

  /// A word for a shell: in quotes where it needs them.
  private static func word(_ text: String) -> String {
    text.contains { "[]{}\"* $&|;<>()#'".contains($0) } ? "'\(text)'" : text
  }

  // MARK: Picture

  /// nil where there is nothing to see, or the example names files that only its reader has.
  private func picture(of plugin: PluginDescription) throws -> [UInt8]? {
    if plugin.parameters.contains(where: { $0.type == .path }) { return nil }
    let members = plugin.example.filter { $0.key != "of" }
    if let matrix = try matrix(of: plugin) {
      // One frame is a list of numbers, which the page shows as such.
      if matrix.frameCount == 1 { return nil }
      return try HeatMap.png(Self.drawable(matrix), options: .init(title: plugin.id))
    }
    guard let entry = registry.augmenters[plugin.id], let made = try? entry.make(members) else { return nil }
    var draws = Draws(RandomSource(seed: 7, plugin.id))
    switch made {
    case .signal(let augmenter):
      let altered = try augmenter.apply(to: signal, drawing: &draws)
      return try HeatMap.png(melLevels(of: altered), options: .init(title: plugin.id))
    case .feature(let augmenter):
      let altered = try augmenter.apply(to: melLevels(of: signal), drawing: &draws)
      return try HeatMap.png(altered, options: .init(title: plugin.id))
    }
  }

  /// The example's feature; nil for other kinds of plugin.
  private func matrix(of plugin: PluginDescription) throws -> FeatureMatrix? {
    switch try feature(plugin) {
    case .extractor(let extractor): try extractor.extract(from: signal)
    case .transform(let transform): try transform.transform(source(of: plugin).extract(from: signal))
    case nil: nil
    }
  }

  /// Two or three bins have no scale in common: the first stands for them.
  private static func drawable(_ matrix: FeatureMatrix) -> FeatureMatrix {
    guard (2...3).contains(matrix.binCount) else { return matrix }
    var axes = matrix.axes
    axes.bins = [axes.bins[0]]
    axes.positions = Array(axes.positions.prefix(1))
    return FeatureMatrix(axes: axes, values: (0..<matrix.frameCount).map { matrix[bin: 0, frame: $0] })
  }

  private func melLevels(of signal: Signal) throws -> FeatureMatrix {
    guard case .extractor(let mel)? = try registry.features["feature.melspectrogram"]?.make([]) else {
      throw Diagnostic(.unknownChoice, "the pictures need feature.melspectrogram")
    }
    return try mel.extract(from: Analysis(of: signal))
  }

  private func feature(_ plugin: PluginDescription) throws -> Registry.Feature? {
    try registry.features[plugin.id]?.make(plugin.example.filter { $0.key != "of" })
  }

  /// The feature that the example of a transform reads.
  public func sourceID(of plugin: PluginDescription) -> String {
    plugin.example.first { $0.key == "of" }?.value.stringValue ?? "feature.mfcc"
  }

  private func source(of plugin: PluginDescription) throws -> any FeatureExtractor {
    guard case .extractor(let source)? = try registry.features[sourceID(of: plugin)]?.make([]) else {
      throw Diagnostic(
        .unknownChoice, "the example of \(plugin.id) reads \(sourceID(of: plugin)), which reads no signal")
    }
    return source
  }
}

extension String {
  fileprivate var trimmed: String { String(reversed().drop { $0 == "\n" }.reversed()) }
}
