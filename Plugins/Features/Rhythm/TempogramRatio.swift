import TimbreCore
import TimbreDSP

/// The tempogram at multiples of the tempo.
public struct TempogramRatio: FeatureExtractor {
  public struct Config: PluginConfig, TempoConfig {
    public var tempogram = TempogramParameters()
    public var prior = TempoPrior()
    public var bpm: Double?
    public var factors: [Double]?
    public var aggregate: Aggregation?
    public var kind = TempoInterpolation.linear
    public var fillValue = 0.0
    public init() {}
  }

  /// Metrical subdivisions where the tempo counts quarter notes, from the sixteenth to the whole note, with dotted ones and triplets:
  /// of Prockup et al., Modeling musical rhythm at scale with the music genome project, WASPAA 2015.
  static let usualFactors: [Double] = [4, 8 / 3, 3, 2, 4 / 3, 3 / 2, 1, 2 / 3, 3 / 4, 1 / 2, 1 / 3, 3 / 8, 1 / 4]

  public static let spec = PluginSpec<Config>(
    "feature.tempogram_ratio", summary: "The tempogram at multiples of the tempo: how a beat is divided.",
    reference: "librosa.feature.tempogram_ratio",
    parameters: [
      .int("hop_length", \.tempogram.hopLength, in: 1...1_048_576, unit: .samples, "Step between frames."),
      .int(
        "win_length", \.tempogram.winLength, in: 2...65_536, unit: .frames,
        "Frames of onset strength that are correlated with themselves."),
      .number(
        "bpm", \.bpm, in: .positive, unit: .beatsPerMinute, "The tempo; null takes that of each frame's tempogram."),
    ] + Parameter.tempo + [
      .value(
        "factors", \.factors, "Multiples of the tempo; null is thirteen, from 4 (sixteenth notes) to 1/4 (whole notes)."
      ),
      .value("aggregate", \.aggregate, "How the frames become one; null keeps all."),
      .bool("center", \.tempogram.center, "Whether windows are centred on their time, with padding at both ends."),
      .value("window", \.tempogram.window, "Window function by its SciPy name, with parameters as [\"kaiser\", 8.6]."),
      .choice("kind", \.kind, "How values between two tempos of the tempogram are found."),
      .number(
        "fill_value", \.fillValue, in: .closed(-1e30, 1e30), "The value at tempos outside those of the tempogram."),
      .value(
        "norm", \.tempogram.norm,
        "What each frame of the tempogram is divided by: \"inf\", \"-inf\", a p-norm, or null."),
    ],
    details: """
      A bin's position is its factor. Without `factors` these are 4, 8/3, 3, 2, 4/3, 3/2, 1, 2/3, 3/4, 1/2, 1/3, 3/8 and 1/4. \
      librosa's `bpm` is one number a frame, here it is one for all; its `kind` also knows splines, which are left out.
      """,
    formula: """
      ratio(i, t) = tempogram at tempo(t) · factor(i), between lags by interpolation over tempos
      """,
    example: [.init("factors", [2, 1, 0.5])])

  private let config: Config
  private let factors: [Double]

  public init(_ config: Config) throws {
    self.config = config
    let factors = config.factors ?? Self.usualFactors
    guard (1...65_536).contains(factors.count) else {
      throw Diagnostic(
        .invalidParameters, factors.isEmpty ? "factors is empty" : "factors has \(factors.count) numbers",
        help: "give between 1 and 65536, or null for the usual thirteen")
    }
    self.factors = factors
  }

  public func axes(sampleRate: Int) -> FeatureAxes {
    FeatureAxes(
      bins: factors.indices.map { "ratio_\($0)" }, positions: factors,
      hop: Double(config.tempogram.hopLength) / Double(sampleRate),
      start: config.tempogram.start(sampleRate: sampleRate))
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let sampleRate = analysis.signal.sampleRate
    let tempogram = try analysis.tempogram(config.tempogram)
    let tempos = tempoFrequencies(
      lags: config.tempogram.winLength, hopLength: config.tempogram.hopLength, sampleRate: sampleRate)
    let beats: [Double]
    if let bpm = config.bpm {
      beats = [Double](repeating: bpm, count: tempogram.frames)
    } else {
      beats = TempoPicker(tempos: tempos, config.prior).tempos(of: tempogram)
    }
    var values = try tempogram.values(
      at: beats, times: factors, tempos: tempos, config.kind, fillValue: Float(config.fillValue))
    if let aggregate = config.aggregate {
      values = factors.indices.map { index in
        aggregate(stride(from: index, to: values.count, by: factors.count).map { values[$0] })
      }
    }
    guard values.allSatisfy(\.isFinite) else {
      throw Diagnostic(
        .notFinite, "the norm of a frame is too small to divide by", help: "use another norm, such as \"inf\"")
    }
    return FeatureMatrix(axes: axes(sampleRate: sampleRate), values: values)
  }
}
