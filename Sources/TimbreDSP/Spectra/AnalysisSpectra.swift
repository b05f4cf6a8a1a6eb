import RealModule
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
private struct PreciseKey: Hashable { var stft: STFTParameters }
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

  /// The same from a transform in double precision. Features fall back on it where a loud bin that they do not read would bury
  /// what they read in the rounding of single precision.
  func preciseSpectrogram(_ parameters: STFTParameters, power: Double) throws -> Spectrogram {
    let magnitudes = try shared(PreciseKey(stft: parameters)) { Spectrogram(magnitudesOf: try stft(parameters)) }
    return magnitudes.raised(to: power)
  }

  /// The mel spectrogram, not in decibels: frames × n_mels.
  public func melSpectrogram(_ mel: MelParameters) throws -> Spectrogram {
    try shared(MelKey(mel: mel)) {
      let bank = try MelBank.of(mel.bank, sampleRate: signal.sampleRate, nFFT: mel.stft.nFFT)
      let magnitudes = try spectrogram(mel.stft)
      // The usual exponent needs no spectrogram of its own.
      let isPower = mel.power == 2
      let source = isPower ? magnitudes : try spectrogram(mel.stft, power: mel.power)
      let bands = bank.apply(to: source, squaring: isPower)
      // Smaller exponents raise what is quiet, rounding included: that of amplitudes lies within the 80 dB that MFCCs read.
      if mel.power >= 2, !bank.isBuried(bands, of: magnitudes, power: mel.power) { return bands }
      return bank.apply(to: try preciseSpectrogram(mel.stft, power: mel.power), squaring: false)
    }
  }

  /// Energy of each pitch class: frames × n_chroma, each frame divided by its norm.
  /// - Throws: A diagnostic when energies leave the range of single precision.
  public func chroma(
    _ stft: STFTParameters, power: Double, _ bank: ChromaBankParameters, norm: VectorNorm
  ) throws -> Spectrogram {
    let rate = signal.sampleRate
    let spectrum = try spectrogram(stft, power: power)
    var energies = spectrum.chromaEnergies(bank, sampleRate: rate, nFFT: stft.nFFT)
    let share = Float(Double.pow(0.001, power))
    let isBuried = (0..<energies.frames).contains { frame in
      let row = energies.values[frame * energies.stride..<frame * energies.stride + energies.bins]
      return !row.contains { $0 >= share * spectrum.peaks[frame] }
    }
    // As for mel bands, small exponents raise the rounding of what is quiet.
    if isBuried || power < 1 || norm == .negativeInfinity {
      energies = try preciseSpectrogram(stft, power: power).chromaEnergies(bank, sampleRate: rate, nFFT: stft.nFFT)
    }
    return try energies.normalised(norm)
  }

  /// How far the signal is tuned from A = 440 Hz, in bins (−0.5 ..< 0.5): `librosa.estimate_tuning` of the spectrogram.
  public func tuning(_ stft: STFTParameters, power: Double, binsPerOctave: Int) throws -> Double {
    try shared(TuningKey(stft: stft, power: power, binsPerOctave: binsPerOctave)) {
      estimateTuning(
        try spectrogram(stft, power: power), sampleRate: signal.sampleRate, binsPerOctave: binsPerOctave)
    }
  }
}
