import Synchronization

/// The settings of a plugin. `Config()` holds the defaults, and nothing else does.
public protocol PluginConfig: Sendable {
  init()
}

/// What a plugin can be to the host.
public enum PluginKind: String, Sendable, Hashable, CaseIterable {
  case dataset, feature, augment, classifier
}

/// What every plugin has: a spec that describes it, and a way to make one from its settings.
public protocol Plugin: Sendable {
  associatedtype Config: PluginConfig
  static var spec: PluginSpec<Config> { get }
  /// Makes the plugin; each parameter is already within its range.
  /// - Throws: A `Diagnostic` where parameters contradict each other.
  init(_ config: Config) throws
}

/// The one declaration of a plugin. Parsing, lint, the command line, the JSON Schema and the reference all come from it.
///
/// Parameters are made when something first asks for them: a program knows many plugins and uses few.
public final class PluginSpec<Config: PluginConfig>: Sendable {
  public let id: String
  private let makeParameters: @Sendable () -> [Parameter<Config>]
  private let describe: @Sendable ([ParameterDescription]) -> PluginDescription
  private let made = Mutex<(parameters: [Parameter<Config>], description: PluginDescription)?>(nil)

  public var description: PluginDescription { all.description }
  var parameters: [Parameter<Config>] { all.parameters }

  private var all: (parameters: [Parameter<Config>], description: PluginDescription) {
    made.withLock { made in
      if let made { return made }
      let parameters = makeParameters()
      let result = (parameters, describe(parameters.map(\.description)))
      made = result
      return result
    }
  }

  /// - Parameters:
  ///   - id: `kind.name` in lower snake case.
  ///   - summary: One sentence.
  ///   - reference: The paper or library function whose behaviour it follows.
  ///   - version: Raised whenever the same settings give other numbers.
  ///   - details: Further paragraphs for the reference page: output, limits, where it differs from its reference.
  ///   - formula: The formula in plain text, a few lines at most.
  ///   - example: Parameters worth showing, for the example and the picture of the reference page.
  public init(
    _ id: String, summary: String, reference: String? = nil, version: Int = 1,
    parameters: @escaping @autoclosure @Sendable () -> [Parameter<Config>] = [],
    details: String? = nil, formula: String? = nil, example: [JSONValue.Member] = []
  ) {
    self.id = id
    makeParameters = parameters
    describe = { parameters in
      PluginDescription(
        id: id, summary: summary, reference: reference, version: version, details: details, formula: formula,
        example: example, parameters: parameters)
    }
  }

  /// Settings from the members of a JSON object; what it does not name keeps its default.
  /// - Throws: A `Diagnostic` for the first thing wrong; `findings(in:)` tells all of them.
  public func config(from members: [JSONValue.Member]) throws -> Config {
    if let finding = description.findings(in: members).first { throw finding.diagnostic }
    guard let config = parameters.config(from: members) else {
      throw Diagnostic(.invalidParameters, "the parameters of \(description.id) cannot be read")
    }
    return config
  }

  /// All parameters with their values, defaults written out.
  public func members(of config: Config) -> [JSONValue.Member] { parameters.members(of: config) }
}

/// A plugin's spec without its Swift type.
public struct PluginDescription: Sendable, Hashable {
  public var id: String
  public var summary: String
  public var reference: String?
  public var version: Int
  public var details: String?
  public var formula: String?
  /// Parameters of the reference page's example.
  public var example: [JSONValue.Member]
  public var parameters: [ParameterDescription]

  public var kind: PluginKind? { PluginKind(rawValue: String(id.prefix { $0 != "." })) }
  public var name: String { String(id.drop { $0 != "." }.dropFirst()) }

  public func findings(in members: [JSONValue.Member], at path: [ValueFinding.Step] = []) -> [ValueFinding] {
    parameters.findings(in: members, at: path, owner: id, also: ["use"])
  }
}
