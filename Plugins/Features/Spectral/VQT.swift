import TimbreAudio
import TimbreCore
import TimbreDSP

/// The variable-Q transform: like the constant-Q transform, with shorter filters at low frequencies.
public struct VQT: FeatureExtractor {
  public struct Config: PluginConfig, ConstantQConfig {
    public var transform: VariableQParameters
    public var resType = ResamplerType.soxrHQ
    public var output = MagnitudeForm.magnitude
    public init() {
      transform = VariableQParameters()
      transform.gamma = nil
    }
  }

  public static let spec = PluginSpec<Config>(
    "feature.vqt",
    summary: "Magnitudes of the variable-Q transform: pitch steps with shorter filters at low frequencies.",
    reference: "librosa.vqt",
    parameters: Parameter.hopAndFmin + [
      .int("n_bins", \.transform.nBins, in: 1...4096, unit: .bins, "Number of bins from fmin upwards."),
      .value(
        "intervals", \.transform.intervals,
        "How an octave is divided: equal, pythagorean, just intonation (ji3, ji5, ji7), or a list of ratios."),
      .number(
        "gamma", \.transform.gamma, in: .nonNegative, unit: .hertz,
        "Bandwidth added to each filter; null follows the ear's, 0 is the constant-Q transform."),
      .binsPerOctave, .tuning,
    ] + Parameter.filters + [.choice("output", \.output, "What is given of each complex value.")],
    details: """
      `output` "magnitude" is `np.abs(librosa.vqt(…))`, "power" its square, "db" `librosa.amplitude_to_db` of it, relative to 1. \
      A list of `intervals` replaces `bins_per_octave` by its length. Bins are placed at the frequencies of the given tuning; those of \
      an estimated tuning lie up to half a bin beside. Two bins of one frequency are refused.
      """,
    formula: """
      V[k, t] = Σₙ x[n + t·hop] · conj(wₖ[n]) / √Nₖ,  wₖ[n] = window(n / Nₖ) · exp(2πi·fₖ·n / sr)
      Nₖ = filter_scale · sr / (α·fₖ + γ)
      """,
    example: [.init("gamma", 10), .init("output", "db")])

  private let config: Config

  public init(_ config: Config) throws { self.config = config }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    try config.transform.validate(sampleRate: sampleRate)
    return try config.transform.axes("vqt", sampleRate: sampleRate, unit: config.output.unit)
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let axes = try axes(sampleRate: analysis.signal.sampleRate)
    let magnitudes = try analysis.variableQ(config.transform, config.resType.reducer)
    return FeatureMatrix(axes: axes, values: config.output.applied(to: magnitudes).compact)
  }
}
