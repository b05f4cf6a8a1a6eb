import TimbreCore

/// `samples` sped up by `rate` at the same pitch: `librosa.effects.time_stretch`.
/// - Returns: round(n / rate) samples.
/// - Throws: A diagnostic when not one sample would be left, or more than memory holds.
public func timeStretched(
  _ samples: [Float], rate: Double, stft parameters: STFTParameters = STFTParameters()
) throws -> [Float] {
  precondition(rate > 0, "a positive rate")
  let length = (Double(samples.count) / rate).rounded(.toNearestOrEven)
  guard length >= 1 else {
    throw Diagnostic(
      .shortAudio, "\(samples.count) samples at \(short(rate)) times the speed leave nothing", help: "lower the rate")
  }
  let frames = Double(samples.count / parameters.hopLength + 1) / rate + 1
  guard length < 1e9, frames < 1e9 else {
    throw Diagnostic(.outOfRange, "rate \(short(rate)) makes the audio too long", help: "raise the rate")
  }
  try checkSize(frames: Int(frames), bins: 2 * parameters.bins)
  let spectrum = try stft(samples, parameters)
  let stretched = phaseVocoder(spectrum, rate: rate, hopLength: parameters.hopLength, nFFT: parameters.nFFT)
  return try inverseSTFT(stretched, parameters, length: Int(length))
}
