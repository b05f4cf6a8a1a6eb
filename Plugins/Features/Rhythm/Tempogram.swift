import TimbreCore
import TimbreDSP

/// Which periods the onset strength has around each moment.
public struct Tempogram: FeatureExtractor {
  public struct Config: PluginConfig {
    public var tempogram = TempogramParameters()
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.tempogram", summary: "Local autocorrelation of the onset strength: which periods it has at each moment.",
    reference: "librosa.feature.tempogram",
    parameters: [
      .int("hop_length", \.tempogram.hopLength, in: 1...1_048_576, unit: .samples, "Step between frames."),
      .int(
        "win_length", \.tempogram.winLength, in: 1...65_536, unit: .frames,
        "Frames of onset strength that are correlated with themselves; also the number of lags."),
      .bool("center", \.tempogram.center, "Whether windows are centred on their time, with padding at both ends."),
      .value("window", \.tempogram.window, "Window function by its SciPy name, with parameters as [\"kaiser\", 8.6]."),
      .value(
        "norm", \.tempogram.norm, "What each frame is divided by: \"inf\" (its maximum), \"-inf\", a p-norm, or null."),
    ],
    details: """
      Bin k is the lag of k frames; its position is that lag in seconds, 60 divided by it is the tempo. The onset strength is \
      `feature.onset_strength` with its defaults. Norms that depend on a frame's smallest values (0 and "-inf") divide by \
      rounding noise in librosa and here.
      """,
    formula: """
      x = w · onset(t − win_length/2 …)
      r(k, t) = Σᵢ x(i) · x(i + k) / norm, k = 0 … win_length − 1
      """,
    example: [.init("win_length", 192)])

  private let config: TempogramParameters

  public init(_ config: Config) { self.config = config.tempogram }

  public func axes(sampleRate: Int) -> FeatureAxes {
    let hop = Double(config.hopLength) / Double(sampleRate)
    return FeatureAxes(
      bins: (0..<config.winLength).map { "lag_\($0)" }, positions: (0..<config.winLength).map { Double($0) * hop },
      positionUnit: .seconds, hop: hop, start: config.start(sampleRate: sampleRate))
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let values = try analysis.tempogram(config).compact
    // No value is above any other norm.
    guard config.norm != .negativeInfinity || values.allSatisfy(\.isFinite) else {
      throw Diagnostic(
        .notFinite, "the norm of a frame is too small to divide by", help: "use another norm, such as \"inf\"")
    }
    return FeatureMatrix(axes: axes(sampleRate: analysis.signal.sampleRate), values: values)
  }
}
