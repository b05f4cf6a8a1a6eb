import ArgumentParser
import TimbreAudio
import TimbreCore
import TimbreReport
import TimbreWorkflow

struct AugmentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "augment", abstract: "Apply an augmenter to a recording; writes 32-bit float WAV at the input's rate.")

  @Argument(help: "An audio file.", completion: .audio) var audio: String
  @Option(help: "An augmenter's id, such as augment.pitch_shift.", completion: .augmenter) var use: String
  @Option(
    name: .customLong("set"), help: "NAME=VALUE: a parameter of the augmenter.", completion: .parameter(of: "--use"))
  var sets: [String] = []
  @Option(help: "Seed of what is drawn.") var seed: UInt64 = 0
  @Option(help: "The WAV file to write.", completion: .wav) var out: String

  func run() throws {
    let augmenter = try PluginRequest(id: use, sets: sets).augmentation(registry)
    try requireWAV(out)
    guard !augmenter.isForFeatures else {
      throw RequestError([
        Diagnostic(
          .invalidParameters, "\(use) changes a feature, not audio",
          help: "use it in a view of a workflow, with \"of\" naming the feature node")
      ])
    }
    let loaded = try load(.file(audio), options: LoadOptions(sampleRate: nil))
    var draws = Draws(RandomSource(seed: seed))
    let signal = try augmenter.apply(to: loaded.signal, drawing: &draws)
    try AtomicFile.write(AudioFile.encode(signal, as: .wav), to: out)
    for drawn in draws.record { Terminal.say("\(drawn.name) = \(drawn.value.plain)") }
  }
}
