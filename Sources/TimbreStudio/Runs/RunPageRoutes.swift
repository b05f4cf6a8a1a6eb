import Hummingbird
import TimbreWorkflow

/// The pages of runs.
extension RunsRoutes {
  func addPages(to pages: some RouterMethods<Studio.Context>) {
    pages.get("/runs") { request, _ in
      let query = try Query(request)
      var wish = try RunCatalogue.Wish(query)
      // People look for what they did last.
      if query["sort"] == nil { wish.reverse = true }
      let all = catalogue.runs(in: studio.workspace.runs, called: "runs")
      // What waits for its turn has no folder yet.
      let waiting = await studio.runs.all().filter { run in !run.isOver && !all.contains { $0.name == run.id } }
      return studio.pages.html(
        RunsPage(
          runs: RunCatalogue.chosen(all, wish), waiting: waiting, wish: wish, offset: try offset(query)
        ).page)
    }
    pages.get("/runs/:id") { _, context in
      let id = try context.part("id")
      let isHere = await studio.runs.run(id).map { !$0.isOver } ?? false
      let path: String
      do {
        path = try folder(id)
      } catch {
        guard isHere else { throw error }
        return studio.pages.html(RunPage.waiting(id))
      }
      let trials = id.contains(":") ? [] : catalogue.runs(in: path + "/trials", called: id)
      let redaction = redaction(path)
      let clips = try? tables.clips(of: path, redaction)
      let page = RunPage(
        id: id, path: path, isHere: isHere, trials: trials, clips: clips, files: Self.files(in: path),
        redaction: redaction)
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
