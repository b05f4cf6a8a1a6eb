import TimbreCore

/// The JSON Schema (draft-07) of workflow files, generated from the same grammar that lint uses.
public enum Schema {
  public static func workflow(_ registry: Registry) -> JSONValue {
    let grammar = Grammar(registry)
    var schema: [JSONValue.Member] = [
      .init("$schema", "http://json-schema.org/draft-07/schema#"), .init("title", "Timbre workflow"),
    ]
    // A workflow that extends another may leave out or take away what that one has.
    let partial = grammar.keys.map { key in
      JSONValue.Member(key.name, ["description": .string(key.summary)])
    }
    schema += [
      .init("type", "object"), .init("if", ["required": ["extends"]]),
      .init("then", ["properties": .object(partial), "additionalProperties": false]),
      .init("else", .object((record(grammar.keys).members ?? []) + [.init("oneOf", .array(RowForm.keys.map(alone)))])),
    ]
    return .object(schema)
  }

  /// That a key is there; null is as good as not there.
  private static func alone(_ key: String) -> JSONValue {
    ["required": [.string(key)], "properties": .object([.init(key, ["not": ["type": "null"]])])]
  }

  private static func record(_ parameters: [ParameterDescription], tag: (String, String)? = nil) -> JSONValue {
    var properties: [JSONValue.Member] = []
    if let tag { properties.append(.init(tag.0, ["const": .string(tag.1)])) }
    properties += parameters.map { .init($0.name, property($0)) }
    let required = (tag.map { [$0.0] } ?? []) + parameters.filter(\.isRequired).map(\.name)
    return .object(
      [.init("type", "object"), .init("properties", .object(properties))]
        + (required.isEmpty ? [] : [.init("required", .array(required.map { .string($0) }))])
        + [.init("additionalProperties", false)])
  }

  private static func property(_ parameter: ParameterDescription) -> JSONValue {
    let unit = parameter.unit.map { " Unit: \($0)." } ?? ""
    var members = [JSONValue.Member("description", .string(parameter.summary + unit))]
    members += type(parameter.type).members ?? []
    if let value = parameter.defaultValue, value != .null { members.append(.init("default", value)) }
    return .object(members)
  }

  private static func type(_ type: ParameterType) -> JSONValue {
    switch type {
    case .any: return [:]
    case .null: return ["type": "null"]
    case .bool: return ["type": "boolean"]
    case .string, .path: return ["type": "string"]
    case .choice(let names, let aliases): return ["enum": .array((names + aliases).map { .string($0) })]
    case .int(let range):
      var members = [JSONValue.Member("type", "integer")]
      if range.lowerBound != .min { members.append(.init("minimum", .int(range.lowerBound))) }
      if range.upperBound != .max { members.append(.init("maximum", .int(range.upperBound))) }
      return .object(members)
    case .number(let range):
      var members = [JSONValue.Member("type", "number")]
      if let lower = range.lower {
        members.append(.init(range.excludesLower ? "exclusiveMinimum" : "minimum", lower.json))
      }
      if let upper = range.upper {
        members.append(.init(range.excludesUpper ? "exclusiveMaximum" : "maximum", upper.json))
      }
      return .object(members)
    case .oneOf(let types): return ["anyOf": .array(types.map { Self.type($0) })]
    case .list(let element, let count):
      var members = [JSONValue.Member("type", "array"), .init("items", Self.type(element))]
      if count.lowerBound > 0 { members.append(.init("minItems", .int(count.lowerBound))) }
      if count.upperBound != .max { members.append(.init("maxItems", .int(count.upperBound))) }
      return .object(members)
    case .map(let element): return ["type": "object", "additionalProperties": Self.type(element)]
    case .record(let parameters): return record(parameters)
    case .variants(let tag, let variants):
      // A bare name is enough for a variant without required parameters.
      let short = variants.filter { !$0.parameters.contains(where: \.isRequired) }.map { JSONValue.string($0.name) }
      let names: [JSONValue] = short.isEmpty ? [] : [["enum": .array(short)]]
      return [
        "anyOf": .array(
          names
            + variants.map { variant in
              .object(
                [.init("description", .string(variant.summary))]
                  + (record(variant.parameters, tag: (tag, variant.name)).members ?? []))
            })
      ]
    }
  }
}
