/// One alternative of a tagged object, such as the `max_pool` layer of a network, with parameters of its own.
///
/// A value type with several alternatives lists them once and gets its `ParameterValue` conformance from `VariantValue`:
/// ```swift
/// extension Optimizer: VariantValue {
///   public static let variants = [
///     Variant("adam", "Adam (Kingma and Ba, 2015).", Adam.parameters, wrap: Optimizer.adam) { if case .adam(let c) = $0 { c } else { nil } },
///   ]
/// }
/// ```
public struct Variant<Value: Sendable>: Sendable {
  public let description: VariantDescription
  let parse: @Sendable ([JSONValue.Member]) -> Value?
  /// The members besides the tag; nil when the value is another alternative.
  let members: @Sendable (Value) -> [JSONValue.Member]?

  public init<Config: PluginConfig>(
    _ name: String, _ summary: String, _ parameters: [Parameter<Config>], wrap: @escaping @Sendable (Config) -> Value,
    unwrap: @escaping @Sendable (Value) -> Config?
  ) {
    description = VariantDescription(name: name, summary: summary, parameters: parameters.map(\.description))
    parse = { members in parameters.config(from: members).map(wrap) }
    members = { value in unwrap(value).map { parameters.members(of: $0) } }
  }
}

/// A value with alternatives that its JSON names by a tag.
public protocol VariantValue: ParameterValue {
  /// The key that names the alternative.
  static var tag: String { get }
  static var variants: [Variant<Self>] { get }
}

extension VariantValue {
  public static var tag: String { "type" }

  public static var parameterType: ParameterType { .variants(tag: tag, variants.map(\.description)) }

  public init?(json: JSONValue) {
    let members = json.members ?? []
    guard let name = json.stringValue ?? json[Self.tag]?.stringValue,
      let variant = Self.variants.first(where: { $0.description.name == name }),
      let value = variant.parse(members.filter { $0.key != Self.tag })
    else { return nil }
    self = value
  }

  public var json: JSONValue {
    for variant in Self.variants {
      if let members = variant.members(self) {
        return .object([JSONValue.Member(Self.tag, .string(variant.description.name))] + members)
      }
    }
    return .null
  }
}

/// A value whose JSON is an object with fixed parameters and no tag.
public protocol RecordValue: ParameterValue, PluginConfig {
  static var parameters: [Parameter<Self>] { get }
}

extension RecordValue {
  public static var parameterType: ParameterType { .record(parameters.map(\.description)) }

  public init?(json: JSONValue) {
    guard let members = json.members, let value = Self.parameters.config(from: members) else { return nil }
    self = value
  }

  public var json: JSONValue { .object(Self.parameters.members(of: self)) }
}

extension Array {
  /// `Config()` with the given members written over it; nil where a member is unknown or of the wrong type.
  func config<Config>(from members: [JSONValue.Member]) -> Config? where Element == Parameter<Config> {
    var config = Config()
    for member in members {
      guard let parameter = first(where: { $0.description.name == member.key }), parameter.write(&config, member.value)
      else { return nil }
    }
    return config
  }

  /// Every parameter with its value in `config`.
  func members<Config>(of config: Config) -> [JSONValue.Member] where Element == Parameter<Config> {
    map { JSONValue.Member($0.description.name, $0.read(config)) }
  }
}
