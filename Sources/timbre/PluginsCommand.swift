import ArgumentParser
import TimbreAudio
import TimbreCore
import TimbreWorkflow

struct PluginsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugins", abstract: "List the plugins, or describe one with its parameters.")

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, markdown }

  @Argument(help: "A plugin's id, such as feature.mfcc.", completion: .anyPlugin) var id: String?
  @Option(help: "text, json or markdown.") var format = Format.text
  @Option(help: "A folder: write the whole reference as pages with pictures.", completion: .folder) var out: String?

  func run() throws {
    if let out { return try ReferencePages(registry, signal: Self.demonstration()).write(to: out) }
    let all = registry.descriptions
    guard let id else {
      switch format {
      case .text: Terminal.print(Reference.list(all))
      case .json: Terminal.print(JSONValue.array(all.map { Reference.json($0, in: registry) }).pretty)
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
    case .json: Terminal.print(Reference.json(plugin, in: registry).pretty)
    case .markdown: Terminal.print(Reference.markdown(plugin))
    }
  }

  /// A clip of the synthetic dataset, at librosa's rate: it is the same everywhere.
  private static func demonstration() throws -> Signal {
    guard let clip = try registry.datasets["dataset.synthetic"]?.make([]).clips().clips.first else {
      throw Diagnostic(.unknownChoice, "the pictures need dataset.synthetic")
    }
    return try load(clip.source, options: LoadOptions(sampleRate: 22_050)).signal
  }
}

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema (draft-07) of workflow files, for editors and validators.")

  func run() { Terminal.print(Schema.workflow(registry).pretty) }
}
