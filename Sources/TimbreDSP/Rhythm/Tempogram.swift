import RealModule
import TimbreCore

/// What a tempogram depends on besides the signal, named as in `librosa.feature.tempogram`.
public struct TempogramParameters: Sendable, Hashable {
  public var hopLength: Int
  /// Frames of the envelope that are correlated with themselves.
  public var winLength: Int
  public var center: Bool
  public var window: Window
  public var norm: VectorNorm

  public init(
    hopLength: Int = 512, winLength: Int = 384, center: Bool = true, window: Window = .hann,
    norm: VectorNorm = .infinity
  ) {
    self.hopLength = hopLength
    self.winLength = winLength
    self.center = center
    self.window = window
    self.norm = norm
  }

  /// Seconds at which the first frame is centred.
  public func start(sampleRate: Int) -> Double {
    center ? 0 : Double(winLength / 2) * Double(hopLength) / Double(sampleRate)
  }
}

private struct TempogramKey: Hashable { var tempogram: TempogramParameters }

extension Analysis {
  /// The onset envelope's local autocorrelation: frames × lags.
  /// - Throws: A diagnostic for an envelope shorter than an uncentred window, or a result too large for memory.
  public func tempogram(_ parameters: TempogramParameters) throws -> Spectrogram {
    try shared(TempogramKey(tempogram: parameters)) {
      let envelope = try onsetStrength(OnsetParameters(hopLength: parameters.hopLength), aggregate: .mean)
      return try localAutocorrelation(of: envelope, parameters)
    }
  }
}

/// The autocorrelation of a window around each value, in double precision until the result is stored: its smallest values decide
/// on tempos.
private func localAutocorrelation(of envelope: [Float], _ parameters: TempogramParameters) throws -> Spectrogram {
  let width = parameters.winLength
  if !parameters.center, envelope.count < width { throw tooShort(envelope.count, width) }
  let samples = parameters.center ? padded(envelope, left: width / 2, right: width / 2, .linearRamp) : envelope
  let frames = parameters.center ? envelope.count : envelope.count - width + 1
  guard frames <= (1 << 27) / width else {
    throw Diagnostic(
      .invalidParameters, "a tempogram of \(frames) frames × \(width) lags is too large",
      help: "raise hop_length, shorten the window, or cut the audio into shorter clips")
  }
  let size = fastLength(atLeast: 2 * width - 1)
  let transform = PreciseFourierTransform.of(length: size)
  let window = parameters.window.values(length: width, paddedTo: width)
  let input = AlignedBuffer<Double>(count: size, filledWith: 0)
  let output = AlignedBuffer<Double>(count: 2 * transform.bins, filledWith: 0)
  var result = Spectrogram(bins: width, frames: frames)
  let stride = result.stride
  unsafe result.values.withUnsafeMutableBufferPointer { target in
    guard let target = target.baseAddress else { return }
    for frame in 0..<frames {
      let isZero = unsafe samples.withUnsafeBufferPointer { samples in
        unsafe window.withUnsafeBufferPointer { window in
          unsafe writeProduct(samples, at: frame, window, into: input.pointer)
        }
      }
      if isZero { continue }
      for index in width..<size { unsafe input.pointer[index] = 0 }
      transform.forward(input, into: output)
      // A power spectrum is real and even: what transforms it back is the forward transform.
      unsafe writePowers(of: output.pointer, into: input.pointer, count: size)
      transform.forward(input, into: output)
      unsafe writeReal(
        output.pointer, into: target + frame * stride, count: width, scale: 1 / Double(size), parameters.norm)
    }
  }
  return result
}

/// - Returns: Whether all products are 0.
private func writeProduct(
  _ samples: UnsafeBufferPointer<Float>, at start: Int, _ window: UnsafeBufferPointer<Double>,
  into target: UnsafeMutablePointer<Double>
) -> Bool {
  guard let x = samples.baseAddress, let w = window.baseAddress else { return true }
  let from = unsafe x + start
  for index in 0..<window.count { unsafe target[index] = unsafe w[index] * Double(from[index]) }
  for index in 0..<window.count where unsafe target[index] != 0 { return false }
  return true
}

/// |X|² at both sides of the spectrum.
private func writePowers(
  of complex: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>, count: Int
) {
  for bin in 0...count / 2 {
    let (re, im) = unsafe (complex[2 * bin], complex[2 * bin + 1])
    unsafe target[bin] = re * re + im * im
  }
  for bin in count / 2 + 1..<max(count, count / 2 + 1) { unsafe target[bin] = target[count - bin] }
}

/// The real parts, divided by their norm.
private func writeReal(
  _ complex: UnsafePointer<Double>, into target: UnsafeMutablePointer<Float>, count: Int, scale: Double,
  _ norm: VectorNorm
) {
  let length: Double
  switch norm {
  case .none: length = 1
  case .infinity:
    var largest = 0.0
    for index in 0..<count { largest = unsafe max(largest, abs(complex[2 * index])) }
    length = largest * scale
  default: length = norm.rawLength(of: (0..<count).lazy.map { unsafe complex[2 * $0] * scale })
  }
  let factor = length < .leastNormalMagnitude ? scale : scale / length
  for index in 0..<count { unsafe target[index] = Float(complex[2 * index] * factor) }
}

private func tooShort(_ frames: Int, _ width: Int) -> Diagnostic {
  Diagnostic(
    .shortAudio, "\(frames) frames of onset strength are fewer than win_length = \(width)",
    help: "lower win_length or hop_length, or set center to true")
}

/// The smallest product of 2, 3, 5 and 7 that is not below `count`.
private func fastLength(atLeast count: Int) -> Int {
  var length = max(1, count)
  while true {
    var rest = length
    for prime in [2, 3, 5, 7] { while rest.isMultiple(of: prime) { rest /= prime } }
    if rest == 1 { return length }
    length += 1
  }
}

extension Analysis {
  /// |STFT| of the onset envelope: frames × tempos.
  /// - Throws: A diagnostic for an envelope shorter than an uncentred window, or a result too large for memory.
  public func fourierTempogram(hopLength: Int, winLength: Int, center: Bool, window: Window) throws -> Spectrogram {
    let envelope = try onsetStrength(OnsetParameters(hopLength: hopLength), aggregate: .mean)
    if !center, envelope.count < winLength { throw tooShort(envelope.count, winLength) }
    let stft = STFTParameters(nFFT: winLength, hopLength: 1, window: window, center: center)
    return try Spectrogram.magnitudes(of: envelope, stft)
  }
}

/// Beats per minute of each bin of a Fourier tempogram: `librosa.fourier_tempo_frequencies`.
public func fourierTempoFrequencies(winLength: Int, hopLength: Int, sampleRate: Int) -> [Double] {
  let rate = Double(sampleRate) * 60 / Double(hopLength)
  return (0..<winLength / 2 + 1).map { Double($0) * rate / Double(winLength) }
}
