import TimbreCore
import TimbreDSP

/// Root-mean-square level of each frame.
public struct RMS: FeatureExtractor {
  public struct Config: PluginConfig {
    public var frameLength = 2048
    public var hopLength = 512
    public var center = true
    public var padMode = WidePadMode.constant
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.rms", summary: "Root-mean-square level of each frame.", reference: "librosa.feature.rms",
    parameters: [
      .int("frame_length", \.frameLength, in: 1...1_048_576, unit: .samples, "Length of an analysis frame."),
      .int("hop_length", \.hopLength, in: 1...1_048_576, unit: .samples, "Step between frames."),
      .bool("center", \.center, "Whether frames are centred on their time, with padding at both ends."),
      .choice("pad_mode", \.padMode, "How the ends are padded when frames are centred."),
    ], formula: "rms(t) = √( 1/N · Σ_n y(t·hop + n)² ),  N = frame_length",
    example: [.init("frame_length", 1024), .init("hop_length", 256)])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  public func axes(sampleRate: Int) -> FeatureAxes {
    FeatureAxes(
      bins: ["rms"], hop: Double(config.hopLength) / Double(sampleRate),
      start: config.center ? 0 : Double(config.frameLength / 2) / Double(sampleRate))
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let values = try rootMeanSquares(
      of: analysis.signal.samples, frameLength: config.frameLength, hopLength: config.hopLength,
      padding: config.center ? config.padMode : nil)
    return FeatureMatrix(axes: axes(sampleRate: analysis.signal.sampleRate), values: values)
  }
}
