import TimbreCore
import TimbreDSP

/// A mel spectrogram whose bands are divided by their own recent level: what changes stands out, what stays recedes.
public struct PCEN: FeatureExtractor {
  public struct Config: PluginConfig, MelConfig {
    public var mel = MelParameters(power: 1)
    public var pcen = PCENParameters()
    public var inputScale = 2_147_483_648.0
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.pcen", summary: "Mel spectrogram with automatic gain in each band (PCEN).", reference: "librosa.pcen",
    parameters: [
      .number("gain", \.pcen.gain, in: .nonNegative, "How much of a band's level is divided out: 1 is all of it."),
      .number("bias", \.pcen.bias, in: .nonNegative, "What is added before compression."),
      .number("power", \.pcen.power, in: .nonNegative, "Exponent of the compression; 0 is a logarithm."),
      .number("time_constant", \.pcen.timeConstant, in: .positive, unit: .seconds, "Memory of a band's level."),
      .number("eps", \.pcen.eps, in: NumberRange(1e-30, nil), "What is added to a band's level before dividing by it."),
      .number(
        "b", \.pcen.b, in: NumberRange(0, 1, excludesLower: true),
        "Coefficient of the filter that follows the level; null takes it from time_constant."),
      .int("max_size", \.pcen.maxSize, in: 1...65_536, unit: .bins, "Bands whose largest value the filter follows."),
      .number("input_scale", \.inputScale, in: .positive, "Factor of the mel spectrogram: 2³¹ for samples within ±1."),
      .number("mel_power", \.mel.power, in: .positive, "Exponent of the mel spectrogram's magnitudes."),
      .value("norm", \.mel.bank.norm, "Scale of the mel filters: \"slaney\", a p-norm, or null."),
    ] + Parameter.mel.filter { $0.description.name != "power" } + Parameter.stft,
    details: """
      As in the example of librosa's documentation: `librosa.pcen(melspectrogram(y, power=1) * 2**31)`. The other defaults are meant \
      for samples within ±2³¹, which `input_scale` makes of samples within ±1; with 1 it is `librosa.pcen` of the plain mel \
      spectrogram. `power` is that of PCEN; the mel spectrogram's is `mel_power`. Each band's filter starts from a level of 1, as \
      librosa's does.
      """,
    formula: """
      M[t] = (1 − b) · M[t − 1] + b · S[t]
      PCEN = (S / (eps + M)^gain + bias)^power − bias^power
      """,
    example: [.init("gain", 0.8), .init("bias", 10), .init("power", 0.25)])

  private let config: Config

  public init(_ config: Config) throws {
    try config.stft.validate()
    self.config = config
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    let centres = try config.mel.bank.corners(sampleRate: sampleRate).dropFirst().dropLast()
    return FeatureAxes(
      bins: centres.indices.map { "mel_\($0 - 1)" }, positions: Array(centres), positionUnit: .hertz,
      hop: config.stft.hop(sampleRate: sampleRate), start: config.stft.start(sampleRate: sampleRate))
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let energies = try analysis.pcen(config.mel, config.pcen, scale: config.inputScale)
    return try finiteMatrix(axes(sampleRate: analysis.signal.sampleRate), energies.compact)
  }
}
