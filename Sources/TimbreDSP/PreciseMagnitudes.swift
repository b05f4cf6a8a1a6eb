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
    let transform = PreciseFourierTransform.of(length: parameters.nFFT)
    let window = parameters.windowValues
    let input = AlignedBuffer<Double>(count: parameters.nFFT, filledWith: 0)
    let output = AlignedBuffer<Double>(count: 2 * parameters.bins, filledWith: 0)
    var result = Spectrogram(bins: parameters.bins, frames: framing.frames)
    var peaks = [Float](repeating: 0, count: framing.frames)
    let (bins, stride, size) = (result.bins, result.stride, parameters.nFFT)
    unsafe result.values.withUnsafeMutableBufferPointer { target in
      unsafe window.withUnsafeBufferPointer { window in
        guard let target = target.baseAddress, let window = window.baseAddress else { return }
        unsafe framing.forEachFrame(hopLength: parameters.hopLength) { frame, samples in
          unsafe applyWindow(window, to: samples, into: input.pointer, count: size)
          transform.forward(input, into: output)
          let row = unsafe target + frame * stride
          unsafe writeLibrosaMagnitudes(of: output.pointer, into: row, count: bins)
          peaks[frame] = unsafe largest(row, count: stride)
        }
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

private func writeLibrosaMagnitudes(
  of complex: UnsafePointer<Double>, into target: UnsafeMutablePointer<Float>, count: Int
) {
  for index in 0..<count {
    unsafe target[index] = librosaMagnitude(Float(complex[2 * index]), Float(complex[2 * index + 1]))
  }
}

/// The largest of `count` values that are at least 0; `count` is a multiple of 8.
private func largest(_ values: UnsafePointer<Float>, count: Int) -> Float {
  let raw = unsafe UnsafeRawPointer(values)
  var lanes = SIMD8<Float>(repeating: 0)
  for index in stride(from: 0, to: count, by: 8) {
    let x = unsafe raw.loadUnaligned(fromByteOffset: 4 * index, as: SIMD8<Float>.self)
    lanes.replace(with: x, where: x .> lanes)
  }
  return lanes.max()
}
