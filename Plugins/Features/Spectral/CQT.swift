import TimbreAudio
import TimbreCore
import TimbreDSP

/// The constant-Q transform: bins at equal steps of pitch.
public struct CQT: FeatureExtractor {
  public struct Config: PluginConfig, ConstantQConfig {
    public var transform = VariableQParameters()
    public var resType = ResamplerType.soxrHQ
    public var output = MagnitudeForm.magnitude
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.cqt", summary: "Magnitudes of the constant-Q transform: bins at equal steps of pitch.",
    reference: "librosa.cqt",
    parameters: Parameter.hopAndFmin + [
      .int("n_bins", \.transform.nBins, in: 1...4096, unit: .bins, "Number of bins from fmin upwards."),
      .binsPerOctave, .tuning,
    ] + Parameter.filters + [.choice("output", \.output, "What is given of each complex value.")],
    details: """
      `output` "magnitude" is `np.abs(librosa.cqt(…))`, "power" its square, "db" `librosa.amplitude_to_db` of it, relative to 1. \
      Bins are placed at the frequencies of the given tuning; those of an estimated tuning lie up to half a bin beside. Lower octaves \
      are computed at half the rate of the next, as long as 2 divides the hop. Filters that reach beyond half the sample rate are \
      refused, as librosa does, and filters of more than 4,194,304 samples.
      """,
    formula: """
      C[k, t] = Σₙ x[n + t·hop] · conj(wₖ[n]) / √Nₖ
      wₖ[n] = window(n / Nₖ) · exp(2πi·fₖ·n / sr),  fₖ = fmin · 2^((k + tuning) / bins_per_octave)
      Nₖ = filter_scale · sr / (α · fₖ),  α = (2^(2/bins_per_octave) − 1) / (2^(2/bins_per_octave) + 1)
      """,
    example: [.init("n_bins", 84), .init("output", "db")])

  private let config: Config

  public init(_ config: Config) throws { self.config = config }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    try config.transform.validate(sampleRate: sampleRate)
    return try config.transform.axes("cqt", sampleRate: sampleRate, unit: config.output.unit)
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let axes = try axes(sampleRate: analysis.signal.sampleRate)
    let magnitudes = try analysis.variableQ(config.transform, config.resType.reducer)
    return FeatureMatrix(axes: axes, values: config.output.applied(to: magnitudes).compact)
  }
}
