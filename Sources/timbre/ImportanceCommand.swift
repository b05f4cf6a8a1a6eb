import ArgumentParser
import TimbreCore
import TimbreWorkflow

struct ImportanceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "importance",
    abstract: "Say what a run's model loses when a feature is exchanged between the held-out clips.")

  @Argument(help: "A finished run.", completion: .folder) var path: String
  @Flag(help: "Look at every column instead of every feature.") var bins = false
  @Option(help: "Exchanges of each.") var repeats = 20
  @Option(help: "Seed of the exchanges.") var seed: UInt64 = 0
  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "Print CSV.") var csv = false
  @Option(help: "Features to work on at a time; by default all cores.") var jobs: Int?

  func run() async throws {
    guard (1...10_000).contains(repeats) else {
      throw RequestError([Diagnostic(.outOfRange, "--repeats \(repeats) is out of range: must be 1 to 10000")])
    }
    let importance: Importance
    do {
      importance = try await Importance(
        ofRun: path, registry: registry, byColumn: bins, repeats: repeats, seed: seed, jobs: Jobs.checked(jobs))
    } catch let diagnostic as Diagnostic where diagnostic.kind == .badRun {
      throw RequestError([diagnostic])
    }
    Terminal.print(json ? importance.json.pretty : csv ? importance.csv : importance.text)
  }
}
