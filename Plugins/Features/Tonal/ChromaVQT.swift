import TimbreAudio
import TimbreCore
import TimbreDSP

/// Energy of each step of a scale, from the variable-Q transform.
public struct ChromaVQT: FeatureExtractor {
  public struct Config: PluginConfig, ConstantQConfig {
    public var transform = VariableQParameters()
    public var resType = ResamplerType.soxrHQ
    public var fold = ChromaFoldParameters()
    public var nOctaves = 7
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.chroma_vqt",
    summary: "Energy of each step of a scale, all octaves together, from the variable-Q transform.",
    reference: "librosa.feature.chroma_vqt",
    parameters: Parameter.hopAndFmin + [
      .value(
        "intervals", \.transform.intervals,
        "How an octave is divided: equal, pythagorean, just intonation (ji3, ji5, ji7), or a list of ratios."),
      .value("norm", \.fold.norm, "What each frame is divided by: \"inf\" (its maximum), \"-inf\", a p-norm, or null."),
      .number("threshold", \.fold.threshold, "Energies below it count as 0, before normalisation; null keeps all."),
      .int("n_octaves", \.nOctaves, in: 1...24, unit: .octaves, "Number of octaves from fmin upwards."),
      .binsPerOctave,
      .number(
        "gamma", \.transform.gamma, in: .nonNegative, unit: .hertz,
        "Bandwidth added to each filter; null follows the ear's, 0 has constant Q."),
    ],
    details: """
      There are as many classes as bins in an octave; a list of `intervals` replaces `bins_per_octave` by its length. \
      librosa wants `intervals` to be given; here equal steps are the default. The tuning is A = 440 Hz.
      """,
    formula: "chroma[c, t] = Σₖ |VQT[k, t]| over bins k of class c, divided by the norm of the frame",
    example: [.init("intervals", "ji5")])

  private let config: Config
  private let transform: VariableQParameters

  public init(_ config: Config) throws {
    self.config = config
    var transform = config.transform
    transform.nBins = config.nOctaves * transform.intervals.count(binsPerOctave: transform.binsPerOctave)
    self.transform = transform
  }

  private var classes: Int { transform.intervals.count(binsPerOctave: transform.binsPerOctave) }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    try transform.validate(sampleRate: sampleRate)
    return FeatureAxes(bins: pitchClassNames(classes), hop: Double(transform.hopLength) / Double(sampleRate))
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let axes = try axes(sampleRate: analysis.signal.sampleRate)
    let magnitudes = try analysis.variableQ(transform, config.resType.reducer)
    var fold = config.fold
    fold.nChroma = classes
    let chroma = try magnitudes.foldedToChroma(fold, perOctave: classes, lowest: transform.lowest)
    return FeatureMatrix(axes: axes, values: chroma.compact)
  }
}
