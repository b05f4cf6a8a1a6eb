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
    let step = 1 / (Double(nFFT) * (1 / Double(sampleRate)))
    let highest = min(parameters.fmax, Double(sampleRate) / 2)
    guard bins > 1, let low = (1..<bins).first(where: { Double($0) * step >= parameters.fmin }) else { return }
    let high = (low..<bins).first { Double($0) * step >= highest } ?? bins
    let scale = (rate: Double(sampleRate), length: Double(nFFT))
    unsafe values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return }
      for frame in 0..<frames {
        let row = unsafe base + frame * stride
        let limit =
          switch parameters.reference {
          case .max: unsafe Double(Float(parameters.threshold) * (peaks.isEmpty ? largest(row, bins) : peaks[frame]))
          case .value(let value): value
          }
        // Eight bins at a time, and only those that stand out are looked at closely. A limit rounded down to single precision lets none
        // of the others through that counts. Rows end in zeros, so that what lies after the last bin is below it.
        let least = SIMD8<Float>(repeating: Float(limit).nextDown)
        var bin = low
        while bin < high {
          let x = unsafe SIMD8<Float>.load(row, bin)
          let before = unsafe SIMD8<Float>.load(row, bin - 1)
          let after = unsafe SIMD8<Float>.load(row, bin + 1)
          var found = bits((x .> least) .& (x .> before) .& (x .>= after))
          while found != 0 {
            let place = bin &+ found.trailingZeroBitCount
            found &= found &- 1
            if place < high, let peak = unsafe peak(at: place, row, above: limit, scale) { body(frame, peak) }
          }
          bin &+= 8
        }
      }
    }
  }

  @inline(__always)
  private func peak(
    at bin: Int, _ row: UnsafePointer<Float>, above limit: Double, _ scale: (rate: Double, length: Double)
  ) -> SpectralPeak? {
    let here = unsafe row[bin]
    // Values up to the limit count as 0 on either side, which changes no comparison with one above it.
    guard Double(here) > limit, unsafe here > row[bin - 1] else { return nil }
    if bin == bins - 1 {
      return SpectralPeak(bin: bin, frequency: Float(Double(bin) * scale.rate / scale.length), magnitude: here)
    }
    let (left, right) = unsafe (row[bin - 1], row[bin + 1])
    guard here >= right else { return nil }
    let a = Double(right + left) - 2 * Double(here)
    let b = Double(right - left) / 2
    let shift = abs(b) >= abs(a) ? 0 : Float(-b / a)
    let frequency = Float((Double(bin) + Double(shift)) * scale.rate / scale.length)
    let slope = (right - left) / 2
    return SpectralPeak(bin: bin, frequency: frequency, magnitude: here + 0.5 * slope * shift)
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
