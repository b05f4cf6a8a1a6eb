import TimbreCore
import TimbreDSP

/// A spectrogram whose energy is moved to where it is in time and frequency.
public struct ReassignedSpectrogram: FeatureExtractor {
  public struct Config: PluginConfig, SpectralConfig {
    public var stft = STFTParameters()
    public var reassignment = ReassignmentParameters()
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.reassigned_spectrogram", summary: "Spectrogram sharpened by moving energy to where it is.",
    reference: "librosa.reassigned_spectrogram",
    parameters: [
      .number("power", \.reassignment.power, in: .positive, "Exponent of the magnitudes that are moved: 2 for energy."),
      .bool("reassign_frequencies", \.reassignment.frequencies, "Whether to move along frequency."),
      .bool("reassign_times", \.reassignment.times, "Whether to move along time."),
      .number(
        "ref_power", \.reassignment.refPower, in: .nonNegative,
        "Cells whose squared magnitude is below it are not moved."),
      .bool("fill_nan", \.reassignment.fillNaN, "Whether such cells keep their place instead of being left out."),
      .bool("clip", \.reassignment.clip, "Whether what moves beyond an edge stays at it instead of being left out."),
    ] + Parameter.stft,
    details: """
      librosa returns a time, a frequency and a magnitude for each cell of the STFT. Here they become a matrix on the STFT's own grid: \
      magnitude^power of each cell is added to the cell of the bin nearest its frequency, round(f · n_fft / sample rate), and the frame \
      nearest its time, round((t − start) · sample rate / hop_length), halves to even. Cells without a place (librosa's NaN) are left \
      out; with `clip`, those beyond the grid land in its outermost cells, otherwise they are left out. `ref_power` is a number.
      """,
    formula: """
      f̂ = f − Im(X_dw / X_w) · sample rate / 2π,   t̂ = t + Re(X_tw / X_w) / sample rate
      X_w, X_dw, X_tw: STFT with the window, its derivative, the window times its time
      """,
    example: [.init("ref_power", 0.0001)])

  private let config: Config

  public init(_ config: Config) throws {
    try config.stft.validate()
    guard config.reassignment.frequencies || config.reassignment.times else {
      throw Diagnostic(
        .invalidParameters, "neither frequencies nor times are to be reassigned",
        help: "set reassign_frequencies or reassign_times to true, or use feature.stft")
    }
    self.config = config
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes { .spectrum(config.stft, sampleRate: sampleRate) }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let values = try reassignedSpectrogram(of: analysis.signal, config.stft, config.reassignment)
    return try finiteMatrix(axes(sampleRate: analysis.signal.sampleRate), values)
  }
}
