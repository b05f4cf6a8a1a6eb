import ArgumentParser
import TimbreCore
import TimbreWorkflow

struct PluginsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugins", abstract: "List the plugins, or describe one with its parameters.")

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, markdown }

  @Argument(help: "A plugin's id, such as feature.mfcc.") var id: String?
  @Option(help: "text, json or markdown.") var format = Format.text

  func run() throws {
    let all = registry.descriptions
    guard let id else {
      switch format {
      case .text: Terminal.print(Reference.list(all))
      case .json: Terminal.print(JSONValue.array(all.map(Reference.json)).pretty)
      case .markdown: Terminal.print(Reference.markdown(all))
      }
      return
    }
    guard let plugin = registry.description(of: id) else {
      let help =
        closest(to: id, among: all.map(\.id)).map { "did you mean \"\($0)\"?" } ?? "\"timbre plugins\" lists them"
      throw RequestError([Diagnostic(.unknownChoice, "unknown plugin \"\(id)\"", help: help)])
    }
    switch format {
    case .text: Terminal.print(Reference.text(plugin))
    case .json: Terminal.print(Reference.json(plugin).pretty)
    case .markdown: Terminal.print(Reference.markdown(plugin))
    }
  }
}

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema (draft-07) of workflow files, for editors and validators.")

  func run() { Terminal.print(Schema.workflow(registry).pretty) }
}
