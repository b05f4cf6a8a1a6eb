/// The plugins a host knows. Filled by explicit registration, then only read.
public struct Registry: Sendable {
  /// A plugin without its type: its description and how to make one.
  public struct Entry<Instance>: Sendable {
    public var description: PluginDescription { describe() }
    fileprivate let describe: @Sendable () -> PluginDescription
    /// All parameters with their values, defaults written out.
    public let resolve: @Sendable ([JSONValue.Member]) throws -> [JSONValue.Member]
    public let make: @Sendable ([JSONValue.Member]) throws -> Instance
  }

  /// A feature reads either the signal or another feature.
  public enum Feature: Sendable {
    case extractor(any FeatureExtractor)
    case transform(any FeatureTransform)
  }

  /// An augmenter changes either the signal or a feature.
  public enum Augmentation: Sendable {
    case signal(any Augmenter)
    case feature(any FeatureAugmenter)
  }

  public private(set) var datasets: [String: Entry<any DatasetReader>] = [:]
  public private(set) var features: [String: Entry<Feature>] = [:]
  public private(set) var augmenters: [String: Entry<Augmentation>] = [:]
  public private(set) var classifiers: [String: Entry<any Classifier>] = [:]
  /// What classifiers have for other defaults where rows are sequences, by id.
  public private(set) var sequenceDefaults: [String: [JSONValue.Member]] = [:]
  /// Ids of the features that read another node.
  public private(set) var transforms: Set<String> = []
  /// Ids of the augmenters that change a feature instead of the signal.
  public private(set) var featureAugmenters: Set<String> = []
  /// The types of all plugins in the order of registration, for what goes over every one of them.
  public private(set) var types: [any Plugin.Type] = []

  public init() {}

  public mutating func register<P: DatasetReader>(_ plugin: P.Type) {
    datasets[admit(plugin, .dataset)] = Self.entry(plugin) { $0 as any DatasetReader }
  }

  public mutating func register<P: FeatureExtractor>(_ plugin: P.Type) {
    features[admit(plugin, .feature)] = Self.entry(plugin) { Feature.extractor($0) }
  }

  public mutating func register<P: FeatureTransform>(_ plugin: P.Type) {
    features[admit(plugin, .feature)] = Self.entry(plugin) { Feature.transform($0) }
    transforms.insert(P.spec.id)
  }

  public mutating func register<P: Augmenter>(_ plugin: P.Type) {
    augmenters[admit(plugin, .augment)] = Self.entry(plugin) { Augmentation.signal($0) }
  }

  public mutating func register<P: FeatureAugmenter>(_ plugin: P.Type) {
    augmenters[admit(plugin, .augment)] = Self.entry(plugin) { Augmentation.feature($0) }
    featureAugmenters.insert(P.spec.id)
  }

  public mutating func register<P: Classifier>(_ plugin: P.Type) {
    classifiers[admit(plugin, .classifier)] = Self.entry(plugin) { $0 as any Classifier }
    sequenceDefaults[P.spec.id] = P.sequenceDefaults
  }

  /// All descriptions, sorted by id.
  public var descriptions: [PluginDescription] {
    (datasets.values.map(\.description) + features.values.map(\.description) + augmenters.values.map(\.description)
      + classifiers.values.map(\.description)).sorted { $0.id < $1.id }
  }

  public func description(of id: String) -> PluginDescription? {
    features[id]?.description ?? augmenters[id]?.description ?? datasets[id]?.description
      ?? classifiers[id]?.description
  }

  /// What a plugin's parameter is where a workflow does not say it.
  public func defaultValue(of parameter: String, in id: String, forSequences: Bool = false) -> JSONValue? {
    if forSequences, let member = sequenceDefaults[id]?.first(where: { $0.key == parameter }) { return member.value }
    return description(of: id)?.parameters.first { $0.name == parameter }?.defaultValue
  }

  /// Two plugins under one id, or an id of another kind, are a slip of the programmer: stop at once.
  private mutating func admit<P: Plugin>(_ plugin: P.Type, _ kind: PluginKind) -> String {
    let id = P.spec.id
    precondition(id.hasPrefix(kind.rawValue + "."), "\(id) is registered as a \(kind.rawValue)")
    precondition(!isKnown(id), "two plugins are called \(id)")
    types.append(plugin)
    return id
  }

  private func isKnown(_ id: String) -> Bool {
    features[id] != nil || augmenters[id] != nil || datasets[id] != nil || classifiers[id] != nil
  }

  /// The same plugins but for those that have other ids.
  public func only(_ ids: Set<String>) -> Registry {
    var result = self
    result.datasets = datasets.filter { ids.contains($0.key) }
    result.features = features.filter { ids.contains($0.key) }
    result.augmenters = augmenters.filter { ids.contains($0.key) }
    result.classifiers = classifiers.filter { ids.contains($0.key) }
    return result
  }

  private static func entry<P: Plugin, Instance>(
    _ plugin: P.Type, _ wrap: @escaping @Sendable (P) -> Instance
  ) -> Entry<Instance> {
    Entry(
      describe: { P.spec.description },
      resolve: { members in
        let config = try P.spec.config(from: members.filter { $0.key != "use" })
        return P.spec.members(of: config)
      },
      make: { members in try wrap(P(P.spec.config(from: members.filter { $0.key != "use" }))) })
  }
}
