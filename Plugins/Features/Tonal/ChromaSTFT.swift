import TimbreCore
import TimbreDSP

/// Energy of each pitch class, all octaves together.
public struct ChromaSTFT: FeatureExtractor {
  public struct Config: PluginConfig, SpectralConfig {
    public var stft = STFTParameters()
    public var power = 2.0
    public var norm = VectorNorm.infinity
    public var tuning: Double?
    public var bank = ChromaBankParameters()
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.chroma_stft", summary: "Energy of each pitch class, all octaves together.",
    reference: "librosa.feature.chroma_stft",
    parameters: [
      .number("power", \.power, in: .positive, "Exponent of the spectrogram it is fed: 1 for amplitude, 2 for power."),
      .value("norm", \.norm, "What each frame is divided by: \"inf\" (its maximum), \"-inf\", a p-norm, or null."),
      .number("tuning", \.tuning, unit: .bins, "Deviation from A = 440 Hz in chroma bins; null estimates it."),
      .int("n_chroma", \.bank.nChroma, in: 1...1024, unit: .bins, "Number of pitch classes in an octave."),
      .number("ctroct", \.bank.ctroct, unit: .octaves, "Centre of the weights of octaves, above 27.5 Hz."),
      .number(
        "octwidth", \.bank.octwidth, in: .positive, unit: .octaves, "Width of these weights; null weights all alike."),
      .bool("base_c", \.bank.baseC, "Whether the first pitch class is C rather than A."),
    ] + Parameter.stft,
    details: """
      `power` 2 is librosa's `chroma_stft(y=y)`; `power` 1 is its `chroma_stft(S=np.abs(librosa.stft(y)))`. The tuning is estimated \
      from the same spectrogram.
      """,
    formula: "C(p, t) = Σ_k B(p, k) · |X(k, t)|^power,  each frame divided by its norm",
    example: [.init("n_fft", 4096)])

  private let config: Config

  public init(_ config: Config) throws {
    try config.stft.validate()
    self.config = config
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    let count = config.bank.nChroma
    var names = (0..<count).map { "chroma_\($0)" }
    if count == 12 {
      let notes = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
      names = config.bank.baseC ? notes : Array(notes[9...] + notes[..<9])
    }
    return FeatureAxes(
      bins: names, hop: config.stft.hop(sampleRate: sampleRate), start: config.stft.start(sampleRate: sampleRate))
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let sampleRate = analysis.signal.sampleRate
    var bank = config.bank
    bank.tuning =
      try config.tuning ?? analysis.tuning(config.stft, power: config.power, binsPerOctave: bank.nChroma)
    let chroma = try analysis.chroma(config.stft, power: config.power, bank, norm: config.norm)
    return FeatureMatrix(axes: try axes(sampleRate: sampleRate), values: chroma.compact)
  }
}
