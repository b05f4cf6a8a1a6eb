import TimbreCore

/// Everything that a mel spectrogram depends on besides the signal, named as in `librosa.feature.melspectrogram`.
public struct MelParameters: Sendable, Hashable {
  public var stft: STFTParameters
  public var power: Double
  public var bank: MelBankParameters

  public init(stft: STFTParameters = STFTParameters(), power: Double = 2, bank: MelBankParameters = MelBankParameters())
  {
    self.stft = stft
    self.power = power
    self.bank = bank
  }
}

private struct MagnitudeKey: Hashable { var stft: STFTParameters }
private struct PowerKey: Hashable { var stft: STFTParameters, power: Double }
private struct MelKey: Hashable { var mel: MelParameters }
private struct TuningKey: Hashable { var stft: STFTParameters, power: Double, binsPerOctave: Int }

extension Analysis {
  /// |STFT| to the power of `power`: frames × bins. One transform serves every power.
  public func spectrogram(_ stft: STFTParameters, power: Double = 1) throws -> Spectrogram {
    let magnitudes = try shared(MagnitudeKey(stft: stft)) { try Spectrogram.magnitudes(of: signal.samples, stft) }
    if power == 1 { return magnitudes }
    return shared(PowerKey(stft: stft, power: power)) { magnitudes.raised(to: power) }
  }

  /// The mel spectrogram, not in decibels: frames × n_mels.
  public func melSpectrogram(_ mel: MelParameters) throws -> Spectrogram {
    try shared(MelKey(mel: mel)) {
      let bank = try MelBank.of(mel.bank, sampleRate: signal.sampleRate, nFFT: mel.stft.nFFT)
      return bank.apply(to: try spectrogram(mel.stft, power: mel.power))
    }
  }

  /// How far the signal is tuned from A = 440 Hz, in bins (−0.5 ..< 0.5): `librosa.estimate_tuning` of the spectrogram.
  public func tuning(_ stft: STFTParameters, power: Double, binsPerOctave: Int) throws -> Double {
    try shared(TuningKey(stft: stft, power: power, binsPerOctave: binsPerOctave)) {
      estimateTuning(
        try spectrogram(stft, power: power), sampleRate: signal.sampleRate, binsPerOctave: binsPerOctave)
    }
  }
}
