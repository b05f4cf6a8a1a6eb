import RealModule
import TimbreCore

/// A signal whose magnitudes come close to the given ones: `librosa.griffinlim`, the search for phases of Griffin and Lim (1984)
/// with the momentum of Perraudin, Balazs and Søndergaard (2013).
///
/// Each round makes a signal of the present phases and takes the phases of its spectrum, moved on by what changed since the round
/// before. It computes in single precision throughout; rounding grows from round to round (by about 1.3 each), so that after
/// many rounds another library's result agrees in quality, not in every sample.
/// - Parameter magnitudes: Not negative, with the bins of `parameters`.
/// - Returns: `options.length` samples, or as many as the frames cover.
/// - Throws: A diagnostic when so many samples do not have as many frames.
public func griffinLim(
  _ magnitudes: Spectrogram, _ parameters: STFTParameters, options: ResynthesisOptions = ResynthesisOptions(),
  random: inout RandomSource
) throws -> [Float] {
  try parameters.validate()
  precondition(magnitudes.bins == parameters.bins, "a spectrum of n_fft = \(parameters.nFFT)")
  var search = try PhaseSearch(magnitudes, parameters, length: options.length)
  search.begin(options.initialPhase, &random)
  let weight = Float(options.momentum / (1 + options.momentum))
  for round in 0..<options.iterations { try search.advance(momentum: round == 0 ? 0 : weight) }
  return search.samples(scaledBy: search.scale)
}

/// The state between two rounds: the signal so far, and the spectrum of the round before.
private struct PhaseSearch {
  /// What the magnitudes were divided by: a power of 2, so that nothing is rounded and no square leaves the range.
  let scale: Float
  private let magnitudes: Spectrogram
  private let parameters: STFTParameters
  private let count: Int
  private let half: Int
  private let transform: FourierTransform
  private let window: [Float]
  /// The window over the transform's length, which FFTW leaves in.
  private let synthesis: [Float]
  /// 1 ÷ the sum of the squared windows at each sample; 1 where no window reaches.
  private let shares: [Float]
  /// Frames added up, from the first sample of the first frame.
  private var overlap: [Float]
  private var previous: [Float]
  private let width: Int
  private let spectrum: AlignedBuffer<Float>
  private let time: AlignedBuffer<Float>

  init(_ magnitudes: Spectrogram, _ parameters: STFTParameters, length: Int?) throws {
    let (size, hop, frames) = (parameters.nFFT, parameters.hopLength, magnitudes.frames)
    self.parameters = parameters
    half = parameters.center ? size / 2 : 0
    let covered = size + hop * max(0, frames - 1)
    count = length ?? max(0, covered - 2 * half)
    guard count > 0, frames == Self.frames(of: count, parameters) else {
      throw Diagnostic(
        .invalidParameters, "\(frames) frames do not make \(count) samples",
        help: "give the length of the signal that they come from")
    }
    try checkSize(frames: frames, bins: 2 * parameters.bins)
    let peak = magnitudes.values.max() ?? 0
    scale = peak > 0 ? Float(sign: .plus, exponent: peak.exponent, significand: 1) : 1
    self.magnitudes = magnitudes.divided(by: scale)
    transform = FourierTransform.of(length: size)
    let values = parameters.windowValues
    window = values.map(Float.init)
    synthesis = values.map { Float($0 / Double(size)) }
    shares = Self.shares(of: values, hop: hop, frames: frames, count: half + count)
    overlap = [Float](repeating: 0, count: max(covered, half + count))
    width = (parameters.bins + 3) / 4 * 8
    previous = [Float](repeating: 0, count: frames * width)
    spectrum = AlignedBuffer(count: width, filledWith: 0)
    time = AlignedBuffer(count: size, filledWith: 0)
  }

  private static func frames(of count: Int, _ parameters: STFTParameters) -> Int {
    let padded = count + (parameters.center ? parameters.nFFT / 2 * 2 : 0)
    return padded < parameters.nFFT ? 0 : 1 + (padded - parameters.nFFT) / parameters.hopLength
  }

  private static func shares(of window: [Double], hop: Int, frames: Int, count: Int) -> [Float] {
    var sums = [Float](repeating: 0, count: count)
    let squares = window.map { $0 * $0 }
    for frame in 0..<frames {
      let start = frame * hop
      guard start < count else { break }
      for index in 0..<min(squares.count, count - start) {
        sums[start + index] = Float(Double(sums[start + index]) + squares[index])
      }
    }
    return sums.map { $0 > .leastNormalMagnitude ? 1 / $0 : 1 }
  }

  /// Adds up the frames with the phases that the search starts with.
  mutating func begin(_ phase: ResynthesisOptions.InitialPhase, _ random: inout RandomSource) {
    for frame in 0..<magnitudes.frames {
      let start = frame * magnitudes.stride
      for bin in 0..<magnitudes.bins {
        let level = magnitudes.values[start + bin]
        let angle = phase == .random ? Float(2 * .pi * random.uniform()) : 0
        unsafe spectrum.pointer[2 * bin] = level * Float.cos(angle)
        unsafe spectrum.pointer[2 * bin + 1] = level * Float.sin(angle)
      }
      addInverse(at: frame)
    }
  }

  /// The signal that the frames add up to.
  func samples(scaledBy factor: Float = 1) -> [Float] {
    unsafe [Float](unsafeUninitializedCapacity: count) { target, filled in
      unsafe overlap.withUnsafeBufferPointer { overlap in
        unsafe shares.withUnsafeBufferPointer { shares in
          for index in 0..<count {
            unsafe target[index] = overlap[half + index] * shares[half + index] * factor
          }
        }
      }
      filled = count
    }
  }

  /// One round.
  mutating func advance(momentum: Float) throws {
    let framing = try Framing(samples(), parameters)
    unsafe overlap.withUnsafeMutableBufferPointer { unsafe $0.update(repeating: 0) }
    var frame = 0
    for stretch in framing.stretches {
      for index in 0..<stretch.frames {
        let start = stretch.offset + index * parameters.hopLength
        unsafe stretch.samples.withUnsafeBufferPointer { samples in
          unsafe window.withUnsafeBufferPointer { window in
            guard let x = samples.baseAddress, let w = window.baseAddress else { return }
            unsafe multiply(x + start, w, into: time.pointer, count: parameters.nFFT)
          }
        }
        transform.forward(time, into: spectrum)
        unsafe previous.withUnsafeMutableBufferPointer { previous in
          unsafe magnitudes.values.withUnsafeBufferPointer { magnitudes in
            guard let p = previous.baseAddress, let m = magnitudes.baseAddress else { return }
            unsafe turn(
              spectrum.pointer, previous: p + frame * width, magnitudes: m + frame * self.magnitudes.stride,
              groups: width / 8, momentum: momentum)
          }
        }
        addInverse(at: frame)
        frame += 1
      }
    }
  }

  private mutating func addInverse(at frame: Int) {
    transform.inverse(spectrum, into: time)
    unsafe overlap.withUnsafeMutableBufferPointer { overlap in
      unsafe synthesis.withUnsafeBufferPointer { window in
        guard let y = overlap.baseAddress, let w = window.baseAddress else { return }
        unsafe addProduct(
          time.pointer, w, to: y + frame * parameters.hopLength, count: parameters.nFFT)
      }
    }
  }
}

private func multiply(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>, count: Int
) {
  for index in 0..<count { unsafe result[index] = a[index] * b[index] }
}

private func addProduct(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, to sum: UnsafeMutablePointer<Float>, count: Int
) {
  for index in 0..<count { unsafe sum[index] += a[index] * b[index] }
}

/// Gives the spectrum, moved on by `momentum` times the previous one, the wanted magnitudes, and keeps it as the previous one.
/// Works on groups of four bins.
private func turn(
  _ spectrum: UnsafeMutablePointer<Float>, previous: UnsafeMutablePointer<Float>,
  magnitudes: UnsafePointer<Float>, groups: Int, momentum: Float
) {
  let now = UnsafeMutableRawPointer(spectrum)
  let before = UnsafeMutableRawPointer(previous)
  let wanted = unsafe UnsafeRawPointer(magnitudes)
  for group in 0..<groups {
    let rebuilt = unsafe now.loadUnaligned(fromByteOffset: 32 * group, as: SIMD8<Float>.self)
    let last = unsafe before.loadUnaligned(fromByteOffset: 32 * group, as: SIMD8<Float>.self)
    let level = unsafe wanted.loadUnaligned(fromByteOffset: 16 * group, as: SIMD4<Float>.self)
    unsafe before.storeBytes(of: rebuilt, toByteOffset: 32 * group, as: SIMD8<Float>.self)
    let moved = rebuilt - momentum * last
    let squares = moved * moved
    let sums = squares.evenHalf + squares.oddHalf
    // What is added keeps a number of magnitude 0 at 0, and is far below the rounding of the others, whose peak is about 1.
    let factors = level / (sums + 1e-36).squareRoot()
    unsafe now.storeBytes(of: moved * interleaved(factors), toByteOffset: 32 * group, as: SIMD8<Float>.self)
  }
}

@inline(__always)
private func interleaved(_ factors: SIMD4<Float>) -> SIMD8<Float> {
  SIMD8(factors.x, factors.x, factors.y, factors.y, factors.z, factors.z, factors.w, factors.w)
}

extension Spectrogram {
  fileprivate func divided(by scale: Float) -> Spectrogram {
    var result = self
    let factor = 1 / scale
    for index in result.values.indices { result.values[index] *= factor }
    return result
  }

  /// The frames of a feature.
  public init(_ feature: FeatureMatrix) {
    self.init(bins: feature.binCount, frames: feature.frameCount)
    for frame in 0..<frames {
      for bin in 0..<bins { values[frame * stride + bin] = feature.values[frame * bins + bin] }
    }
  }
}
