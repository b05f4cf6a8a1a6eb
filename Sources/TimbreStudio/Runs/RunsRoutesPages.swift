import Hummingbird
import TimbreReport
import TimbreWorkflow

extension RunsRoutes {
  func addPages(to pages: some RouterMethods<Studio.Context>) {
    pages.get("/runs") { request, _ in
      let query = try Query(request)
      var wish = try RunCatalogue.Wish(query)
      // People look for what they did last.
      if query["sort"] == nil { wish.reverse = true }
      let runs = RunCatalogue.chosen(catalogue.runs(in: studio.workspace.runs, called: "runs"), wish)
      return studio.pages.html(RunsPage(runs: runs, wish: wish, offset: try offset(query)).page)
    }
    pages.get("/runs/:id") { _, context in
      let id = try context.part("id")
      let path = try folder(id)
      let trials = id.contains(":") ? [] : catalogue.runs(in: path + "/trials", called: id)
      let redaction = redaction(path)
      let clips = try? tables.clips(of: path, redaction)
      let page = RunPage(
        id: id, path: path, trials: trials, clips: clips, files: Self.files(in: path), redaction: redaction)
      return studio.pages.html(try page.page())
    }
    pages.get("/runs/:id/clips") { request, context in
      let id = try context.part("id")
      let query = try Query(request)
      let clips = try clips(of: id)
      return studio.pages.html(
        ClipsPage(id: id, clips: clips, wish: try RunClips.Wish(query), offset: try offset(query)).page)
    }
    pages.get("/runs/:id/clip") { request, context in
      let id = try context.part("id")
      let query = try Query(request)
      let path = try folder(id)
      let page = try ClipPage(
        id: id, clip: query.required("clip"), view: query["view"], clips: clips(of: id),
        workflow: RunSummary.read("workflow.json", in: path))
      return studio.pages.html(page.page)
    }
  }
}
