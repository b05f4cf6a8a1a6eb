import HTTPTypes
import Hummingbird
import TimbreCore
import TimbreWorkflow

/// What the plugins are, and trying them.
struct PluginRoutes {
  let studio: Studio

  func add(to pages: some RouterMethods<Studio.Context>, api: some RouterMethods<Studio.Context>) {
    api.get("/plugins") { _, _ in
      Answer.json(.array(studio.registry.descriptions.map { Reference.json($0, in: studio.registry) }))
    }
    api.get("/plugins/:id") { _, context in
      Answer.json(Reference.json(try plugin(context.parameters.require("id")), in: studio.registry))
    }
  }

  private func plugin(_ id: String) throws -> PluginDescription {
    guard let plugin = studio.registry.description(of: id) else {
      let help =
        suggestion(for: id, among: studio.registry.descriptions.map(\.id)) ?? "GET /api/v1/plugins lists them"
      throw Refusal.notFound("there is no plugin \"\(id)\"", help: help)
    }
    return plugin
  }
}
