import ArgumentParser
import Foundation
import TimbreCore
import TimbreCorpora
import TimbreReport
import TimbreWorkflow

struct DatasetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "datasets", abstract: "List published datasets, and download them.",
    subcommands: [ListDatasets.self, GetDatasets.self], defaultSubcommand: ListDatasets.self)
}

struct CatalogueOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A catalogue of one's own, in place of the built-in one.", visibility: .hidden))
  var catalogue: String?

  func read() throws -> Catalogue {
    do { return try catalogue.map(Catalogue.init(reading:)) ?? .builtIn } catch let diagnostic as Diagnostic {
      throw RequestError([diagnostic])
    }
  }
}

struct ListDatasets: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show what can be downloaded: name, licence, size, clips and address.")

  @OptionGroup var options: CatalogueOptions
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let corpora = try options.read().corpora
    if json {
      let list = corpora.map { corpus -> JSONValue in
        [
          "name": .string(corpus.name), "title": .string(corpus.title), "licence": .string(corpus.licence),
          "bytes": corpus.publication == nil ? .null : .int(corpus.bytes), "bytes_are_rough": .bool(corpus.isRoughly),
          "clips": .int(corpus.clips), "page": .string(corpus.page), "reader": .string(corpus.reader),
          "can_be_downloaded": .bool(corpus.publication != nil), "verified_by": .string(corpus.verification),
        ]
      }
      Terminal.print(JSONValue.array(list).description)
      return
    }
    let rows =
      [["name", "licence", "size", "clips", "address"]]
      + corpora.map { corpus in
        [
          corpus.name, corpus.licence, corpus.publication == nil ? "by hand" : corpus.sizeText, String(corpus.clips),
          corpus.page,
        ]
      }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    for row in rows {
      var line = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      Terminal.print(line)
    }
  }
}

struct GetDatasets: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get",
    abstract: "Download datasets, verify them, and say how a workflow reads them. Run again, it goes on where it ended."
  )

  @Argument(help: "Names that `timbre datasets` lists, such as ravdess.", completion: .corpus) var names: [String]
  @Option(name: .customLong("to"), help: "The folder in which each dataset gets one of its own.", completion: .folder)
  var folder: String
  @Option(name: .customLong("from"), help: "A mirror's address, in place of the publisher's.") var mirror: String?
  @OptionGroup var options: CatalogueOptions

  func run() throws {
    let catalogue = try options.read()
    let corpora: [Corpus]
    do {
      corpora = try names.map(catalogue.corpus)
      if let mirror {
        let isAddress = ["http://", "https://"].contains(where: mirror.hasPrefix)
        guard isAddress, !mirror.contains(where: { $0.isWhitespace || "\"\\".contains($0) }) else {
          throw Diagnostic(
            .outOfRange, "--from \(mirror) is not an address",
            help: "it begins with http:// or https:// and has no spaces or quotes")
        }
      }
    } catch let diagnostic as Diagnostic {
      throw RequestError([diagnostic])
    }
    Interrupt.watch()
    for corpus in corpora {
      Terminal.say("\(corpus.title): \(corpus.clips) clips, \(corpus.sizeText) to download")
      Terminal.say("  licence: \(corpus.licence), see \(corpus.page)")
      Terminal.say("  verified by: \(corpus.verification)")
      if let mirror { Terminal.say("  from a mirror: \(mirror); \(corpus.verificationFromMirror)") }
      let folder = URL(fileURLWithPath: folder).standardizedFileURL.path
      let installer = Installer(
        corpus, into: folder, mirror: mirror, observer: InstallProgress(), cancelled: { Interrupt.wasRequested })
      let isNew = try installer.install(count: { try clips(of: corpus, in: $0) })
      Terminal.say(
        "\(corpus.title): \(isNew ? "complete" : "was there already"), \(corpus.clips) clips in \(installer.target)")
      Terminal.print("\"dataset\": \(JSONValue.object(corpus.node(path: installer.target)).description)")
    }
  }

  /// What the plugin that reads the dataset finds.
  private func clips(of corpus: Corpus, in folder: String) throws -> Int {
    guard let reader = registry.datasets[corpus.reader] else {
      throw Diagnostic(.unknownChoice, "there is no plugin \(corpus.reader)")
    }
    return try reader.make(corpus.node(path: folder)).clips().clips.count
  }
}

extension Corpus {
  fileprivate var sizeText: String { "\(isRoughly ? "about " : "")\(Numbers.fixed(Double(bytes) / 1_000_000, 0)) MB" }
}

/// Shows a download as a run shows its stages.
private struct InstallProgress: InstallObserver {
  private let line = ProgressLine()
  func began(_ stage: String, unit: String) { line.began(stage, unit: unit) }
  func advanced(to count: Int, of total: Int) { line.advanced(to: count, of: total, detail: nil) }
  func ended() { line.ended() }
  func noted(_ text: String) { line.noted(text) }
}
