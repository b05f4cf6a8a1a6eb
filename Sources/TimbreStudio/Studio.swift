import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import TimbreCore
import TimbreReport
import TimbreWorkflow

/// The web server: all that its routes share.
public struct Studio: Sendable {
  typealias Context = BasicRequestContext

  let options: StudioOptions
  let registry: Registry
  let workspace: Workspace
  let models: Models
  let pages: Pages
  let meter = Meter()
  let pool: WorkerPool
  let temporary: TemporaryFolder.Root
  let workflows: WorkflowFiles
  let lints: Lints
  let runs: Runs
  let passes = Passes()
  /// For what clients are told.
  let redaction: Redaction

  /// - Throws: A diagnostic where the workspace, the assets or the temporary folder are not to be had.
  public init(options: StudioOptions, registry: Registry) throws {
    var options = options
    if !options.isLocal, options.token == nil { options.token = Self.newToken() }
    options.program = URL(fileURLWithPath: options.program).resolvingSymlinksInPath().path
    if options.assets.isEmpty { options.assets = Assets.folder(besideProgram: options.program) }
    self.options = options
    self.registry = registry
    workspace = try Workspace(options.workspace)
    var assets = try Assets(folder: options.assets)
    // What reports and pages share.
    assets.add("report.css", PageStyle.css)
    pages = Pages(assets: assets)
    pool = WorkerPool(options: options, meter: meter)
    temporary = try TemporaryFolder.Root()
    let variables = WorkflowVariables(
      workspace: workspace.path, places: Self.places(options, workspace, temporary: temporary.path),
      isTracked: options.mlflow != nil)
    redaction = variables.redaction
    models = Models(options: options, workspace: workspace, redaction: redaction)
    workflows = WorkflowFiles(workspace: workspace)
    let data = options.isLocal ? nil : [workspace.path] + options.data
    lints = Lints(.init(workspace: workspace, files: workflows, variables: variables, pool: pool, data: data))
    runs = Runs(
      workspace: workspace, program: options.timbre, variables: variables, data: data, tracking: options.mlflow)
  }

  /// Serves until it is asked to stop, then finishes what is being done.
  /// - Parameter ready: Told the address to open, once the server listens.
  public func run(ready: @escaping @Sendable (String) -> Void) async throws {
    var logger = Logger(label: "timbre-studio") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .warning
    let patience = options.limits.stallSeconds
    let application = Application(
      router: router(),
      server: .http1(
        configuration: .init(
          additionalChannelHandlers: [SlowClients(patience: .milliseconds(Int64(patience * 1_000)))],
          idleTimeout: .seconds(60))),
      configuration: .init(
        address: .hostname(options.host, port: options.port),
        availableConnectionsDelegate: MaximumAvailableConnections(OpenFiles.connections)),
      onServerRunning: { channel in ready(address(port: channel.localAddress?.port ?? options.port)) }, logger: logger)
    defer { temporary.remove() }
    // Who watches a run keeps a connection open until the run is over: runs are stopped first, and the connections end by themselves.
    let signals = StopSignals {
      await runs.close()
      // What is being answered has its time; a client that does not read its answer has no more than that.
      try? await Task.sleep(for: .seconds(options.limits.workSeconds + 10))
      temporary.remove()
      exit(0)
    }
    defer { signals.cancel() }
    do {
      try await application.runService()
    } catch {
      throw Diagnostic(
        .unwritableFile, "the server cannot listen on \(options.host):\(options.port): \(error)",
        help: "is another one running? choose another --port")
    }
    await runs.close()
    await pool.close()
  }

  func router() -> Router<Context> {
    let router = Router(context: Context.self, options: .autoGenerateHeadEndpoints)
    router.middlewares.add(Outermost(pages: pages, meter: meter, redaction: redaction))
    router.middlewares.add(Access(options: options, passes: passes))
    router.get("/assets/:name") { request, context in
      try pages.assets.answer(context.parameters.require("name"), isVersioned: request.query("v") != nil)
    }
    // What is no page of the studio's own, such as a file of a run, names no icon.
    router.get("/favicon.ico") { _, _ in try pages.assets.answer("icon.svg", isVersioned: false) }
    let api = router.group("/api/v1")
    HealthRoutes(studio: self).add(to: api)
    PredictRoutes(studio: self).add(to: router, api: api)
    PluginRoutes(studio: self).add(to: router, api: api)
    WorkflowRoutes(studio: self).add(to: router, api: api)
    RunningRoutes(studio: self).add(to: api)
    RunsRoutes(studio: self).add(to: router, api: api)
    CompareRoutes(studio: self).add(to: router, api: api)
    return router
  }

  private func address(port: Int) -> String {
    let name = options.host.contains(":") ? "[\(options.host)]" : options.host
    return "http://\(name):\(port)/" + (options.token.map { "?token=\(Paths.encoded($0))" } ?? "")
  }

  /// What has no variable of the environment that names it.
  private static func places(_ options: StudioOptions, _ workspace: Workspace, temporary: String) -> [Redaction.Place] {
    var places = [Redaction.Place(Paths.absolute(options.workspace), ".", inside: "")]
    for (index, folder) in options.data.enumerated() {
      let name = "${DATA\(index > 0 ? "_\(index + 1)" : "")}"
      places += [Paths.absolute(folder), Paths.real(folder)].map { .init($0, name) }
    }
    let programs = [options.program, options.timbre].map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
    let others = programs + options.models.map(Paths.absolute) + [temporary, options.assets]
    return places + others.map { .init($0, "…") }
  }

  /// 128 bits that nobody guesses.
  static func newToken() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<2).map { _ in
      (generator.next() as UInt64).hexadecimal
    }.joined()
  }
}
