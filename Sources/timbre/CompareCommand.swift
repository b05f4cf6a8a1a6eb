import ArgumentParser
import Foundation
import TimbreCore
import TimbreReport
import TimbreWorkflow

struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract:
      "Put runs side by side: what differs in their settings, how they did, and whether the difference is real.",
    discussion: """
      Takes run folders, experiments (all their trials), or a workflow with variants, which it carries out first. Every run is tested \
      against the first one on the rows that both have tested: accuracy by McNemar's exact test, UAR by exchanging answers clip by clip.
      """)

  @Argument(help: "Run folders, or a workflow with variants.") var runs: [String]
  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "Print CSV.") var csv = false
  @Option(help: "Write a page with confusions and the clips that changed sides.") var html: String?
  @Option(help: "Where a workflow's runs go; by default runs/WORKFLOW-TIME.") var out: String?
  @Flag(help: "Go on with the runs that --out holds.") var resume = false
  @Option(help: "Clips to work on at a time; by default all cores.") var jobs: Int?
  @OptionGroup var cacheOptions: CacheOptions

  func run() async throws {
    if json, csv { throw RequestError([Diagnostic(.invalidParameters, "--json and --csv exclude each other")]) }
    var records: [RunRecord] = []
    var page = html
    for path in runs {
      var folder = path
      if path.hasSuffix(".json"), FileSystem.size(path) != nil {
        folder = try await carryOut(path)
        page = page ?? folder + "/compare.html"
      }
      do {
        records += try RunRecord.all(in: folder)
      } catch let diagnostic as Diagnostic where diagnostic.kind == .badRun {
        throw RequestError([diagnostic])
      }
    }
    let comparison: RunComparison
    do {
      comparison = try RunComparison(records)
    } catch let diagnostic as Diagnostic {
      throw RequestError([diagnostic])
    }
    if json {
      Terminal.print(comparison.json.pretty)
    } else if csv {
      let table = comparison.csv
      Terminal.print(CSV.text(header: table.header, rows: table.rows))
    } else {
      Terminal.print(comparison.text)
    }
    if let page {
      try comparison.writePage(to: page, title: "\(records.count) runs compared")
      Terminal.say(page)
    }
  }

  /// Carries out a workflow's experiment and returns its folder.
  private func carryOut(_ path: String) async throws -> String {
    let file = try WorkflowFile(path)
    guard try file.checked(sets: [], needs: .run).experiment != nil else {
      throw RequestError([
        Diagnostic(
          .invalidParameters, "the workflow is a single run: there is nothing to compare",
          help: "give it \"variants\", or name run folders", subject: path)
      ])
    }
    let folder = out ?? RunFolder.defaultPath(workflow: file.name)
    var words = [path, "--out", folder] + (resume ? ["--resume"] : [])
    if let jobs { words += ["--jobs", String(jobs)] }
    words += cacheOptions.none ? ["--no-cache"] : cacheOptions.file.map { ["--cache", $0] } ?? []
    var command = try RunCommand.parse(words)
    command.isQuiet = true
    try await command.run()
    return folder
  }
}
