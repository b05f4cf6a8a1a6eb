import RealModule
import TimbreAudio
import TimbreCore
import TimbreDSP

/// Changes the pitch of a signal and keeps its speed.
public struct PitchShift: Augmenter {
  public struct Config: PluginConfig, TransformConfig {
    public var nSteps = 0.0
    public var binsPerOctave = 12
    public var resType = ResamplerType.soxrHQ
    public var scale = false
    public var transform = TransformSettings()
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "augment.pitch_shift", summary: "Higher or lower at the same speed: stretched in time, then resampled.",
    reference: "librosa.effects.pitch_shift",
    parameters: [
      .number("n_steps", \.nSteps, "Steps up; negative is down."),
      .int("bins_per_octave", \.binsPerOctave, in: 1...1_000_000, "Steps in an octave; 12 makes semitones."),
      .choice("res_type", \.resType, "Resampler."),
      .bool("scale", \.scale, "Whether resampling keeps the total energy instead of the level."),
    ] + Parameter.transform,
    details:
      "The result is as long as the signal. Where hop_length is null, the vocoder reckons with a quarter of n_fft, as librosa's does: "
      + "set hop_length along with win_length.",
    formula: "resample(time_stretch(y, r), r),  r = 2^(−n_steps / bins_per_octave)",
    example: [.init("n_steps", 2)])

  private let config: Config
  private let stft: STFTParameters

  /// - Throws: A diagnostic for a shift of more than 16 octaves, or a window that does not fit the transform.
  public init(_ config: Config) throws {
    guard abs(config.nSteps) <= 16 * Double(config.binsPerOctave) else {
      throw Diagnostic(
        .invalidParameters, "n_steps (\(short(config.nSteps))) is more than 16 octaves", help: "shift by fewer steps")
    }
    self.config = config
    stft = try config.transform.stft()
  }

  public func apply(to signal: Signal, drawing draws: inout Draws) throws -> Signal {
    let rate = Double.exp2(-config.nSteps / Double(config.binsPerOctave))
    let stretched = try timeStretched(
      signal.samples, rate: rate, stft: stft, vocoderHop: config.transform.vocoderHop)
    let target = Double(signal.sampleRate)
    var samples = try Resampler.resample(
      stretched, from: target / rate, to: target, type: config.resType, scale: config.scale, toTheBit: false)
    let count = signal.samples.count
    if samples.count > count { samples.removeLast(samples.count - count) }
    samples += repeatElement(0, count: count - samples.count)
    return Signal(samples: samples, sampleRate: signal.sampleRate)
  }
}
