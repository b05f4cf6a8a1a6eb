import ArgumentParser
import TimbreAudio
import TimbreCore
import TimbreReport
import TimbreWorkflow

struct ResynthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resynth", abstract: "Turn a recording into a feature and back: hear what the feature keeps.",
    discussion: """
      Loads 22,050 Hz mono by default, as librosa does, and writes 32-bit float WAV of the same length. Phases are found by \
      the Griffin–Lim algorithm.
      """)

  @Argument(help: "An audio file.", completion: .audio) var audio: String
  @Option(help: "A feature's id, such as feature.mfcc.", completion: .invertibleFeature) var use: String
  @Option(
    name: .customLong("set"), help: "NAME=VALUE: a parameter of the feature.", completion: .parameter(of: "--use"))
  var sets: [String] = []
  @OptionGroup var loading: LoadArguments
  @Option(help: "Rounds of the search for phases.") var nIter = ResynthesisOptions().iterations
  @Option(help: "How far each round overshoots, 0 or more; above 1 the search may not settle.")
  var momentum = ResynthesisOptions().momentum
  @Option(help: "Phases to start with: random, or none for all 0.", completion: .list(["random", "none"])) var `init` =
    ResynthesisOptions().initialPhase
    .rawValue
  @Option(help: "Seed of random phases.") var seed: UInt64 = 0
  @Option(help: "The WAV file to write.", completion: .wav) var out: String

  func run() throws {
    let feature = try invertibleFeature()
    let load = try loading.options()
    var options: ResynthesisOptions = try record([
      .init("n_iter", .int(nIter)), .init("momentum", .number(momentum)), .init("init", .string(`init`)),
    ])
    try requireWAV(out)
    let signal = try TimbreAudio.load(.file(audio), options: load).signal
    options.length = signal.samples.count
    var random = RandomSource(seed: seed)
    do {
      let heard = try feature.checkedResynthesis(
        of: feature.extract(from: Analysis(of: signal)), sampleRate: signal.sampleRate, options: options,
        random: &random)
      try AtomicFile.write(AudioFile.encode(heard, as: .wav), to: out)
    } catch let diagnostic as Diagnostic {
      throw diagnostic.about(audio)
    }
  }

  private func invertibleFeature() throws -> any InvertibleFeature {
    if case .extractor(let extractor) = try PluginRequest(id: use, sets: sets).feature(registry),
      let feature = extractor as? any InvertibleFeature
    {
      return feature
    }
    throw RequestError([
      Diagnostic(
        .unknownChoice, "\(use) cannot be turned back into sound",
        help: "these can: \(registry.invertibleFeatures.joined(separator: ", "))")
    ])
  }
}

/// - Throws: A `RequestError` where the name of a file to write does not end in .wav.
func requireWAV(_ path: String) throws {
  guard path.lowercased().hasSuffix(".wav") || path.hasPrefix("/dev/") else {
    throw RequestError([Diagnostic(.unknownChoice, "--out has to end in .wav", subject: path)])
  }
}
