import TimbreCore

/// The settings in which workflows differ.
public struct SettingDifference: Sendable, Hashable {
  /// "features.mfcc.n_mfcc"
  public var path: String
  /// One a workflow, in their order; nil where it has none.
  public var values: [JSONValue?]

  /// Settings that say nothing of what is computed.
  private static let passedOver = ["title", "description", "timbre", "$schema", "plugins", "artifacts"]

  public static func between(_ workflows: [JSONValue]) -> [SettingDifference] {
    var found: [SettingDifference] = []
    walk(workflows.map { $0 as JSONValue? }, at: "", into: &found)
    return found
  }

  private static func walk(_ values: [JSONValue?], at path: String, into found: inout [SettingDifference]) {
    if values.dropFirst().allSatisfy({ same($0, values[0]) }) { return }
    let objects = values.compactMap { $0?.members }
    // What one of them lacks, or does by another plugin, is one setting, not all of its parameters.
    let kinds = Set(values.map { $0?["use"]?.stringValue ?? $0?["type"]?.stringValue })
    guard objects.count == values.count, kinds.count == 1 else {
      found.append(SettingDifference(path: path, values: values))
      return
    }
    var keys: [String] = []
    for key in objects.flatMap({ $0.map(\.key) }) where !keys.contains(key) { keys.append(key) }
    for key in keys where !(path.isEmpty && passedOver.contains(key)) {
      walk(values.map { $0?[key] }, at: path.isEmpty ? key : path + "." + key, into: &found)
    }
  }

  private static func same(_ a: JSONValue?, _ b: JSONValue?) -> Bool {
    a == b || (a?.doubleValue != nil && a?.doubleValue == b?.doubleValue)
  }

  /// A value in a few characters, for tables.
  public static func short(_ value: JSONValue?) -> String {
    guard let value else { return "–" }
    if let use = value["use"]?.stringValue ?? value["type"]?.stringValue {
      return use.split(separator: ".").last.map(String.init) ?? use
    }
    if let items = value.arrayValue {
      let texts = items.map { short($0) }
      let text = texts.joined(separator: ", ")
      return text.count <= 40 ? text : "\(items.count) items"
    }
    let text = value.plain
    return text.count <= 40 ? text : "\(text.prefix(39))…"
  }
}
