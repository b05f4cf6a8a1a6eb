import TimbreCore
import TimbreDSP

/// How much louder the spectrum becomes at each moment.
public struct OnsetStrength: FeatureExtractor {
  public struct Config: PluginConfig, OnsetConfig {
    public var onset = OnsetParameters()
    public var aggregate = Aggregation.mean
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.onset_strength", summary: "How much louder the mel spectrum becomes: peaks are onsets.",
    reference: "librosa.onset.onset_strength",
    parameters: [.choice("aggregate", \.aggregate, "How the rises of all bands become one number.")] + Parameter.onset,
    details: """
      The mel spectrogram in decibels, cut off 80 dB under its loudest value, is compared with itself `lag` frames earlier. With \
      `center`, the result is shifted by n_fft / (2 · hop_length) frames as in librosa, though the spectrogram is centred already. \
      librosa's `ref` and `feature` have no counterpart.
      """,
    formula: """
      S = 10 · log₁₀(mel spectrogram)
      onset(t) = mean over bands f of max(0, S(f, t) − max |f′−f| ≤ max_size/2 of S(f′, t − lag))
      """,
    example: [.init("hop_length", 256), .init("aggregate", "median")])

  private let config: Config

  public init(_ config: Config) throws {
    try config.stft.validate()
    self.config = config
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    _ = try config.mel.bank.corners(sampleRate: sampleRate)
    return FeatureAxes(bins: ["onset"], valueUnit: .decibels, hop: config.stft.hop(sampleRate: sampleRate))
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    FeatureMatrix(
      axes: try axes(sampleRate: analysis.signal.sampleRate),
      values: try analysis.onsetStrength(config.onset, aggregate: config.aggregate))
  }
}
