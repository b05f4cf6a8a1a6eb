import HTTPTypes
import Hummingbird
import TimbreCore
import TimbreWorkflow

/// What the plugins are, and trying them.
struct PluginRoutes {
  let studio: Studio

  func add(to pages: some RouterMethods<Studio.Context>, api: some RouterMethods<Studio.Context>) {
    pages.get("/plugins") { _, _ in studio.pages.html(PluginPages.list(studio.registry)) }
    pages.get("/plugins/:id") { _, context in
      studio.pages.html(try PluginPages.one(plugin(context.decoded("id")), studio.registry))
    }
    api.get("/plugins") { _, _ in
      Answer.json(.array(studio.registry.descriptions.map { Reference.json($0, in: studio.registry) }))
    }
    api.get("/plugins/:id") { _, context in
      Answer.json(Reference.json(try plugin(context.decoded("id")), in: studio.registry))
    }
    api.post("/plugins/:id/try") { request, context in
      try await TryRoute(studio: studio).answer(request, plugin(context.decoded("id")))
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
