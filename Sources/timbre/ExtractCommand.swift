import ArgumentParser
import Foundation
import TimbreAudio
import TimbreCore
import TimbreReport
import TimbreWorkflow

struct ExtractCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract",
    abstract: "Write a feature of recordings, or a workflow's vectors or sequences, as NPY, CSV or PNG.",
    discussion:
      """
      Loads 22,050 Hz mono by default, as librosa does. Matrices are bins × frames; with several files, --out names a folder. A workflow's \
      sequences are files × bins × frames with NaN beyond their ends, or in CSV one line a frame.
      """
  )

  @Argument(help: "Audio files.", completion: .audio) var audio: [String]
  @Option(help: "A feature's id, such as feature.mfcc.", completion: .feature) var use: String?
  @Option(
    help: "A workflow file: write its vector or sequence of the original view, one row a file.", completion: .workflow)
  var workflow: String?
  @Option(
    name: .customLong("set"), help: "NAME=VALUE: a parameter of the feature, or PATH=VALUE: a value of the workflow.",
    completion: .parameter(of: "--use"))
  var sets: [String] = []
  @Option(help: "The feature's id that a feature such as feature.delta reads.", completion: .extractor) var of: String?
  @Option(help: "NAME=VALUE: a parameter of the feature named by --of.", completion: .parameter(of: "--of")) var ofSet:
    [String] = []
  @OptionGroup var loading: LoadArguments
  @Option(help: "FILE.npy, .csv or .png; for several files and --use, a folder.", completion: .file()) var out: String
  @Option(help: "npy, csv or png: what to write into a folder.") var format: Format?
  @Option(help: "Files to work on at a time; by default all cores.") var jobs: Int?

  enum Format: String, ExpressibleByArgument, CaseIterable { case npy, csv, png }

  func validate() throws {
    if (use == nil) == (workflow == nil) { throw ValidationError("Give either --use or --workflow.") }
    if of == nil, !ofSet.isEmpty {
      throw ValidationError("--of-set is about the feature that --of names: add --of, such as --of feature.mfcc.")
    }
    if workflow != nil, !loading.isEmpty || of != nil {
      throw ValidationError("The workflow says how to load; change it with --set load.offset=… and the like.")
    }
  }

  func run() async throws {
    let jobs = try Jobs.checked(self.jobs)
    if let workflow { return try await writeRows(WorkflowFile(workflow), jobs: jobs) }
    let feature = try requestedFeature()
    let options = try loading.options()
    if audio.count == 1 {
      let format = try self.format ?? fileFormat(["npy", "csv", "png"])
      try write(feature(load(.file(audio[0]), options: options).signal), of: audio[0], as: format, to: out)
      return
    }
    try await writeFolder(feature, options, jobs: jobs)
  }

  private typealias Feature = @Sendable (Signal) throws -> FeatureMatrix

  private func requestedFeature() throws -> Feature {
    let request = try PluginRequest(id: use ?? "", sets: sets)
    switch try request.feature(registry) {
    case .extractor(let extractor):
      guard of == nil else {
        throw RequestError([
          Diagnostic(.invalidParameters, "\(use ?? "") reads the signal, not another feature", help: "leave --of out")
        ])
      }
      return { try extractor.extract(from: $0) }
    case .transform(let transform):
      guard let of, case .extractor(let source) = try PluginRequest(id: of, sets: ofSet).feature(registry) else {
        let problem = of == nil ? "\(use ?? "") reads another feature" : "\(of ?? "") reads another feature itself"
        throw RequestError([
          Diagnostic(
            .missingKey, problem, help: "name the one to read, such as --of feature.mfcc; longer chains take a workflow"
          )
        ])
      }
      return { try transform.transform(source.extract(from: Analysis(of: $0))) }
    }
  }

  private func fileFormat(_ known: [String]) throws -> Format {
    let ending = URL(fileURLWithPath: out).pathExtension.lowercased()
    guard known.contains(ending), let format = Format(rawValue: ending) else {
      throw RequestError([
        Diagnostic(
          .unknownChoice, "--out has to end in .\(known.joined(separator: ", ."))", help: "or give --format",
          subject: out)
      ])
    }
    return format
  }

  private func writeFolder(_ feature: @escaping Feature, _ options: LoadOptions, jobs: Int) async throws {
    let format = format ?? .npy
    let names = try outputNames(format)
    try FileSystem.makeFolder(out)
    let failures = await mapInOrder(Array(zip(audio, names)), jobs: jobs) { file, name -> Diagnostic? in
      do {
        try write(feature(load(.file(file), options: options).signal), of: file, as: format, to: out + "/" + name)
        return nil
      } catch {
        return (error as? Diagnostic ?? Diagnostic(.unwritableFile, "\(error)")).about(file)
      }
    }
    let failed = failures.compactMap { $0 }
    for failure in failed { Terminal.say("\(failure)") }
    if !failed.isEmpty {
      Terminal.say("\(failed.count) of \(audio.count) files failed")
      throw ExitCode(1)
    }
  }

  /// One name a file; a file name that occurs twice would overwrite its like.
  private func outputNames(_ format: Format) throws -> [String] {
    let names = audio.map { URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent + "." + format.rawValue }
    var seen: Set<String> = []
    if let twice = names.first(where: { !seen.insert($0).inserted }) {
      throw RequestError([
        Diagnostic(
          .invalidParameters, "two of the files would both be written to \(twice)",
          help: "extract them into folders of their own")
      ])
    }
    return names
  }

  private func write(_ feature: FeatureMatrix, of file: String, as format: Format, to path: String) throws {
    try feature.requireFinite()
    switch format {
    case .npy: try NPY.write(feature, to: path)
    case .png:
      let title = "\(use ?? ""), \(URL(fileURLWithPath: file).lastPathComponent)"
      try AtomicFile.write(HeatMap.png(feature, options: .init(title: title)), to: path)
    case .csv:
      let rows = (0..<feature.frameCount).lazy.map { frame in
        [CSV.number(feature.axes.time(ofFrame: frame))]
          + (0..<feature.binCount).map { CSV.number(feature[bin: $0, frame: frame]) }
      }
      try CSV.write(header: ["time"] + feature.axes.bins, rows: rows, to: path)
    }
  }

  private func writeRows(_ file: WorkflowFile, jobs: Int) async throws {
    let format = try self.format ?? fileFormat(["npy", "csv"])
    guard format != .png else {
      throw RequestError([Diagnostic(.unknownChoice, "a workflow's rows are written as npy or csv")])
    }
    let workflow = try file.checked(sets: sets, needs: .vectors)
    guard let recipe = workflow.plan?.recipe else { throw RequestError(workflow.findings) }
    let rows = await mapInOrder(audio, jobs: jobs) { path -> Result<Row, Diagnostic> in
      do {
        return .success(try recipe.row(of: load(.file(path), options: recipe.load).signal))
      } catch {
        return .failure((error as? Diagnostic ?? Diagnostic(.badAudio, "\(error)")).about(path))
      }
    }
    let extracted = ExtractedRows(
      files: audio, columns: try recipe.columns().map(\.name), shape: try recipe.shape(),
      rows: rows.map { try? $0.get() })
    var failed = 0
    for case .failure(let diagnostic) in rows {
      failed += 1
      Terminal.say("\(diagnostic)")
    }
    if failed == audio.count { throw ExitCode(1) }
    try format == .npy ? extracted.writeArray(to: out) : extracted.writeTable(to: out)
    if failed > 0 {
      Terminal.say("\(failed) of \(audio.count) files failed; their rows are NaN")
      throw ExitCode(1)
    }
  }
}
