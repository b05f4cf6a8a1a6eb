import TimbreCore

/// Frames of complex numbers in single precision, real and imaginary parts interleaved: frames × bins.
public struct ComplexFrames: Sendable {
  public let bins: Int
  public let frames: Int
  public internal(set) var values: [Float]

  init(bins: Int, frames: Int) {
    self.bins = bins
    self.frames = frames
    values = [Float](repeating: 0, count: 2 * bins * frames)
  }

  public func real(bin: Int, frame: Int) -> Float { values[2 * (frame * bins + bin)] }
  public func imaginary(bin: Int, frame: Int) -> Float { values[2 * (frame * bins + bin) + 1] }
}

/// The short-time Fourier transform: `librosa.stft`, which transforms in double precision and keeps single precision.
/// - Throws: A diagnostic when the window is longer than the transform, or the signal shorter than an uncentred frame.
public func stft(_ signal: [Float], _ parameters: STFTParameters) throws -> ComplexFrames {
  try parameters.validate()
  let framing = try Framing(signal, parameters)
  try checkSize(frames: framing.frames, bins: 2 * parameters.bins)
  WorkDone.transforms.add(framing.frames)
  let transform = PreciseFourierTransform.of(length: parameters.nFFT)
  let window = parameters.windowValues
  let input = AlignedBuffer<Double>(count: parameters.nFFT, filledWith: 0)
  let output = AlignedBuffer<Double>(count: 2 * parameters.bins, filledWith: 0)
  var result = ComplexFrames(bins: parameters.bins, frames: framing.frames)
  let width = 2 * parameters.bins
  unsafe result.values.withUnsafeMutableBufferPointer { target in
    guard let target = target.baseAddress else { return }
    var frame = 0
    for stretch in framing.stretches {
      for index in 0..<stretch.frames {
        unsafe stretch.samples.withUnsafeBufferPointer { samples in
          unsafe window.withUnsafeBufferPointer { window in
            guard let x = samples.baseAddress, let w = window.baseAddress else { return }
            let start = unsafe x + (stretch.offset + index * parameters.hopLength)
            for i in 0..<parameters.nFFT { unsafe input.pointer[i] = w[i] * Double(start[i]) }
          }
        }
        transform.forward(input, into: output)
        let row = unsafe target + frame * width
        for i in 0..<width { unsafe row[i] = Float(output.pointer[i]) }
        frame += 1
      }
    }
  }
  return result
}

extension Analysis {
  private struct STFTKey: Hashable { var stft: STFTParameters }

  /// The complex spectrum, for features that need phases: frames × bins.
  public func stft(_ parameters: STFTParameters) throws -> ComplexFrames {
    try shared(STFTKey(stft: parameters)) { try TimbreDSP.stft(signal.samples, parameters) }
  }
}
