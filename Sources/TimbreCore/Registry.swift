/// The plugins a host knows. Filled by explicit registration, then only read.
public struct Registry: Sendable {
  /// A plugin without its type: its description and how to make one.
  public struct Entry<Instance>: Sendable {
    public let description: PluginDescription
    /// All parameters with their values, defaults written out.
    public let resolve: @Sendable ([JSONValue.Member]) throws -> [JSONValue.Member]
    public let make: @Sendable ([JSONValue.Member]) throws -> Instance
  }

  /// A feature reads either the signal or another feature.
  public enum Feature: Sendable {
    case extractor(any FeatureExtractor)
    case transform(any FeatureTransform)
  }

  public private(set) var datasets: [String: Entry<any DatasetReader>] = [:]
  public private(set) var features: [String: Entry<Feature>] = [:]
  public private(set) var augmenters: [String: Entry<any Augmenter>] = [:]
  public private(set) var classifiers: [String: Entry<any Classifier>] = [:]
  /// Ids of the features that read another node.
  public private(set) var transforms: Set<String> = []

  public init() {}

  public mutating func register<P: DatasetReader>(_ plugin: P.Type) {
    datasets[admit(P.spec.description, .dataset)] = Self.entry(plugin) { $0 as any DatasetReader }
  }

  public mutating func register<P: FeatureExtractor>(_ plugin: P.Type) {
    features[admit(P.spec.description, .feature)] = Self.entry(plugin) { Feature.extractor($0) }
  }

  public mutating func register<P: FeatureTransform>(_ plugin: P.Type) {
    features[admit(P.spec.description, .feature)] = Self.entry(plugin) { Feature.transform($0) }
    transforms.insert(P.spec.description.id)
  }

  public mutating func register<P: Augmenter>(_ plugin: P.Type) {
    augmenters[admit(P.spec.description, .augment)] = Self.entry(plugin) { $0 as any Augmenter }
  }

  public mutating func register<P: Classifier>(_ plugin: P.Type) {
    classifiers[admit(P.spec.description, .classifier)] = Self.entry(plugin) { $0 as any Classifier }
  }

  /// All descriptions, sorted by id.
  public var descriptions: [PluginDescription] {
    (datasets.values.map(\.description) + features.values.map(\.description) + augmenters.values.map(\.description)
      + classifiers.values.map(\.description)).sorted { $0.id < $1.id }
  }

  public func description(of id: String) -> PluginDescription? { descriptions.first { $0.id == id } }

  /// Two plugins under one id, or an id of another kind, are a slip of the programmer: stop at once.
  private func admit(_ description: PluginDescription, _ kind: PluginKind) -> String {
    precondition(description.kind == kind, "\(description.id) is registered as a \(kind.rawValue)")
    precondition(self.description(of: description.id) == nil, "two plugins are called \(description.id)")
    return description.id
  }

  private static func entry<P: Plugin, Instance>(
    _ plugin: P.Type, _ wrap: @escaping @Sendable (P) -> Instance
  ) -> Entry<Instance> {
    Entry(
      description: P.spec.description,
      resolve: { members in
        let config = try P.spec.config(from: members.filter { $0.key != "use" })
        return P.spec.members(of: config)
      },
      make: { members in try wrap(P(P.spec.config(from: members.filter { $0.key != "use" }))) })
  }
}
