import TimbreAudio
import TimbreCore
import TimbreEvaluation

/// A workflow with everything resolved and every plugin made: what a run carries out.
public struct Plan: Sendable {
  public var title: String
  public var summary: String
  public var seed: UInt64
  /// nil where a variable of the dataset is unset and the request needs no dataset.
  public var dataset: DatasetSource?
  public var recipe: VectorRecipe
  public var views: [View]
  public var split: SplitOptions
  public var scale: ScalerKind
  public var classifier: any Classifier
  public var onError: OnError
  public var artifacts: ArtifactOptions
  /// The file with every default written out, every variable replaced, paths absolute, and versions of plugins.
  public var resolved: JSONValue
}

/// How a signal becomes a row: load, feature nodes, pooled columns. All that prediction needs besides the model.
public struct VectorRecipe: Sendable {
  public var load: LoadOptions
  /// Each after the node it reads.
  public var nodes: [Node]
  public var items: [Item]

  public struct Node: Sendable {
    public var name: String
    public var plugin: String
    /// Index of the node that it reads instead of the signal.
    public var source: Int?
    public var feature: Registry.Feature
  }

  public struct Item: Sendable {
    /// Index of the pooled node.
    public var node: Int
    public var statistic: Statistic
  }

  /// One column of a row.
  public struct Column: Sendable, Hashable {
    public var name: String
    public var node: String
    public var plugin: String
    public var statistic: String
    public var bin: String
    public var unit: Unit?
  }

  /// The rate that axes are declared for: the rate of loading, or librosa's where the files keep their own.
  var nominalRate: Int { load.sampleRate ?? 22_050 }

  /// The columns of a row, known without audio.
  public func columns() throws -> [Column] {
    let axes = try axes(sampleRate: nominalRate)
    return items.flatMap { item -> [Column] in
      let node = nodes[item.node]
      let bins = axes[item.node].bins
      return bins.map { bin in
        Column(
          name: ([node.name, item.statistic.name] + (bins.count > 1 ? [bin] : [])).joined(separator: "."),
          node: node.name, plugin: node.plugin, statistic: item.statistic.name, bin: bin,
          unit: axes[item.node].valueUnit)
      }
    }
  }

  /// What each node will give.
  public func axes(sampleRate: Int) throws -> [FeatureAxes] {
    var axes: [FeatureAxes] = []
    for node in nodes {
      switch (node.feature, node.source) {
      case (.extractor(let extractor), _): axes.append(try extractor.axes(sampleRate: sampleRate))
      case (.transform(let transform), let source?): axes.append(try transform.axes(of: axes[source]))
      case (.transform, nil):
        throw Diagnostic(.badReference, "\(node.plugin) reads another feature: give it \"of\"", subject: node.name)
      }
    }
    return axes
  }

  /// How many numbers each item has.
  func widths() throws -> [Int] {
    let axes = try axes(sampleRate: nominalRate)
    return items.map { axes[$0.node].bins.count }
  }

  /// The same recipe for some of its items, with no node that these do not need.
  func only(_ wanted: [Int]) -> VectorRecipe {
    var needed = Set(wanted.map { items[$0].node })
    for node in nodes.indices.reversed() where needed.contains(node) {
      if let source = nodes[node].source { needed.insert(source) }
    }
    let kept = nodes.indices.filter(needed.contains)
    var recipe = self
    recipe.nodes = kept.map { index in
      var node = nodes[index]
      node.source = node.source.flatMap { kept.firstIndex(of: $0) }
      return node
    }
    recipe.items = wanted.compactMap { index in
      kept.firstIndex(of: items[index].node).map { Item(node: $0, statistic: items[index].statistic) }
    }
    return recipe
  }

  /// Every node's feature. What nodes share is computed once.
  public func features(of signal: Signal) throws -> [FeatureMatrix] {
    var draws = Draws(RandomSource(seed: 0))
    return try features(of: signal, in: nil, drawing: &draws)
  }

  /// Every node's feature, as a view changes it before other nodes read it.
  func features(of signal: Signal, in view: View?, drawing draws: inout Draws) throws -> [FeatureMatrix] {
    let analysis = Analysis(of: signal)
    var features: [FeatureMatrix] = []
    for node in nodes {
      do {
        switch (node.feature, node.source) {
        case (.extractor(let extractor), _): features.append(try extractor.extract(from: analysis))
        case (.transform(let transform), let source?): features.append(try transform.transform(features[source]))
        case (.transform, nil): throw Diagnostic(.badReference, "\(node.plugin) reads another feature: give it \"of\"")
        }
        let last = features.count - 1
        if let view { features[last] = try view.apply(to: features[last], of: node.name, drawing: &draws) }
      } catch let diagnostic as Diagnostic {
        throw diagnostic.about("feature \(node.name)")
      }
    }
    return features
  }

  /// The row of a signal: the items' statistics one after the other.
  /// - Throws: A `.notFinite` diagnostic naming the feature whose number is NaN or infinite.
  public func vector(of signal: Signal) throws -> [Float] {
    var draws = Draws(RandomSource(seed: 0))
    return try vector(of: signal, in: nil, drawing: &draws)
  }

  /// The row of a view's signal, its features as the view changes them.
  func vector(of signal: Signal, in view: View?, drawing draws: inout Draws) throws -> [Float] {
    try row(of: features(of: signal, in: view, drawing: &draws))
  }

  /// The row of features that are there already, one for each node.
  func row(of features: [FeatureMatrix]) throws -> [Float] {
    var vector: [Float] = []
    for item in items {
      let feature = features[item.node]
      let pooled = item.statistic.pool(feature)
      if let bin = pooled.firstIndex(where: { !$0.isFinite }) {
        throw Diagnostic(
          .notFinite,
          "the \(item.statistic.name) of feature \(nodes[item.node].name), bin \(feature.axes.bins[bin]), is not finite",
          help: "look at the feature of this clip, or choose another statistic")
      }
      vector += pooled
    }
    return vector
  }
}

extension Diagnostic.Kind {
  static let badReference = Self("bad_reference")
}
