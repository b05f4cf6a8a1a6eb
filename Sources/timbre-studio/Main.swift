import ArgumentParser
import Foundation
import TimbreBuiltin
import TimbreCore
import TimbreStudio
import TimbreWorkflow

@main
struct Root: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "timbre-studio", abstract: "The workbench in the browser.", version: Timbre.version,
    subcommands: [ServeCommand.self, WorkCommand.self], defaultSubcommand: ServeCommand.self)

  /// Exit 0: asked to stop; 1: the server failed; 2: the request was wrong.
  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let diagnostic as Diagnostic {
      fail("\(diagnostic)", 1)
    } catch {
      if exitCode(for: error) == .success {
        print(fullMessage(for: error))
        Foundation.exit(0)
      }
      fail(fullMessage(for: error), 2)
    }
  }

  static func fail(_ text: String, _ code: Int32) -> Never {
    try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
    Foundation.exit(code)
  }
}

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve pages and an API on this machine until Ctrl-C.",
    discussion: """
      Workflows come from the workspace and its folder Workflows, runs from its folder runs. Listens on this machine alone unless --host says \
      otherwise; then every client needs the token that is printed. TLS is a proxy's work.
      """)

  @Option(help: "The port to listen on; 0 takes a free one.") var port = 8080
  @Option(help: "The address to listen on.") var host = "127.0.0.1"
  @Option(
    name: .customLong("model"), help: "A bundle, or a run folder that holds one; may stand several times.",
    completion: .directory)
  var models: [String] = []
  @Option(help: "The folder with workflows and runs.", completion: .directory) var workspace = "."
  @Option(
    help:
      "A folder of recordings outside of the workspace that clients of other machines may let workflows read; may stand several times.",
    completion: .directory)
  var data: [String] = []
  @Option(help: "What every client has to present; TIMBRE_TOKEN is the same without standing in the list of processes.")
  var token: String?
  @Option(
    help: "A file that holds the token, such as a container's secret; TIMBRE_TOKEN_FILE is the same.",
    completion: .file())
  var tokenFile: String?
  @Option(help: "Let runs log to this MLflow tracking server; by default MLFLOW_TRACKING_URI, \"off\" for none.")
  var mlflow: String?
  @Option(help: "Processes that decode and compute; by default one a core.") var workers: Int?
  @Option(help: "Requests that may wait for one of them; more are answered 503.") var queue = 32
  @Option(help: "The largest file, in MiB.") var maxSize = 64
  @Option(help: "The longest recording, in seconds.") var maxSeconds = 600.0
  @Option(help: "The most time for one piece of work, in seconds.") var timeLimit = 30.0
  @Option(help: ArgumentHelp("How long a client may take nothing of its answer.", visibility: .hidden)) var stallLimit =
    60.0
  @Option(help: ArgumentHelp("How long an upload may take.", visibility: .hidden)) var uploadLimit = 120.0
  @Option(help: ArgumentHelp("The folder with style and script.", visibility: .hidden)) var assets = ""

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port is out of range: 0 to 65535.") }
    for (name, value) in [("workers", workers ?? 1), ("max-size", maxSize)] where !(1...4_096).contains(value) {
      throw ValidationError("--\(name) is out of range: 1 to 4096.")
    }
    guard (0...100_000).contains(queue) else { throw ValidationError("--queue is out of range: 0 to 100000.") }
    guard [maxSeconds, timeLimit, stallLimit, uploadLimit].allSatisfy({ $0 > 0 && $0 < 1e6 }) else {
      throw ValidationError("--max-seconds and --time-limit are positive seconds.")
    }
    if token != nil, tokenFile != nil { throw ValidationError("--token and --token-file say the same: give one.") }
    if let token {
      do { _ = try Token.checked(token) } catch { throw ValidationError("--token: \(Self.words(error))") }
    }
  }

  func run() async throws {
    var options = StudioOptions()
    options.host = host
    options.port = port
    options.models = models
    options.workspace = workspace
    options.data = data
    options.token = try chosenToken()
    options.mlflow = try tracking()
    options.workers = workers ?? ProcessInfo.processInfo.activeProcessorCount
    options.queue = queue
    options.assets = assets
    options.limits.fileBytes = maxSize << 20
    options.limits.totalBytes = max(options.limits.totalBytes, maxSize << 20)
    options.limits.audioSeconds = maxSeconds
    options.limits.workSeconds = timeLimit
    options.limits.stallSeconds = stallLimit
    options.limits.uploadSeconds = uploadLimit
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    options.timbre = program.deletingLastPathComponent().appendingPathComponent("timbre").path
    for model in models { _ = try Bundle(reading: model, registry: Builtin.registry()) }
    try await Studio(options: options, registry: Builtin.registry()).run { address in
      try? FileHandle.standardOutput.write(contentsOf: Data((address + "\n").utf8))
    }
  }
}

extension ServeCommand {
  private func variable(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// What the command line says goes before the environment.
  private func chosenToken() throws -> String? {
    if let token { return token }
    if let tokenFile { return try Token.read(tokenFile) }
    switch (variable("TIMBRE_TOKEN"), variable("TIMBRE_TOKEN_FILE")) {
    case (nil, nil): return nil
    case (_?, _?): throw ValidationError("TIMBRE_TOKEN and TIMBRE_TOKEN_FILE say the same: set one.")
    case (let token?, nil):
      do {
        return try Token.checked(token)
      } catch {
        throw ValidationError("TIMBRE_TOKEN: \(Self.words(error))")
      }
    case (nil, let path?): return try Token.read(path)
    }
  }

  private func tracking() throws -> String? {
    guard let address = mlflow ?? variable("MLFLOW_TRACKING_URI"), address != "off" else { return nil }
    let place = mlflow == nil ? "MLFLOW_TRACKING_URI" : "--mlflow"
    let host = ["http://", "https://"].first(where: address.hasPrefix).map { address.dropFirst($0.count) } ?? ""
    guard !host.isEmpty, !address.contains(where: \.isWhitespace) else {
      throw ValidationError(
        "\(place) is no address of a server: it begins with http:// or https://; \"--mlflow off\" logs nowhere.")
    }
    // It stands in the list of processes and in run folders.
    guard !host.prefix(while: { $0 != "/" }).contains("@") else {
      throw ValidationError(
        "\(place) holds a name or a password: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, "
          + "or MLFLOW_TRACKING_TOKEN.")
    }
    return address
  }

  private static func words(_ error: any Error) -> String {
    guard let diagnostic = error as? Diagnostic else { return "\(error)" }
    return diagnostic.message + (diagnostic.help.map { "; \($0)" } ?? "") + "."
  }
}

/// The server starts this program again as its worker.
struct WorkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "worker", shouldDisplay: false)

  @Option var audioSeconds: Double
  @Option var samples: Int

  func run() {
    var limits = StudioOptions.Limits()
    limits.audioSeconds = audioSeconds
    limits.samples = samples
    Worker.run(registry: Builtin.registry(), limits: limits)
  }
}
