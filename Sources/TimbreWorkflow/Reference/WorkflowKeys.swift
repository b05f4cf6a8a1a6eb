import TimbreCore

extension Reference {
  /// The keys of a workflow file for programs that help to write one: as `json` describes parameters. Where a plugin's node is
  /// taken, `accepts` is `{"kind": "variants", "tag": "use", "variants": []}`: the plugins describe themselves.
  public static func workflowKeys(_ registry: Registry) -> JSONValue {
    json(
      Grammar(registry).keys.map { key in
        var key = key
        key.type = withoutPlugins(key.type)
        return key
      })
  }

  private static func withoutPlugins(_ type: ParameterType) -> ParameterType {
    switch type {
    case .variants(tag: "use", _): .variants(tag: "use", [])
    case .oneOf(let types): .oneOf(types.map(withoutPlugins))
    case .list(let element, let count): .list(of: withoutPlugins(element), count: count)
    case .map(let element): .map(of: withoutPlugins(element))
    default: type
    }
  }
}
