import TimbreCore

/// What the registry says of its plugins, as text for a terminal, JSON for programs, and the Markdown reference.
public enum Reference {
  /// One plugin for a terminal.
  public static func text(_ plugin: PluginDescription) -> String {
    var text = "\(plugin.id)  (version \(plugin.version))\n\(plugin.summary)\n"
    if let reference = plugin.reference { text += "After: \(reference)\n" }
    if let formula = plugin.formula { text += "\n\(formula)\n" }
    if let details = plugin.details { text += "\n\(details)\n" }
    if !plugin.parameters.isEmpty { text += "\nParameters:\n" }
    for parameter in plugin.parameters {
      let unit = parameter.unit.map { " [\($0)]" } ?? ""
      let value = parameter.defaultValue.map { "default \(brief($0))" } ?? "required"
      text += "  \(parameter.name)\(unit)  \(value)\n      \(parameter.summary)\n      \(parameter.type.phrase)\n"
      for variant in variants(in: parameter.type) {
        text += "      \(variant.name): \(variant.summary)"
        let names = variant.parameters.map { "\($0.name)=\($0.defaultValue.map(brief) ?? "…")" }
        text += names.isEmpty ? "\n" : " \(names.joined(separator: ", "))\n"
      }
    }
    return text
  }

  /// One line a plugin.
  public static func list(_ plugins: [PluginDescription]) -> String {
    let width = plugins.map(\.id.count).max() ?? 0
    return plugins.map { $0.id + String(repeating: " ", count: width - $0.id.count + 2) + $0.summary + "\n" }.joined()
  }

  /// All plugins' sections one after the other.
  public static func markdown(_ plugins: [PluginDescription]) -> String {
    "# Plugins\n" + plugins.map { "\n" + markdown($0) }.joined()
  }

  /// One plugin: what it is, its formula and its parameters.
  public static func markdown(_ plugin: PluginDescription) -> String {
    head(plugin, level: "##") + formula(plugin) + parameters(plugin)
  }

  static func head(_ plugin: PluginDescription, level: String) -> String {
    var text = "\(level) `\(plugin.id)`\n\n\(plugin.summary)\n"
    if let reference = plugin.reference { text += "After: \(reference). " }
    return text + "Version \(plugin.version).\n"
  }

  static func formula(_ plugin: PluginDescription) -> String {
    (plugin.formula.map { "\n```text\n\($0)\n```\n" } ?? "") + (plugin.details.map { "\n\($0)\n" } ?? "")
  }

  /// The table of parameters, and one of the variants of each parameter that has them.
  static func parameters(_ plugin: PluginDescription) -> String {
    guard !plugin.parameters.isEmpty else { return "" }
    var text = "\n| parameter | default | unit | what it is |\n| --- | --- | --- | --- |\n"
    for parameter in plugin.parameters {
      let value = parameter.defaultValue.map { "`\(brief($0))`" } ?? "required"
      text +=
        "| `\(parameter.name)` | \(escaped(value)) | \(parameter.unit?.rawValue ?? "") | \(escaped(parameter.summary)) \(escaped(capitalised(parameter.type.phrase))). |\n"
    }
    for parameter in plugin.parameters {
      let variants = variants(in: parameter.type)
      if variants.isEmpty { continue }
      text += "\n`\(parameter.name)`:\n\n| type | parameters | what it is |\n| --- | --- | --- |\n"
      for variant in variants {
        let names = variant.parameters.map { "`\($0.name)` = \($0.defaultValue.map(brief) ?? "required")" }
        text += "| `\(variant.name)` | \(escaped(names.joined(separator: ", "))) | \(escaped(variant.summary)) |\n"
      }
    }
    return text
  }

  public static func heading(_ kind: PluginKind) -> String {
    switch kind {
    case .dataset: "Dataset readers"
    case .feature: "Feature extractors"
    case .augment: "Augmenters"
    case .classifier: "Classifiers"
    }
  }

  package static func variants(in type: ParameterType) -> [VariantDescription] {
    switch type {
    case .variants(_, let variants): variants
    case .list(let element, _): variants(in: element)
    case .oneOf(let types): types.lazy.map { variants(in: $0) }.first { !$0.isEmpty } ?? []
    default: []
    }
  }

  /// A default on one line; a long list by its length.
  package static func brief(_ value: JSONValue) -> String {
    let text = value.description
    if text.count <= 60 { return text }
    if let items = value.arrayValue { return "a list of \(items.count)" }
    return String(text.prefix(57)) + "…"
  }

  private static func escaped(_ text: String) -> String {
    text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
  }
  private static func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
