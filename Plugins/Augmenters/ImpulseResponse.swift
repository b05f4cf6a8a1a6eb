import TimbreAudio
import TimbreCore
import TimbreDSP

/// Puts a signal into a room: convolution with a recorded impulse response.
public struct ImpulseResponse: Augmenter {
  /// What sets the level of the result.
  public enum Level: String, CaseIterable, Sendable, Hashable, ParameterValue {
    case peak, rms, none
  }

  public struct Config: PluginConfig {
    public var path = ""
    public var leaveLengthUnchanged = true
    public var level = Level.peak
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.impulse_response", summary: "The sound of a room or a device: convolution with its impulse response.",
    reference: "audiomentations.ApplyImpulseResponse",
    parameters: [
      .path("path", \.path, "An audio file with an impulse response, or a folder of them at any depth."),
      .bool("leave_length_unchanged", \.leaveLengthUnchanged, "Whether the tail beyond the signal's end is cut off."),
      .choice(
        "level", \.level,
        "Peak: the largest sample becomes 0.5; rms: that of the signal is kept; none: as the convolution gives it."),
    ],
    details: """
      Drawn is `response_file` (a path within the folder; files count in the order of their paths). The response is mixed to \
      mono and resampled (soxr_hq) to the signal's rate; it may have 60 s. Its delay stays: a response that \
      begins with silence shifts the signal. With all of the tail the result has n + m − 1 samples, m being those of the \
      response. The peak is that of the whole convolution, before the tail is cut off, as in audiomentations; the RMS is that of \
      the result. A folder is listed once in a run.
      """,
    formula: "y ∗ h, times a factor for the level", example: [.init("path", "rooms")])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  /// - Throws: A diagnostic for a folder without audio, or a file that cannot be read or has more than 60 s.
  public func apply(to signal: Signal, drawing draws: inout Draws) throws -> Signal {
    let pool = try AudioPool(path: config.path)
    let file = pool.draw(as: "response_file", from: &draws)
    let response = try pool.audio(of: file, sampleRate: signal.sampleRate, longest: 60)
    var samples = convolved(signal.samples, with: response)
    let peak = samples.reduce(0) { max($0, $1.magnitude) }
    if config.leaveLengthUnchanged { samples = Array(samples.prefix(signal.samples.count)) }
    let factor =
      switch config.level {
      case .peak: 0.5 / Double(peak)
      case .rms: (meanSquare(signal.samples) / meanSquare(samples)).squareRoot()
      case .none: 1.0
      }
    // Silence has no level to go by.
    if factor.isFinite { for index in samples.indices { samples[index] = Float(Double(samples[index]) * factor) } }
    return Signal(samples: samples, sampleRate: signal.sampleRate)
  }
}
