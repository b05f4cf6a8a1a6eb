import TimbreCore

/// The signal whose short-time Fourier transform comes closest to `spectrum`: `librosa.istft`.
///
/// Frames are transformed back, windowed, added where they overlap and divided by the sum of the squared windows.
/// - Parameter length: Samples to return; nil is what the frames cover.
/// - Throws: A diagnostic when the window is longer than the transform.
public func inverseSTFT(_ spectrum: ComplexFrames, _ parameters: STFTParameters, length: Int? = nil) throws -> [Float] {
  try parameters.validate()
  precondition(spectrum.bins == parameters.bins, "a spectrum of n_fft = \(parameters.nFFT)")
  let (size, hop) = (parameters.nFFT, parameters.hopLength)
  let half = parameters.center ? size / 2 : 0
  let wanted = length == 0 ? nil : length
  var frames = spectrum.frames
  if let wanted { frames = min(frames, (wanted + 2 * half + hop - 1) / hop) }
  guard frames > 0 else { return [] }
  let count = wanted ?? max(0, size + hop * (frames - 1) - 2 * half)
  // Frames that begin before the signal all count, even where `length` asks for fewer.
  let added = max(frames, min(spectrum.frames, (half + hop - 1) / hop))

  let window = parameters.windowValues
  var overlap = OverlapAdd(count: half + count, size: size, hop: hop, window: window)
  overlap.add(spectrum, frames: added)
  let sums = squareSums(of: window, hop: hop, frames: frames, count: half + count)
  var result = Array(overlap.samples[half...])
  for index in result.indices where sums[half + index] > .leastNormalMagnitude { result[index] /= sums[half + index] }
  return result
}

/// The sum of the squared windows of all frames at each of `count` samples.
private func squareSums(of window: [Double], hop: Int, frames: Int, count: Int) -> [Float] {
  let squares = window.map { $0 * $0 }
  var sums = [Float](repeating: 0, count: count)
  for frame in 0..<frames {
    let start = frame * hop
    guard start < count else { break }
    unsafe sums.withUnsafeMutableBufferPointer { sums in
      unsafe squares.withUnsafeBufferPointer { squares in
        for index in 0..<min(squares.count, count - start) {
          unsafe sums[start + index] = unsafe Float(Double(sums[start + index]) + squares[index])
        }
      }
    }
  }
  return sums
}

/// Transforms frames back and adds them to a signal.
private struct OverlapAdd {
  var samples: [Float]
  let size: Int
  let hop: Int
  /// The window over the transform's length, which FFTW leaves in.
  let window: [Float]

  init(count: Int, size: Int, hop: Int, window: [Double]) {
    samples = [Float](repeating: 0, count: count)
    self.size = size
    self.hop = hop
    self.window = window.map { Float($0 / Double(size)) }
  }

  mutating func add(_ spectrum: ComplexFrames, frames: Int) {
    let transform = FourierTransform.of(length: size)
    let input = AlignedBuffer<Float>(count: 2 * spectrum.bins, filledWith: 0)
    let output = AlignedBuffer<Float>(count: size, filledWith: 0)
    let width = 2 * spectrum.bins
    for frame in 0..<frames {
      let start = frame * hop
      let count = min(size, samples.count - start)
      guard count > 0 else { break }
      unsafe spectrum.values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        unsafe input.pointer.update(from: base + frame * width, count: width)
      }
      transform.inverse(input, into: output)
      unsafe samples.withUnsafeMutableBufferPointer { samples in
        unsafe window.withUnsafeBufferPointer { window in
          guard let y = samples.baseAddress, let w = window.baseAddress else { return }
          let target = unsafe y + start
          for index in 0..<count { unsafe target[index] += w[index] * output.pointer[index] }
        }
      }
    }
  }
}
