import Foundation
import HTTPTypes
import Hummingbird
import TimbreCore
import TimbreReport
import TimbreWorkflow

/// The runs of the workspace: what they say of themselves, their files, and their clips made again.
struct RunsRoutes {
  let studio: Studio
  let catalogue: RunCatalogue
  let tables = RunTables()
  private let live = LiveClips()

  init(studio: Studio) {
    self.studio = studio
    catalogue = RunCatalogue(studio.redaction)
  }

  func add(to pages: some RouterMethods<Studio.Context>, api: some RouterMethods<Studio.Context>) {
    addPages(to: pages)
    api.get("/runs") { request, _ in try list(request, studio.workspace.runs, called: "runs") }
    api.get("/runs/:id") { _, context in
      let path = try folder(context.part("id"))
      return Answer.json(redaction(path).json(try RunSummary(reading: path).json))
    }
    api.delete("/runs/:id") { _, context in try remove(context.part("id")) }
    api.get("/runs/:id/trials") { request, context in
      let id = try context.part("id")
      return try list(request, folder(id) + "/trials", called: "runs/\(id)/trials")
    }
    api.get("/runs/:id/files") { _, context in
      let files = Self.files(in: try folder(context.part("id")))
      return Answer.json(.array(files.map { ["path": .string($0.path), "bytes": .int($0.bytes)] }))
    }
    api.get("/runs/:id/files/**") { request, context in
      let path = try context.rest()
      guard !path.split(separator: "/").contains(where: { $0.hasPrefix(".") }) else {
        throw Refusal.notFound("there is no such file")
      }
      let id = try context.part("id")
      let folder = try folder(id)
      let manner = RunFiles.Manner(
        redaction: redaction(folder), pass: studio.passes.pass(for: id), isPassed: studio.passes.admit(request))
      return try RunFiles.answer(studio.workspace.file(path, in: folder), to: request, manner)
    }
    api.get("/runs/:id/clips") { request, context in try clips(Query(request), of: context.part("id")) }
    api.get("/runs/:id/views/:view") { request, context in
      Answer.json(try await view(Query(request), context).json)
    }
    api.get("/runs/:id/views/:view/audio") { request, context in
      let view = try await view(Query(request), context)
      return try RunFiles.answer(view.audio, to: request, .init(type: "audio/wav", kept: view))
    }
    api.get("/runs/:id/views/:view/features/:node") { request, context in
      try await feature(context.part("node"), Query(request), context)
    }
  }

  /// The folder of a run itself, never one that a link leads to.
  func folder(_ id: String) throws -> String {
    let path = try studio.workspace.run(id)
    let parts = id.split(separator: ":", maxSplits: 1).joined(separator: "/trials/")
    guard path.hasSuffix("/" + parts) else { throw Refusal.notFound("there is no run \"\(id)\"") }
    return path
  }

  func offset(_ query: Query) throws -> Int { try query.number("offset", in: 0...1_000_000_000) ?? 0 }

  /// What `timbre runs --json` says, paths as seen from the workspace; how many there are in all stands in a header.
  private func list(_ request: Request, _ folder: String, called path: String) throws -> Response {
    let query = try Query(request)
    let wish = try RunCatalogue.Wish(query)
    let limit = try query.number("limit", in: 0...100_000) ?? 100_000
    let runs = RunCatalogue.chosen(catalogue.runs(in: folder, called: path), wish)
    var response = Answer.json(.array(runs.dropFirst(try offset(query)).prefix(limit).map(\.json)))
    if let name = HTTPField.Name("X-Total-Count") { response.headers[name] = String(runs.count) }
    return response
  }

  private func remove(_ id: String) throws -> Response {
    let path = try folder(id)
    if let colon = id.firstIndex(of: ":") {
      throw Refusal(
        .conflict,
        "a trial cannot be removed by itself: trials.csv and compare.html of its experiment tell of all trials",
        help:
          "remove the experiment with DELETE \(RunAddress.api(String(id[..<colon]))), or run its workflow again without this trial",
        kind: "part_of_experiment")
    }
    if RunListing.state(try RunSummary.read("run.json", in: path)) == RunFolder.State.running.rawValue {
      throw Refusal(
        .conflict, "the run is under way", help: "stop it first",
        kind: "running")
    }
    // Under another name first: what is gone half-way must not look like a run.
    let gone = "\(studio.workspace.runs)/.removed-\(String(UInt64.random(in: 0 ... .max), radix: 16))"
    do {
      try FileManager.default.moveItem(atPath: path, toPath: gone)
      try FileManager.default.removeItem(atPath: gone)
    } catch {
      throw Refusal(.conflict, "the run cannot be removed", help: "see who owns its folder", kind: "unwritable_file")
    }
    return Answer.noContent
  }

  /// The files of a run, those of single clips last.
  static func files(in folder: String) -> [(path: String, bytes: Int)] {
    guard let walk = FileManager.default.enumerator(atPath: folder) else { return [] }
    var files: [(path: String, bytes: Int)] = []
    for case let path as String in walk {
      if path.split(separator: "/").last?.hasPrefix(".") == true || path == "trials" || isLink(folder + "/" + path) {
        walk.skipDescendants()
      } else if let size = FileSystem.size(folder + "/" + path) {
        files.append((path, size))
      }
      if files.count >= 5_000 { break }
    }
    return files.sorted { a, b in
      (a.path.contains("/") ? 1 : 0, a.path) < (b.path.contains("/") ? 1 : 0, b.path)
    }
  }

  /// What is given is what lies in the folder itself.
  private static func isLink(_ path: String) -> Bool {
    var info = stat()
    return unsafe lstat(path, &info) != 0 || info.st_mode & S_IFMT == S_IFLNK
  }

  func redaction(_ folder: String) -> Redaction { studio.redaction.of(runs: [folder]) }

  func clips(of id: String) throws -> RunClips {
    let path = try folder(id)
    return try tables.clips(of: path, redaction(path))
  }

  private func clips(_ query: Query, of id: String) throws -> Response {
    let clips = try clips(of: id)
    let found = clips.rows(try RunClips.Wish(query))
    let limit = try query.number("limit", in: 0...10_000) ?? 100
    return Answer.json([
      "total": .int(found.count), "classes": clips.classes.json, "views": clips.views.json,
      "clips": .array(found.dropFirst(try offset(query)).prefix(limit).map(clips.json)),
    ])
  }

  /// The view of a clip that a request is about, computed where it is not at hand.
  private func view(_ query: Query, _ context: Studio.Context) async throws -> LiveView {
    let (path, clip, view) = (try folder(context.part("id")), try query.required("clip"), try context.part("view"))
    let clips = try tables.clips(of: path, redaction(path))
    guard
      let row = clips.rows.first(where: { $0.id == clip && $0.view == view })
        ?? clips.rows.first(where: { $0.id == clip && $0.view.isEmpty })
    else {
      let isKnown = clips.rows.contains { $0.id == clip }
      throw isKnown
        ? Refusal.notFound("the run has no view \"\(view)\"", help: "views: \(clips.views.joined(separator: ", "))")
        : Refusal.notFound("the run has no clip \"\(clip)\"", help: "GET \(RunAddress.api("…"))/clips lists them")
    }
    let stamp = FileSystem.changed(path + "/run.json")
    return try await live.view(.init(run: path, stamp: stamp, clip: clip, view: view)) { [studio] in
      let folder = try studio.temporary.folder()
      let made = try await studio.pool.perform(
        .clipView,
        [
          "run": .string(path), "clip": .string(row.source), "view": .string(view), "file": .string(row.file),
          "hash": .string(row.contentHash), "row": row.index.map { .int($0) } ?? .null, "folder": .string(folder.path),
        ])
      return LiveView(
        folder: folder, json: clips.redaction.json(made["answer"] ?? .null), bytes: made["bytes"]?.intValue ?? 0)
    }
  }

  private func feature(_ name: String, _ query: Query, _ context: Studio.Context) async throws -> Response {
    let most = Int(Int32.max)
    var wish: [JSONValue.Member] = []
    for (key, range) in [
      ("first_frame", 0...most), ("frames", 1...most), ("first_bin", 0...most), ("bins", 1...most),
      ("columns", 1...FeatureWindow.Wish.mostColumns), ("rows", 1...FeatureWindow.Wish.mostRows),
    ] {
      if let value = try query.number(key, in: range) { wish.append(.init(key, .int(value))) }
    }
    let view = try await view(query, context)
    let out = "\(view.folder.path)/\(String(UInt64.random(in: 0 ... .max), radix: 16)).answer"
    defer { try? FileManager.default.removeItem(atPath: out) }
    let head: JSONValue = ["clip": view.json["clip"] ?? .null, "view": view.json["view"] ?? .null]
    _ = try await studio.pool.perform(
      .featureWindow,
      .object(
        wish + [
          .init("folder", .string(view.folder.path)), .init("index", .int(try view.index(of: name))),
          .init("out", .string(out)), .init("head", head),
        ]))
    return Answer.bytes(try AtomicFile.read(out), type: "application/json; charset=utf-8")
  }
}
