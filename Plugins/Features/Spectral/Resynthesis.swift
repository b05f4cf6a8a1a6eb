import TimbreCore
import TimbreDSP

extension FeatureMatrix {
  /// - Throws: A diagnostic when it has another number of bins, and so is another feature.
  func checked(bins: Int) throws -> FeatureMatrix {
    guard binCount != bins else { return self }
    throw Diagnostic(.invalidParameters, "a feature of \(binCount) bins where these settings make \(bins)")
  }
}

extension Spectrogram {
  /// Mel bands to magnitudes to a signal: `librosa.feature.inverse.mel_to_audio`.
  func sound(
    fromMel mel: MelParameters, sampleRate: Int, options: ResynthesisOptions, random: inout RandomSource
  ) throws -> Signal {
    let magnitudes = try magnitudes(fromMel: mel, sampleRate: sampleRate)
    return Signal(
      samples: try griffinLim(magnitudes, mel.stft, options: options, random: &random), sampleRate: sampleRate)
  }
}
