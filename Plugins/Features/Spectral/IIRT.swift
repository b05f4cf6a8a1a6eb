import TimbreAudio
import TimbreCore
import TimbreDSP

/// Power of semitone bands, each through an elliptic filter run forwards and backwards.
public struct IIRT: FeatureExtractor {
  /// How librosa writes its filters.
  public enum Layout: String, ParameterValue, CaseIterable { case sos, ba }

  public struct Config: PluginConfig {
    public var bank = SemitoneBankParameters()
    public var resType = ResamplerType.soxrHQ
    public var layout = Layout.sos
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "feature.iirt", summary: "Short-time power of semitone bands from a bank of recursive filters.",
    reference: "librosa.iirt",
    parameters: [
      .int("win_length", \.bank.winLength, in: 1...1_048_576, unit: .samples, "Length of a frame."),
      .int(
        "hop_length", \.bank.hopLength, in: 1...1_048_576, unit: .samples,
        "Step between frames; null is a quarter of win_length."),
      .bool("center", \.bank.center, "Whether the signal is padded by half a frame at both ends."),
      .number("tuning", \.bank.tuning, in: .closed(-12, 12), unit: .semitones, "Deviation from A = 440 Hz."),
      .choice("pad_mode", \.bank.padMode, "How the ends are padded when frames are centred."),
      .choice("flayout", \.layout, "How librosa writes its filters; both give the same numbers here."),
      .choice("res_type", \.resType, "Resampler that brings the signal to the rates of the bands."),
      .value(
        "center_freqs", \.bank.centerFreqs, unit: .hertz, "Frequencies of the bands; null are the semitones C1 to C8."),
      .value("sample_rates", \.bank.sampleRates, unit: .hertz, "Rate at which each band of center_freqs is filtered."),
      .number("q", \.bank.q, in: .closed(2, 200), "Centre frequency of a band by its width; librosa's Q."),
      .number(
        "passband_ripple", \.bank.passbandRipple, in: .closed(0.01, 20), unit: .decibels, "Largest loss in a passband."),
      .number(
        "stopband_attenuation", \.bank.stopbandAttenuation, in: .closed(1, 120), unit: .decibels,
        "Smallest loss beyond a bandwidth from the centre."),
    ],
    details: """
      Semitones up to B3 are filtered at 882 Hz, up to A6 at 4,410 Hz, the others at 22,050 Hz. Filters run as second-order sections \
      whatever `flayout` says: librosa's `ba` is the same filter in a form that loses digits. Where the signal at the rate of a band is \
      shorter than the extension at its ends (27 samples), librosa refuses it; here the extension is shorter.
      """,
    formula: """
      P[b, t] = sr/sr_b · Σ y_b²,  over win_length · sr_b/sr samples from t · hop · sr_b/sr
      y_b = elliptic bandpass of width f_b / Q around f_b at rate sr_b, forwards and backwards
      """,
    example: [.init("win_length", 4096)])

  private let config: Config

  public init(_ config: Config) throws {
    try config.bank.validate()
    self.config = config
  }

  public func axes(sampleRate: Int) throws -> FeatureAxes {
    let frequencies = config.bank.frequencies
    let notes = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
    let isStandard = config.bank.centerFreqs == nil
    let names = frequencies.indices.map { isStandard ? "\(notes[$0 % 12])\(1 + $0 / 12)" : "iirt_\($0)" }
    let rate = Double(sampleRate)
    return FeatureAxes(
      bins: names, positions: frequencies, positionUnit: .hertz, hop: Double(config.bank.hop) / rate,
      start: config.bank.center ? 0 : Double(config.bank.winLength / 2) / rate)
  }

  public func extract(from analysis: Analysis) throws -> FeatureMatrix {
    let type = config.resType
    let powers = try semitonePowers(analysis.signal, config.bank) { samples, from, to in
      try Resampler.resample(samples, from: from, to: to, type: type)
    }
    return FeatureMatrix(axes: try axes(sampleRate: analysis.signal.sampleRate), values: powers.compact)
  }
}
