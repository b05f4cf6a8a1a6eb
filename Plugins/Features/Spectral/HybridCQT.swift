import TimbreAudio
import TimbreCore
import TimbreDSP

/// The constant-Q transform with its short filters applied to magnitudes.
public struct HybridCQT: FeatureExtractor {
  public struct Config: PluginConfig, ConstantQConfig {
    public var transform = VariableQParameters()
    public var resType = ResamplerType.soxrHQ
    public var output = MagnitudeForm.magnitude
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.hybrid_cqt",
    summary:
      "The constant-Q transform whose high bins, with filters under two hops, are read from one magnitude spectrum.",
    reference: "librosa.hybrid_cqt",
    parameters: Parameter.hopAndFmin + [
      .int("n_bins", \.transform.nBins, in: 1...4096, unit: .bins, "Number of bins from fmin upwards."),
      .binsPerOctave, .tuning,
    ] + Parameter.filters + [.choice("output", \.output, "What is given of each magnitude.")],
    details: """
      `output` "magnitude" is `librosa.hybrid_cqt(…)`, "power" its square, "db" `librosa.amplitude_to_db` of it, relative to 1. \
      Where filters are shorter than two hops, the constant-Q transform would miss what lies between frames; the magnitudes of a \
      spectrum that covers it do not. As in librosa, only the bins of the constant-Q transform are refused beyond half the sample rate.
      """,
    formula: """
      Nₖ padded to a power of two ≥ 2·hop:  C[k, t] = |Σₙ x[n + t·hop] · conj(wₖ[n])| / √Nₖ
      otherwise:  C[k, t] = Σ_f |Wₖ[f]| · |STFT[f, t]| / √n_fft
      """,
    example: [.init("output", "db")])

  private let config: Config

  public init(_ config: Config) throws { self.config = config }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    try config.transform.validateHybrid(sampleRate: sampleRate)
    return try config.transform.axes("hybrid_cqt", sampleRate: sampleRate, unit: config.output.unit)
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let axes = try axes(sampleRate: analysis.signal.sampleRate)
    let magnitudes = try analysis.hybridConstantQ(config.transform, config.resType.reducer)
    return FeatureMatrix(axes: axes, values: config.output.applied(to: magnitudes).compact)
  }
}
