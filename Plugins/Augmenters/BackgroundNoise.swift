import TimbreAudio
import TimbreCore

/// Adds a stretch of a recording at a signal-to-noise ratio.
public struct BackgroundNoise: Augmenter {
  public struct Config: PluginConfig {
    public var path = ""
    public var snrDB = 10.0
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.background_noise",
    summary: "A recording mixed in, such as a street or a café, at a signal-to-noise ratio.",
    reference: "audiomentations.AddBackgroundNoise",
    parameters: [
      .path("path", \.path, "An audio file, or a folder with audio files at any depth."),
      .number(
        "snr_db", \.snrDB, in: .closed(-100, 100), unit: .decibels, "Power of the signal over that of the noise."),
    ],
    details: """
      Drawn are `noise_file` (a path within the folder; files count in the order of their paths) and `noise_offset` (seconds \
      into that file). The recording is mixed to mono and resampled (soxr_hq) to the signal's rate. One that is shorter than \
      the signal starts at a drawn place too, and after its end goes on at its beginning, as often as needed, without a fade. \
      The ratio holds for the stretch that is mixed in. Silence gets no noise, and a silent stretch (an RMS below 1e-9) \
      adds none. Up to 256 MB of decoded audio are kept; of a file with more than 2²⁴ samples at the signal's rate only the \
      stretch is read. A folder is listed once in a run.
      """,
    formula: "y + g · n, with mean(y²) / mean((g·n)²) = 10^(snr_db / 10)",
    example: [.init("path", "noises"), .init("snr_db", 10)])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  /// - Throws: A diagnostic for a folder without audio, or a file that cannot be read.
  public func apply(to signal: Signal, drawing draws: inout Draws) throws -> Signal {
    let pool = try AudioPool(path: config.path)
    let file = pool.draw(as: "noise_file", from: &draws)
    let noise = try pool.stretch(
      of: file, count: signal.samples.count, sampleRate: signal.sampleRate, as: "noise_offset", drawing: &draws)
    return Signal(samples: mixed(signal.samples, with: noise, snr: config.snrDB), sampleRate: signal.sampleRate)
  }
}
