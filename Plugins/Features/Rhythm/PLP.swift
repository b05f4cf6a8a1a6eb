import TimbreCore
import TimbreDSP

/// The predominant local pulse: a curve that peaks at beats.
public struct PLP: FeatureExtractor {
  public struct Config: PluginConfig {
    public var pulse = PulseParameters()
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.plp", summary: "Predominant local pulse: a curve from 0 to 1 that peaks at beats.",
    reference: "librosa.beat.plp",
    parameters: [
      .int("hop_length", \.pulse.hopLength, in: 1...1_048_576, unit: .samples, "Step between frames."),
      .int(
        "win_length", \.pulse.winLength, in: 1...65_536, unit: .frames,
        "Frames of onset strength that one tempo is taken from."),
      .number(
        "tempo_min", \.pulse.tempoMin, in: .nonNegative, unit: .beatsPerMinute, "Lowest tempo; null is no limit."),
      .number("tempo_max", \.pulse.tempoMax, in: .positive, unit: .beatsPerMinute, "Highest tempo; null is no limit."),
    ],
    details: """
      Of each frame of the Fourier tempogram (of the median onset strength) the strongest tempo alone is transformed back, with the \
      same weight. librosa takes that weight from the lexicographically largest complex number of the frame, which is 0 where the \
      strongest has a negative real part; those frames outweigh the others by many orders of magnitude, there and here.
      """,
    formula: """
      k(t) = argmax over tempos within [tempo_min, tempo_max] of |F(k, t)|
      pulse = max(0, inverse STFT of F(k(t), t) / |F(k(t), t)|), divided by its maximum
      """,
    example: [.init("tempo_min", 60), .init("tempo_max", 180)])

  private let config: PulseParameters

  public init(_ config: Config) throws {
    self.config = config.pulse
    if let low = config.pulse.tempoMin, let high = config.pulse.tempoMax, high <= low {
      throw Diagnostic(
        .invalidParameters, "tempo_max (\(short(high))) must be above tempo_min (\(short(low)))",
        help: "raise tempo_max or lower tempo_min")
    }
  }

  public func axes(sampleRate: Int) -> FeatureAxes {
    FeatureAxes(bins: ["pulse"], hop: Double(config.hopLength) / Double(sampleRate))
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    FeatureMatrix(
      axes: axes(sampleRate: analysis.signal.sampleRate), values: try analysis.localPulse(config))
  }
}
