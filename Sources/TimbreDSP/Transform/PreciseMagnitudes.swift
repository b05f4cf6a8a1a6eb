import TimbreCore

extension Analysis {
  private struct PreciseMagnitudesKey: Hashable { var stft: STFTParameters }

  /// |STFT| with the bits of `np.abs(librosa.stft(…))`: frames × bins.
  ///
  /// What is quiet beside a loud bin keeps its value, where a transform in single precision leaves the rounding of the loud one.
  public func preciseMagnitudes(_ parameters: STFTParameters) throws -> Spectrogram {
    try shared(PreciseMagnitudesKey(stft: parameters)) {
      try Spectrogram.preciseMagnitudes(of: signal.samples, parameters)
    }
  }

  /// A mel spectrogram from a transform in double precision, for what lifts quiet bands beside loud ones.
  func preciseMelSpectrogram(_ mel: MelParameters) throws -> Spectrogram {
    let bank = try MelBank.of(mel.bank, sampleRate: signal.sampleRate, nFFT: mel.stft.nFFT)
    let magnitudes = try preciseMagnitudes(mel.stft)
    if mel.power == 2 { return bank.apply(to: magnitudes, squaring: true) }
    return bank.apply(to: magnitudes.raised(to: mel.power), squaring: false)
  }
}

extension Framing {
  /// Calls `body` with the number of each frame and where its samples begin.
  @inline(__always)
  func forEachFrame(hopLength: Int, _ body: (Int, UnsafePointer<Float>) -> Void) {
    var frame = 0
    for stretch in stretches {
      unsafe stretch.samples.withUnsafeBufferPointer { samples in
        guard let base = samples.baseAddress else { return }
        for index in 0..<stretch.frames {
          unsafe body(frame, base + (stretch.offset + index * hopLength))
          frame += 1
        }
      }
    }
  }
}

extension Spectrogram {
  /// |STFT| of a signal: transformed in double precision, kept as complex numbers in single precision, as librosa has it.
  static func preciseMagnitudes(of signal: [Float], _ parameters: STFTParameters) throws -> Spectrogram {
    try parameters.validate()
    let framing = try Framing(signal, parameters)
    try checkSize(frames: framing.frames, bins: parameters.bins)
    WorkDone.transforms.add(framing.frames)
    let transform = PlanarTransform(length: parameters.nFFT, window: parameters.windowValues)
    let spectrum = PlanarSpectrum(bins: parameters.bins)
    var result = Spectrogram(bins: parameters.bins, frames: framing.frames)
    var peaks = [Float](repeating: 0, count: framing.frames)
    let stride = result.stride
    unsafe result.values.withUnsafeMutableBufferPointer { target in
      guard let target = target.baseAddress else { return }
      unsafe framing.forEachFrame(hopLength: parameters.hopLength) { frame, samples in
        // Without a sound the row stays 0.
        guard unsafe transform.forward(samples, into: spectrum) else { return }
        peaks[frame] = unsafe writeLibrosaMagnitudes(of: spectrum, into: target + frame * stride)
      }
    }
    result.peaks = peaks
    return result
  }
}

/// window · samples in double precision.
func applyWindow(
  _ window: UnsafePointer<Double>, to samples: UnsafePointer<Float>, into result: UnsafeMutablePointer<Double>,
  count: Int
) {
  for index in 0..<count { unsafe result[index] = window[index] * Double(samples[index]) }
}

/// The magnitude of a complex number in single precision, by the formula of `np.abs`: large · √(1 + (small/large)²).
///
/// The square and the 1 are added before rounding, as by a fused multiply-add.
@inline(__always)
func librosaMagnitude(_ re: Float, _ im: Float) -> Float {
  let (a, b) = (re.magnitude, im.magnitude)
  let large = a > b ? a : b
  let small = a > b ? b : a
  let ratio = Double(small / (large == 0 ? 1 : large))
  return large * Float(ratio * ratio + 1).squareRoot()
}

/// Writes magnitudes by the same formula, with the zeros up to whole vectors, and returns the largest.
private func writeLibrosaMagnitudes(of spectrum: PlanarSpectrum, into target: UnsafeMutablePointer<Float>) -> Float {
  let (re, im, width) = unsafe (spectrum.real.pointer, spectrum.imaginary.pointer, spectrum.width)
  for index in 0..<width { unsafe target[index] = librosaMagnitude(re[index], im[index]) }
  var lanes = SIMD8<Float>(repeating: 0)
  for index in stride(from: 0, to: width, by: 8) {
    let x = unsafe SIMD8<Float>.load(target, index)
    lanes.replace(with: x, where: x .> lanes)
  }
  return lanes.max()
}
