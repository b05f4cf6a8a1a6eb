import TimbreAudio
import TimbreCore
import TimbreEvaluation

/// How a signal becomes a row: load, feature nodes, and what is taken of them. All that prediction needs besides the model.
public struct Recipe: Sendable {
  public var load: LoadOptions
  /// Each after the node it reads.
  public var nodes: [Node]
  public var form: RowForm

  public struct Node: Sendable {
    public var name: String
    public var plugin: String
    /// Index of the node that it reads instead of the signal.
    public var source: Int?
    public var feature: Registry.Feature
  }

  /// One column of a vector, one bin of a sequence.
  public struct Column: Sendable, Hashable {
    public var name: String
    public var node: String
    public var plugin: String
    /// Empty where all frames are taken.
    public var statistic: String
    public var bin: String
    public var unit: Unit?
  }

  /// The rate that axes are declared for: the rate of loading, or librosa's where the files keep their own.
  var nominalRate: Int { load.sampleRate ?? 22_050 }

  /// The columns of a row, known without audio.
  public func columns() throws -> [Column] {
    let axes = try axes(sampleRate: nominalRate)
    return form.parts.flatMap { part -> [Column] in
      let node = nodes[part.node]
      let bins = axes[part.node].bins
      let prefix = [node.name] + (part.statistic.map { [$0.name] } ?? [])
      return bins.map { bin in
        Column(
          name: (prefix + (bins.count > 1 ? [bin] : [])).joined(separator: "."), node: node.name, plugin: node.plugin,
          statistic: part.statistic?.name ?? "", bin: bin, unit: axes[part.node].valueUnit)
      }
    }
  }

  /// What a row is to the classifier, known without audio.
  public func shape() throws -> RowShape {
    let columns = try widths().reduce(0, +)
    return form.sequence.map { .sequence(frames: $0.frames, bins: columns) } ?? .vector(columns: columns)
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

  /// How many columns each part has.
  func widths() throws -> [Int] {
    let axes = try axes(sampleRate: nominalRate)
    return form.parts.map { axes[$0.node].bins.count }
  }

  /// The same recipe for some of its parts, with no node that these do not need.
  func only(_ wanted: [Int]) -> Recipe {
    let parts = form.parts
    var needed = Set(wanted.map { parts[$0].node })
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
    recipe.form.parts = wanted.compactMap { index in
      kept.firstIndex(of: parts[index].node).map { RowForm.Part(node: $0, statistic: parts[index].statistic) }
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

  /// The row of a signal, before scaling.
  /// - Throws: A `.notFinite` diagnostic naming the feature whose number is NaN or infinite, a `.badInput` diagnostic where a sequence's
  ///   features differ in their number of frames.
  public func row(of signal: Signal) throws -> Row {
    var draws = Draws(RandomSource(seed: 0))
    return try row(of: parts(of: signal, in: nil, drawing: &draws))
  }

  /// What the features of a view's signal, as the view changes them, give for each part of the form.
  func parts(of signal: Signal, in view: View?, drawing draws: inout Draws) throws -> [[Float]] {
    let features = try features(of: signal, in: view, drawing: &draws)
    return try form.parts.map { try $0.values(of: features[$0.node], named: nodes[$0.node].name) }
  }

  /// The row that the form's parts make.
  func row(of parts: [[Float]]) throws -> Row {
    guard let sequence = form.sequence else { return Row(values: Array(parts.joined())) }
    let names = form.parts.map { nodes[$0.node].name }
    return try sequence.row(of: Array(zip(names, zip(parts, widths()).map { (values: $0, width: $1) })))
  }
}

extension Diagnostic.Kind {
  static let badReference = Self("bad_reference")
}
