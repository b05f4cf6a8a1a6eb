import TimbreCore
import TimbreDSP

/// How strongly the onset strength beats at each tempo.
public struct FourierTempogram: FeatureExtractor {
  public struct Config: PluginConfig {
    public var hopLength = 512
    public var winLength = 384
    public var center = true
    public var window = Window.hann
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.fourier_tempogram", summary: "Magnitude of the short-time Fourier transform of the onset strength.",
    reference: "numpy.abs of librosa.feature.fourier_tempogram",
    parameters: [
      .int("hop_length", \.hopLength, in: 1...1_048_576, unit: .samples, "Step between frames."),
      .int(
        "win_length", \.winLength, in: 1...65_536, unit: .frames, "Frames of onset strength that are transformed."),
      .bool("center", \.center, "Whether windows are centred on their time, with padding at both ends."),
      .value("window", \.window, "Window function by its SciPy name, with parameters as [\"kaiser\", 8.6]."),
    ],
    details: """
      A bin's position is its tempo. librosa returns complex numbers; these are their magnitudes. The onset strength is \
      `feature.onset_strength` with its defaults.
      """,
    formula: """
      F(k, t) = |Σᵢ w(i) · onset(t + i − win_length/2) · e^(−2πi·k/win_length)|
      tempo(k) = 60 · k · sample rate / (hop_length · win_length)
      """,
    example: [.init("win_length", 192)])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  public func axes(sampleRate: Int) -> FeatureAxes {
    let hop = Double(config.hopLength) / Double(sampleRate)
    let tempos = fourierTempoFrequencies(
      winLength: config.winLength, hopLength: config.hopLength, sampleRate: sampleRate)
    return FeatureAxes(
      bins: tempos.indices.map { "tempo_\($0)" }, positions: tempos, positionUnit: .beatsPerMinute, hop: hop,
      start: config.center ? 0 : hop * Double(config.winLength / 2))
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let tempogram = try analysis.fourierTempogram(
      hopLength: config.hopLength, winLength: config.winLength, center: config.center, window: config.window)
    return FeatureMatrix(axes: axes(sampleRate: analysis.signal.sampleRate), values: tempogram.compact)
  }
}
