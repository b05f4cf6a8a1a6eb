import TimbreCore
import TimbreDSP

/// The spectrogram itself.
public struct STFT: FeatureExtractor {
  public enum Scale: String, ParameterValue, Sendable, Hashable, CaseIterable { case magnitude, power, db }

  public struct Config: PluginConfig, SpectralConfig {
    public var stft = STFTParameters()
    public var scale = Scale.magnitude
    public var ref = LevelReference.value(1)
    public var amin = 1e-5
    public var topDB: Double? = 80
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.stft", summary: "The spectrogram: how strong each frequency is in each frame.", reference: "librosa.stft",
    parameters: [
      .choice("scale", \.scale, "Whether values are magnitudes, their squares, or levels in dB."),
      .value("ref", \.ref, "For dB: the magnitude of 0 dB, or \"max\" for the largest of the signal."),
      .number("amin", \.amin, in: .closed(1e-18, 1e18), "For dB: the least magnitude that counts."),
      .number(
        "top_db", \.topDB, in: .nonNegative, unit: .decibels,
        "For dB: how far levels may lie under the loudest; null sets no limit."),
    ] + Parameter.stft,
    details: """
      n_fft / 2 + 1 values a frame, from 0 Hz to half the sample rate. `magnitude` is `np.abs(librosa.stft(y))`, `power` its square, \
      and `db` what `librosa.amplitude_to_db` makes of it, with `ref`, `amin` and `top_db` as there.
      """,
    formula: """
      Xₖ = Σ wₙ · xₙ · exp(−2πi · k · n / n_fft), from each frame's first sample
      value = |Xₖ|, |Xₖ|², or 20 · log₁₀(max(amin, |Xₖ|) / ref)
      """,
    example: [.init("scale", "db"), .init("ref", "max")])

  private let config: Config

  public init(_ config: Config) throws {
    try config.stft.validate()
    self.config = config
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    .spectrum(config.stft, sampleRate: sampleRate, valueUnit: config.scale == .db ? .decibels : nil)
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let spectrum: Spectrogram
    switch config.scale {
    case .magnitude: spectrum = try analysis.spectrogram(config.stft)
    case .power: spectrum = try analysis.spectrogram(config.stft, power: 2)
    case .db:
      spectrum = try analysis.preciseMagnitudes(config.stft)
        .amplitudeDecibels(reference: config.ref, amin: config.amin, topDB: config.topDB)
    }
    return try finiteMatrix(axes(sampleRate: analysis.signal.sampleRate), spectrum.compact)
  }
}

extension STFT: InvertibleFeature {
  /// Magnitudes to sound (`librosa.griffinlim`). Levels in dB lack what `top_db` cut off, and with `ref` "max" the loudness: the loudest
  /// bin then becomes that of a full-scale tone.
  public func resynthesise(
    _ feature: FeatureMatrix, sampleRate: Int, options: ResynthesisOptions, random: inout RandomSource
  ) throws -> Signal {
    let values = Spectrogram(try feature.checked(bins: config.stft.bins))
    let magnitudes: Spectrogram
    switch (config.scale, config.ref) {
    case (.magnitude, _): magnitudes = values
    case (.power, _): magnitudes = values.squareRoots()
    case (.db, .value(let reference)): magnitudes = try values.amplitudes(reference: Float(reference.magnitude))
    case (.db, .max): magnitudes = try values.amplitudes(reference: Float(config.stft.nFFT) / 4)
    }
    return Signal(
      samples: try griffinLim(magnitudes, config.stft, options: options, random: &random), sampleRate: sampleRate)
  }
}
