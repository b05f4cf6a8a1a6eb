import TimbreCore
import TimbreDSP

/// Beats per minute, of the whole signal or of each frame.
public struct Tempo: FeatureExtractor {
  public struct Config: PluginConfig, TempoConfig {
    public var hopLength = 512
    public var prior = TempoPrior()
    public var acSize = 8.0
    public var aggregate: Aggregation? = .mean
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.tempo", summary: "Tempo in beats per minute, of the whole signal or of each frame.",
    reference: "librosa.feature.tempo",
    parameters: [.int("hop_length", \.hopLength, in: 1...1_048_576, unit: .samples, "Step between frames.")]
      + Parameter.tempo + [
        .number(
          "ac_size", \.acSize, in: .positive, unit: .seconds, "Length of the stretch that is correlated with itself."),
        .value(
          "aggregate", \.aggregate,
          "How the tempogram's frames become one before its tempo is taken; null gives the tempo of each frame."),
      ],
    details: """
      The lag at which the onset strength is most like itself, weighted by how probable its tempo is; tempos between two lags are \
      never returned. The stretch of ac_size must hold at least two frames.
      """,
    formula: """
      tempo(k) = 60 · sample rate / (hop_length · k)
      k = argmax log(1 + 10⁶ · tempogram(k)) − ½ · (log₂(tempo(k) / start_bpm) / std_bpm)²
      """,
    example: [.init("start_bpm", 100)])

  private let config: Config

  public init(_ config: Config) { self.config = config }

  private func tempogram(sampleRate: Int) throws -> TempogramParameters {
    let limit = 1 << 20
    let lags = (config.acSize * Double(sampleRate)).rounded(.down) / Double(config.hopLength)
    guard lags >= 2, lags <= Double(limit) else {
      throw Diagnostic(
        .invalidParameters,
        "ac_size (\(short(config.acSize)) s) is \(lags < 2 ? "less than 2" : "more than \(limit)") frames",
        help: lags < 2 ? "raise ac_size or lower hop_length" : "lower ac_size or raise hop_length")
    }
    return TempogramParameters(hopLength: config.hopLength, winLength: Int(lags))
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    _ = try tempogram(sampleRate: sampleRate)
    return FeatureAxes(
      bins: ["tempo"], valueUnit: .beatsPerMinute, hop: Double(config.hopLength) / Double(sampleRate))
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let sampleRate = analysis.signal.sampleRate
    let parameters = try tempogram(sampleRate: sampleRate)
    let tempogram = try analysis.tempogram(parameters)
    let tempos = tempoFrequencies(
      lags: parameters.winLength, hopLength: config.hopLength, sampleRate: sampleRate)
    let picker = TempoPicker(tempos: tempos, config.prior)
    let picked = config.aggregate.map { [picker.tempo(of: tempogram, $0)] } ?? picker.tempos(of: tempogram)
    return FeatureMatrix(axes: try axes(sampleRate: sampleRate), values: picked.map(Float.init))
  }
}

/// Settings with a prior on tempos among them.
protocol TempoConfig: PluginConfig {
  var prior: TempoPrior { get set }
}

extension Parameter where Config: TempoConfig {
  /// start_bpm, std_bpm and max_tempo.
  static var tempo: [Parameter] {
    [
      .number("start_bpm", \.prior.startBPM, in: .positive, unit: .beatsPerMinute, "The most probable tempo."),
      .number(
        "std_bpm", \.prior.stdBPM, in: NumberRange(1e-6, nil), unit: .octaves,
        "Standard deviation of the logarithm of tempos around it."),
      .number(
        "max_tempo", \.prior.maxTempo, in: .positive, unit: .beatsPerMinute,
        "Tempos from here on are left out; null keeps all."),
    ]
  }
}
