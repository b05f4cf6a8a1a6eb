import TimbreCore

extension Reference {
  /// Everything a program needs to know of a plugin, also to show a form for its parameters.
  ///
  /// `type` says in words what a parameter takes, `accepts` says the same for programs. `node` lists what the plugin's node in a
  /// workflow takes besides its parameters; `drawable` says whether each parameter may be a range or a choice there.
  public static func json(_ plugin: PluginDescription, in registry: Registry) -> JSONValue {
    let changesFeatures = registry.featureAugmenters.contains(plugin.id)
    return .object([
      .init("id", .string(plugin.id)), .init("kind", .string(plugin.kind?.rawValue ?? "")),
      .init("summary", .string(plugin.summary)),
      .init("reference", plugin.reference.map { .string($0) } ?? .null),
      .init("formula", plugin.formula.map { .string($0) } ?? .null),
      .init("details", plugin.details.map { .string($0) } ?? .null), .init("version", .int(plugin.version)),
      .init("reads", reads(plugin, isOfFeature: changesFeatures || registry.transforms.contains(plugin.id))),
      .init("example", .object(plugin.example)),
      .init("node", json(Grammar.nodeParameters(of: plugin, in: registry))),
      .init("drawable", .bool(plugin.kind == .augment)), .init("parameters", json(plugin.parameters)),
    ])
  }

  /// Parameters of anything: of a plugin, of a variant, of a part of a workflow.
  public static func json(_ parameters: [ParameterDescription]) -> JSONValue {
    .array(
      parameters.map { parameter in
        .object([
          .init("name", .string(parameter.name)), .init("type", .string(parameter.type.phrase)),
          .init("required", .bool(parameter.isRequired)), .init("default", parameter.defaultValue ?? .null),
          .init("unit", parameter.unit.map { .string($0.rawValue) } ?? .null),
          .init("summary", .string(parameter.summary)), .init("accepts", accepts(parameter.type)),
        ])
      })
  }

  /// What audio or numbers the plugin is made of.
  private static func reads(_ plugin: PluginDescription, isOfFeature: Bool) -> JSONValue {
    switch plugin.kind {
    case .feature, .augment: isOfFeature ? "feature" : "signal"
    case .classifier: "vectors"
    case .dataset, nil: "files"
    }
  }

  /// A type as an object with `kind` and what that kind needs; bounds that are not there are left out.
  private static func accepts(_ type: ParameterType) -> JSONValue {
    func form(_ kind: String, _ members: [JSONValue.Member] = []) -> JSONValue {
      .object([.init("kind", .string(kind))] + members)
    }
    switch type {
    case .any: return form("any")
    case .null: return form("null")
    case .bool: return form("bool")
    case .string: return form("string")
    case .path: return form("path")
    case .int(let range):
      return form("int", bounds(range, lowest: "minimum", highest: "maximum"))
    case .number(let range):
      return form(
        "number",
        [
          range.lower.map { JSONValue.Member("minimum", $0.json) },
          range.upper.map { JSONValue.Member("maximum", $0.json) },
          range.lower != nil && range.excludesLower ? .init("excludes_minimum", true) : nil,
          range.upper != nil && range.excludesUpper ? .init("excludes_maximum", true) : nil,
        ].compactMap { $0 })
    case .choice(let names, _): return form("choice", [.init("choices", .array(names.map { .string($0) }))])
    case .oneOf(let types): return form("one_of", [.init("types", .array(types.map(accepts)))])
    case .list(let element, let count):
      let range = bounds(count, lowest: "at_least", highest: "at_most")
      return form("list", [.init("of", accepts(element))] + range)
    case .map(let element): return form("map", [.init("of", accepts(element))])
    case .record(let parameters): return form("record", [.init("parameters", json(parameters))])
    case .variants(let tag, let variants):
      let described: [JSONValue] = variants.map { variant in
        [
          "name": .string(variant.name), "summary": .string(variant.summary),
          "parameters": json(variant.parameters),
        ]
      }
      return form("variants", [.init("tag", .string(tag)), .init("variants", .array(described))])
    }
  }

  private static func bounds(_ range: ClosedRange<Int>, lowest: String, highest: String) -> [JSONValue.Member] {
    (range.lowerBound == .min ? [] : [.init(lowest, .int(range.lowerBound))])
      + (range.upperBound == .max ? [] : [.init(highest, .int(range.upperBound))])
  }
}
