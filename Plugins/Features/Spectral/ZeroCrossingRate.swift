import TimbreCore
import TimbreDSP

/// The share of samples of each frame at which the signal changes its sign.
public struct ZeroCrossingRate: FeatureExtractor {
  public struct Config: PluginConfig {
    public var frameLength = 2048
    public var hopLength = 512
    public var center = true
    public var threshold = 1e-10
    public var zeroPos = true
    public var pad = false
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.zero_crossing_rate", summary: "Share of the samples of each frame at which the sign changes.",
    reference: "librosa.feature.zero_crossing_rate",
    parameters: [
      .int("frame_length", \.frameLength, in: 1...1_048_576, unit: .samples, "Length of an analysis frame."),
      .int("hop_length", \.hopLength, in: 1...1_048_576, unit: .samples, "Step between frames."),
      .bool("center", \.center, "Whether frames are centred on their time; the ends are padded with the edge value."),
      .number("threshold", \.threshold, in: .nonNegative, "Magnitudes up to this count as 0."),
      .bool("zero_pos", \.zeroPos, "Whether 0 counts as positive; otherwise it is a sign of its own."),
      .bool("pad", \.pad, "Whether the first sample of a frame counts as a crossing."),
    ], formula: "zcr(t) = 1/N · Σ_n [ sign(y(n)) ≠ sign(y(n − 1)) ],  N = frame_length",
    example: [.init("frame_length", 1024), .init("hop_length", 256)])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  public func axes(sampleRate: Int) -> FeatureAxes {
    FeatureAxes(
      bins: ["zcr"], hop: Double(config.hopLength) / Double(sampleRate),
      start: config.center ? 0 : Double(config.frameLength / 2) / Double(sampleRate))
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let values = try zeroCrossingRates(
      of: analysis.signal.samples, frameLength: config.frameLength, hopLength: config.hopLength, center: config.center,
      threshold: Float(config.threshold), zeroPos: config.zeroPos, pad: config.pad)
    return FeatureMatrix(axes: axes(sampleRate: analysis.signal.sampleRate), values: values)
  }
}
