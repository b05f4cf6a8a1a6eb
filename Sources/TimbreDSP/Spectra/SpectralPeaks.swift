import TimbreCore

/// Which peaks of a spectrum count as pitches, named as in `librosa.piptrack`.
public struct PeakParameters: Sendable, Hashable {
  /// Hz
  public var fmin = 150.0
  /// Hz; half the sample rate at most.
  public var fmax = 4000.0
  /// Peaks lie above this share of a frame's maximum.
  public var threshold = 0.1
  /// A number stands for the threshold itself, in place of a share of the maximum.
  public var reference = LevelReference.max

  public init() {}
}

/// A peak of the spectrum of one frame.
public struct SpectralPeak: Sendable, Hashable {
  public var bin: Int
  /// Hz, of the parabola through the bin and its neighbours.
  public var frequency: Float
  /// At that frequency, by the slope at the bin.
  public var magnitude: Float
}

extension Spectrogram {
  /// Calls `body` with the number of a frame and each of its peaks, lowest first: `librosa.piptrack`, in its precisions.
  /// - Parameter nFFT: The length of the transform that it comes from.
  public func forEachPeak(
    _ parameters: PeakParameters, sampleRate: Int, nFFT: Int, _ body: (Int, SpectralPeak) -> Void
  ) {
    forEachFrame(parameters, sampleRate: sampleRate, nFFT: nFFT) { frame, found in
      for index in 0..<found.count { body(frame, found[index]) }
    }
  }

  /// Frequencies and magnitudes of the peaks that have a frequency above 0.
  func allPeaks(
    _ parameters: PeakParameters, sampleRate: Int, nFFT: Int
  ) -> (frequencies: [Float], magnitudes: [Float]) {
    var peaks = ([Float](), [Float]())
    // Of speech, a frame has some ten.
    peaks.0.reserveCapacity(16 * frames)
    peaks.1.reserveCapacity(16 * frames)
    forEachFrame(parameters, sampleRate: sampleRate, nFFT: nFFT) { _, found in
      // Only the lowest bin but one is so near to 0 Hz that a parabola may reach it.
      let first = found.count > 0 && !(found[0].frequency > 0) ? 1 : 0
      unsafe peaks.0.append(contentsOf: found.frequencies[first...])
      unsafe peaks.1.append(contentsOf: found.magnitudes[first...])
    }
    return peaks
  }

  private func forEachFrame(
    _ parameters: PeakParameters, sampleRate: Int, nFFT: Int, _ body: (Int, PeakCandidates) -> Void
  ) {
    let step = 1 / (Double(nFFT) * (1 / Double(sampleRate)))
    let highest = min(parameters.fmax, Double(sampleRate) / 2)
    guard bins > 1, let low = (1..<bins).first(where: { Double($0) * step >= parameters.fmin }) else { return }
    let high = (low..<bins).first { Double($0) * step >= highest } ?? bins
    let found = PeakCandidates(bins: bins)
    unsafe values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return }
      for frame in 0..<frames {
        let row = unsafe base + frame * stride
        let limit =
          switch parameters.reference {
          case .max: unsafe Double(Float(parameters.threshold) * (peaks.isEmpty ? largest(row, bins) : peaks[frame]))
          case .value(let value): value
          }
        unsafe found.collect(row, low..<high, above: limit)
        found.measure(rate: Double(sampleRate), length: Double(nFFT))
        body(frame, found)
      }
    }
  }

  private func largest(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
    var lanes = SIMD8<Float>(repeating: 0)
    let raw = unsafe UnsafeRawPointer(x)
    // Rows end in zeros, so that whole vectors may be read.
    for index in Swift.stride(from: 0, to: count, by: 8) {
      let next = unsafe raw.loadUnaligned(fromByteOffset: 4 * index, as: SIMD8<Float>.self)
      lanes.replace(with: next, where: next .> lanes)
    }
    return lanes.max()
  }
}

/// The peaks of one frame. Spectra of noise have a hundred, so that they are collected first and measured four at a time.
@safe private final class PeakCandidates {
  private(set) var count = 0
  private let bins: Int
  private let places: AlignedBuffer<UInt32>
  private let bin: AlignedBuffer<Float>
  private let left: AlignedBuffer<Float>
  private let here: AlignedBuffer<Float>
  private let right: AlignedBuffer<Float>
  private let frequency: AlignedBuffer<Float>
  private let magnitude: AlignedBuffer<Float>

  init(bins: Int) {
    self.bins = bins
    // Every second bin at most, and the rest of two vectors.
    places = AlignedBuffer(count: bins / 2 + 16, filledWith: 0)
    func buffer() -> AlignedBuffer<Float> { AlignedBuffer(count: bins / 2 + 16, filledWith: 0) }
    (bin, left, here, right, frequency, magnitude) = (buffer(), buffer(), buffer(), buffer(), buffer(), buffer())
  }

  var frequencies: UnsafeBufferPointer<Float> { unsafe UnsafeBufferPointer(start: frequency.pointer, count: count) }
  var magnitudes: UnsafeBufferPointer<Float> { unsafe UnsafeBufferPointer(start: magnitude.pointer, count: count) }

  subscript(index: Int) -> SpectralPeak {
    unsafe SpectralPeak(
      bin: Int(bin.pointer[index]), frequency: frequency.pointer[index], magnitude: magnitude.pointer[index])
  }

  /// Bins of `range` above the one before, not below the one after, and above `limit`; the last bin of all has none after it.
  ///
  /// Values up to the limit count as 0 on either side, which changes no comparison with one above it. A limit rounded down to single
  /// precision lets none of the others through that counts. Rows end in zeros, so that vectors may reach beyond the last bin.
  func collect(_ row: UnsafePointer<Float>, _ range: Range<Int>, above limit: Double) {
    let least = SIMD8<Float>(repeating: Float(limit).nextDown)
    let listed = unsafe places.pointer
    var (candidates, first) = (0, range.lowerBound)
    unsafe LaneLists.shared.withUnsafeBufferPointer { lists in
      while first < range.upperBound {
        let x = unsafe SIMD8<Float>.load(row, first)
        let (before, after) = unsafe (SIMD8<Float>.load(row, first - 1), SIMD8<Float>.load(row, first + 1))
        let found = laneBits((x .> least) .& (x .> before) .& (x .>= after))
        // How many there are cannot be foreseen: all eight are written, and the next ones go over those that are none.
        let lanes = unsafe SIMD8<UInt32>(truncatingIfNeeded: lists[Int(found)])
        unsafe (lanes &+ UInt32(truncatingIfNeeded: first)).store(listed, candidates)
        candidates &+= found.nonzeroBitCount
        first &+= 8
      }
    }
    var count = 0
    for index in 0..<candidates {
      let place = unsafe Int(listed[index])
      unsafe bin.pointer[count] = Float(place)
      unsafe here.pointer[count] = row[place]
      unsafe left.pointer[count] = row[place - 1]
      // The last bin is its own peak: between equal neighbours.
      unsafe right.pointer[count] = row[place + 1]
      if place == bins - 1 { unsafe (left.pointer[count], right.pointer[count]) = (0, 0) }
      count &+= unsafe place < range.upperBound && Double(row[place]) > limit ? 1 : 0
    }
    self.count = count
  }

  /// Places each peak on the parabola through its bin and the neighbours.
  func measure(rate: Double, length: Double) {
    for index in stride(from: 0, to: count, by: 4) {
      let (l, x, r) = unsafe (load4(left.pointer + index), load4(here.pointer + index), load4(right.pointer + index))
      let a = doubles(r + l) - 2 * doubles(x)
      let b = doubles(r - l) / 2
      // a ≤ 0: nothing beside a peak is above it.
      let isFlat = b.replacing(with: -b, where: b .< 0) .>= -a
      let shift = floats((-b / a).replacing(with: 0, where: isFlat))
      let place = unsafe doubles(load4(bin.pointer + index)) + doubles(shift)
      unsafe store4(floats(place * rate / length), frequency.pointer + index)
      unsafe store4(x + 0.5 * ((r - l) / 2) * shift, magnitude.pointer + index)
    }
  }
}

/// For every set of eight lanes, the numbers of those in it, the lowest first.
private enum LaneLists {
  static let shared: [SIMD8<UInt8>] = (0..<256).map { set in
    var (list, count) = (SIMD8<UInt8>(), 0)
    for lane in 0..<8 where set >> lane & 1 == 1 {
      list[count] = UInt8(lane)
      count += 1
    }
    return list
  }
}
