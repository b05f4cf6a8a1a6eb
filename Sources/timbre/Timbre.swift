import ArgumentParser
import TimbreBuiltin
import TimbreCore
import TimbreWorkflow

@main
struct Root: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "timbre",
    abstract: "An audio-analysis workbench: from a workflow file to a trained, honestly evaluated classifier.",
    version: Timbre.version,
    subcommands: [
      RunCommand.self, LintCommand.self, ExtractCommand.self, AugmentCommand.self, ResynthCommand.self,
      PredictCommand.self, CompareCommand.self, RunsCommand.self, ImportanceCommand.self, CacheCommand.self,
      DatasetsCommand.self, ServeCommand.self,
      InspectCommand.self, PluginsCommand.self, SchemaCommand.self,
    ])

  /// Exit 0: done; 1: the work failed; 2: the request was wrong; 130: interrupted.
  static func main() async {
    keepFreedMemory()
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let error as RequestError {
      for finding in error.findings { Terminal.say("\(finding)") }
      Terminal.exit(2)
    } catch let diagnostic as Diagnostic {
      Terminal.say("\(diagnostic)")
      Terminal.exit(diagnostic.kind == .cancelled ? 130 : 1)
    } catch let code as ExitCode where code != .validationFailure {
      Terminal.exit(code.rawValue)
    } catch {
      let message = fullMessage(for: error)
      if exitCode(for: error) == .success {
        Terminal.print(message)
        Terminal.exit(0)
      }
      Terminal.say(message)
      Terminal.exit(2)
    }
  }
}

/// The plugins that this program knows.
let registry = Builtin.registry()
