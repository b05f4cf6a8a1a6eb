import ArgumentParser
import Foundation
import TimbreAudio
import TimbreCore
import TimbreReport
import TimbreWorkflow

extension RunComparison.Pairs: ExpressibleByArgument {}

struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract:
      "Put runs side by side: what differs in their settings, how they did, and whether the difference is real.",
    discussion: """
      Takes run folders, experiments (all their trials), or a workflow with variants, which it carries out first. Every run is tested \
      against the first one on the rows that both have tested: accuracy by McNemar's exact test, UAR by exchanging answers clip by clip. \
      --pairs all tests every run against every other one. The p-values of each test are corrected by Holm's method over all the \
      comparisons that are made, and the output says over how many.

      It names the run with the highest UAR, and which of the others the tests cannot tell from it.
      """)

  @Argument(help: "Run folders, or a workflow with variants.", completion: .workflow) var runs: [String] = []
  @Option(
    parsing: .upToNextOption,
    help: "A B AUDIO…: compare two features of the same audio instead, each as feature.mfcc,n_mfcc=13.",
    completion: .extractor)
  var features: [String] = []
  @Option(
    help: ArgumentHelp(
      "first: every run against the first one; all: every pair, of \(RunComparison.mostForAllPairs) runs at most.",
      valueName: "first|all"))
  var pairs = RunComparison.Pairs.first
  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "Print CSV: a line for each run, or with --pairs all for each pair.") var csv = false
  @Option(
    help: "Write a page with confusions and the clips that changed sides.", completion: .file(extensions: ["html"]))
  var html: String?
  @Option(help: "Where a workflow's runs go; by default runs/WORKFLOW-TIME.", completion: .folder) var out: String?
  @Flag(help: "Go on with the runs that --out holds.") var resume = false
  @Option(help: "Clips to work on at a time; by default all cores.") var jobs: Int?
  @OptionGroup var cacheOptions: CacheOptions

  func run() async throws {
    if json, csv { throw RequestError([Diagnostic(.invalidParameters, "--json and --csv exclude each other")]) }
    if !features.isEmpty { return try compareFeatures() }
    if runs.isEmpty {
      throw RequestError([Diagnostic(.missingKey, "name run folders, a workflow, or --features A B AUDIO")])
    }
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
    let count = records.count * (records.count - 1) / 2
    if pairs == .all, count >= 1_000, records.count <= RunComparison.mostForAllPairs {
      Terminal.say("testing \(Numbers.grouped(count)) pairs of runs")
    }
    let comparison: RunComparison
    do {
      comparison = try RunComparison(records, pairs: pairs, jobs: try Jobs.checked(jobs))
    } catch let diagnostic as Diagnostic {
      throw RequestError([diagnostic])
    }
    if json {
      Terminal.print(comparison.json.pretty)
    } else if csv {
      let table = pairs == .all ? comparison.pairCSV : comparison.csv
      Terminal.print(CSV.text(header: table.header, rows: table.rows))
    } else {
      Terminal.print(comparison.text)
    }
    if let page {
      try comparison.writePage(to: page, title: "\(records.count) runs compared")
      Terminal.say(page)
    }
  }

  /// `--features A B AUDIO…`: shapes, errors, times; pictures into `--out`.
  private func compareFeatures() throws {
    guard features.count + runs.count >= 3, features.count >= 2 else {
      throw RequestError([
        Diagnostic(
          .missingKey, "--features takes two features and audio files",
          help: "--features feature.mfcc feature.mfcc,n_mfcc=13 clip.wav")
      ])
    }
    let names = (features[0], features[1])
    let (first, second) = (try Self.extractor(names.0), try Self.extractor(names.1))
    var results: [JSONValue] = []
    for file in features.dropFirst(2) + runs {
      let signal = try load(.file(file)).signal
      // Once to make plans and filters, once to measure.
      _ = (try first(signal), try second(signal))
      let clock = ContinuousClock()
      var times = (0.0, 0.0)
      var matrices: [FeatureMatrix] = []
      for (index, extract) in [first, second].enumerated() {
        let begin = clock.now
        matrices.append(try extract(signal))
        let time = (clock.now - begin) / .milliseconds(1)
        if index == 0 { times.0 = time } else { times.1 = time }
      }
      let comparison = FeatureComparison(matrices[0], matrices[1])
      if json {
        var members = comparison.json(names: names, milliseconds: times).members ?? []
        members.insert(.init("file", .string(file)), at: 0)
        results.append(.object(members))
      } else {
        Terminal.print("\(file)\n" + comparison.text(names: names, milliseconds: times))
      }
      if let out {
        let folder = features.count + runs.count == 3 ? out : out + "/" + URL(fileURLWithPath: file).lastPathComponent
        try comparison.writePictures(to: folder, names: names)
      }
    }
    if json { Terminal.print(JSONValue.array(results).pretty) }
  }

  /// "feature.mfcc,n_mfcc=13" as a function of a signal.
  private static func extractor(_ text: String) throws -> (Signal) throws -> FeatureMatrix {
    let words = text.split(separator: ",").map(String.init)
    let request = try PluginRequest(id: words.first ?? "", sets: Array(words.dropFirst()))
    guard case .extractor(let extractor) = try request.feature(registry) else {
      throw RequestError([
        Diagnostic(.invalidParameters, "\(text) reads another feature", help: "compare features of the signal itself")
      ])
    }
    return { try extractor.extract(from: $0) }
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
