import TimbreCore

/// `samples` sped up by `rate` at the same pitch: `librosa.effects.time_stretch`.
///
/// Frame by frame: one column of the transform is made when the vocoder comes to it, and each of its frames is transformed back
/// at once, so that everything but the samples stays in the processor's cache.
/// - Parameter vocoderHop: The hop that the vocoder reckons with; nil is that of the transform.
/// - Returns: round(n / rate) samples.
/// - Throws: A diagnostic when not one sample would be left, or more than memory holds.
public func timeStretched(
  _ samples: [Float], rate: Double, stft parameters: STFTParameters = STFTParameters(), vocoderHop: Int? = nil
) throws -> [Float] {
  precondition(rate > 0, "a positive rate")
  let length = (Double(samples.count) / rate).rounded(.toNearestOrEven)
  guard length >= 1 else {
    throw Diagnostic(
      .shortAudio, "\(samples.count) samples at \(short(rate)) times the speed leave nothing", help: "lower the rate")
  }
  let steps = Double(samples.count / parameters.hopLength + 1) / rate + 1
  guard length < 1e9, steps < 1e9 else {
    throw Diagnostic(.outOfRange, "rate \(short(rate)) makes the audio too long", help: "raise the rate")
  }
  try checkSize(frames: Int(steps), bins: 2 * parameters.bins)
  try parameters.validate()
  let framing = try Framing(samples, parameters)
  let columns = framing.frames
  let frames = Int((Double(columns) / rate).rounded(.up))
  let transform = PlanarTransform(length: parameters.nFFT, window: parameters.windowValues)
  let output = OverlapAdd(parameters, frames: frames, length: Int(length))
  var loaded = 0
  func load(_ column: Int, into target: PlanarSpectrum) -> Bool {
    loaded += 1
    return unsafe framing.withFrame(column, hop: parameters.hopLength) { unsafe transform.forward($0, into: target) }
      ?? false
  }
  var vocoder = PhaseVocoder(
    bins: parameters.bins, hopLength: vocoderHop ?? parameters.hopLength, nFFT: parameters.nFFT, columns: load)
  let spectrum = PlanarSpectrum(bins: parameters.bins)
  for frame in 0..<output.frames {
    let place = Double(frame) * rate
    let column = Int(place)
    vocoder.move(to: column, columns: load)
    vocoder.write(to: spectrum, weight: Float(place - Double(column)))
    unsafe transform.addInverse(of: spectrum, to: output.samples.pointer + frame * parameters.hopLength)
  }
  WorkDone.transforms.add(loaded + output.frames)
  return output.normalised()
}

extension Framing {
  /// What `body` makes of the samples of one frame; nil beyond the last one.
  func withFrame<Result>(_ frame: Int, hop: Int, _ body: (UnsafePointer<Float>) -> Result) -> Result? {
    var index = frame
    for stretch in stretches {
      if index < stretch.frames {
        return unsafe stretch.samples.withUnsafeBufferPointer { samples in
          unsafe samples.baseAddress.map { unsafe body($0 + (stretch.offset + index * hop)) }
        }
      }
      index -= stretch.frames
    }
    return nil
  }
}
