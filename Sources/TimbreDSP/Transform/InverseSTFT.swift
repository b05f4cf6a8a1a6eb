import TimbreCore

/// The signal whose short-time Fourier transform comes closest to `spectrum`: `librosa.istft`.
///
/// Frames are transformed back, windowed, added where they overlap and divided by the sum of the squared windows.
/// - Parameter length: Samples to return; nil is what the frames cover.
/// - Throws: A diagnostic when the window is longer than the transform.
public func inverseSTFT(_ spectrum: ComplexFrames, _ parameters: STFTParameters, length: Int? = nil) throws -> [Float] {
  try parameters.validate()
  precondition(spectrum.bins == parameters.bins, "a spectrum of n_fft = \(parameters.nFFT)")
  let output = OverlapAdd(parameters, frames: spectrum.frames, length: length)
  let transform = PlanarTransform(length: parameters.nFFT, window: parameters.windowValues)
  let planar = PlanarSpectrum(bins: spectrum.bins)
  WorkDone.transforms.add(output.frames)
  unsafe spectrum.values.withUnsafeBufferPointer { values in
    guard let base = values.baseAddress else { return }
    for frame in 0..<output.frames {
      unsafe planar.separate(base + 2 * frame * spectrum.bins)
      unsafe transform.addInverse(of: planar, to: output.samples.pointer + frame * parameters.hopLength)
    }
  }
  return output.normalised()
}

extension PlanarSpectrum {
  /// Reads `bins` interleaved numbers.
  func separate(_ complex: UnsafePointer<Float>) {
    let (re, im) = unsafe (real.pointer, imaginary.pointer)
    for bin in 0..<bins {
      unsafe re[bin] = complex[2 * bin]
      unsafe im[bin] = complex[2 * bin + 1]
    }
  }
}

/// The signal that inverse frames are added to, as long as `librosa.istft` makes it.
struct OverlapAdd {
  /// From the start of the first frame, with room for the whole of the last.
  let samples: AlignedBuffer<Float>
  /// Frames to add, from the first on.
  let frames: Int
  private let parameters: STFTParameters
  private let offset: Int
  private let count: Int
  /// Frames that the sum of windows is over.
  private let counted: Int

  /// - Parameter length: Samples to return; nil and 0 are what the frames cover.
  init(_ parameters: STFTParameters, frames: Int, length: Int?) {
    let (size, hop) = (parameters.nFFT, parameters.hopLength)
    self.parameters = parameters
    offset = parameters.center ? size / 2 : 0
    let wanted = length == 0 ? nil : length
    var counted = frames
    if let wanted { counted = min(counted, (wanted + 2 * offset + hop - 1) / hop) }
    self.counted = counted
    count = counted == 0 ? 0 : wanted ?? max(0, size + hop * (counted - 1) - 2 * offset)
    // Frames that begin before the signal all count, even where `length` asks for fewer; those that begin after it do not.
    let added = counted == 0 ? 0 : max(counted, min(frames, (offset + hop - 1) / hop))
    self.frames = min(added, (offset + count + hop - 1) / hop)
    let last = max(0, self.frames - 1) * hop
    samples = AlignedBuffer(count: max(last + size, offset + count), filledWith: 0)
  }

  func normalised() -> [Float] {
    if counted == 0 { return [] }
    return OverlapSums.of(parameters).normalised(samples, from: offset, count: count, frames: counted)
  }
}
