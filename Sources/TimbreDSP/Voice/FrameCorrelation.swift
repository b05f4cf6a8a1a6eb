import RealModule

/// The correlation of a frame with itself, at lags 0 … reach and by symmetry −reach … 0, 1 at lag 0.
@safe final class FrameCorrelation {
  /// What frames are multiplied by before their autocorrelation.
  let window: [Double]
  private let longestLag: Int
  private let reach: Int
  /// One over the autocorrelation of the window itself.
  private let compensation: [Double]
  private let transform: PreciseFourierTransform
  private let frame: AlignedBuffer<Double>
  private let spectrum: AlignedBuffer<Double>
  private let second: AlignedBuffer<Double>

  init(_ method: PeriodicityParameters.Method, window length: Int, longestLag: Int, reach: Int) {
    self.longestLag = longestLag
    self.reach = reach
    let size: Int
    switch method {
    case .autocorrelation:
      let turn = 2 * Double.pi / Double(length + 1)
      window = (1...length).map { 0.5 - 0.5 * Double.cos(Double($0) * turn) }
      size = powerOfTwo(atLeast: Int((Double(length) * 1.5).rounded(.up)))
    case .accurateAutocorrelation:
      window = gaussianWindow(length)
      size = powerOfTwo(atLeast: Int((Double(length) * 1.25).rounded(.up)))
    case .crossCorrelation, .accurateCrossCorrelation:
      window = []
      size = powerOfTwo(atLeast: 2 * length + longestLag)
    }
    transform = .of(length: size)
    frame = AlignedBuffer(count: size, filledWith: 0)
    spectrum = AlignedBuffer(count: 2 * transform.bins, filledWith: 0)
    second = AlignedBuffer(count: 2 * transform.bins, filledWith: 0)
    if window.isEmpty {
      compensation = []
    } else {
      for index in window.indices { unsafe frame.pointer[index] = window[index] }
      transform.autocorrelate(frame, spectrum)
      let lags = unsafe frame.pointer
      compensation = (0...reach).map { unsafe lags[0] / lags[$0] }
    }
  }

  /// Of `samples` less their mean, under the window: both autocorrelations are divided, as Boersma (1993) shows.
  func auto(_ samples: [Double], from start: Int, mean: Double, into result: inout [Double]) {
    let target = unsafe frame.pointer
    for index in window.indices { unsafe target[index] = (samples[start + index] - mean) * window[index] }
    for index in window.count..<frame.count { unsafe target[index] = 0 }
    transform.autocorrelate(frame, spectrum)
    let scale = unsafe 1 / target[0]
    result[reach] = 1
    for lag in stride(from: 1, through: reach, by: 1) {
      let value = unsafe target[lag] * scale * compensation[lag]
      result[reach + lag] = value
      result[reach - lag] = value
    }
  }

  /// Of a stretch of `reach` samples with the one that begins `lag` samples later, each divided by the energies of both.
  func cross(_ samples: [Double], from start: Int, mean: Double, into result: inout [Double]) {
    let length = reach
    let span = max(0, min(longestLag + length, samples.count - start))
    let lastLag = span - length
    for index in result.indices { result[index] = 0 }
    result[reach] = 1
    guard lastLag > 0 else { return }
    let target = unsafe frame.pointer
    for index in 0..<length { unsafe target[index] = samples[start + index] - mean }
    for index in length..<frame.count { unsafe target[index] = 0 }
    var energy = 0.0
    for index in 0..<length { unsafe energy += target[index] * target[index] }
    transform.forward(frame, into: second)
    for index in length..<span { unsafe target[index] = samples[start + index] - mean }
    transform.forward(frame, into: spectrum)
    let (a, b) = unsafe (second.pointer, spectrum.pointer)
    for bin in 0..<transform.bins {
      let (ar, ai) = unsafe (a[2 * bin], a[2 * bin + 1])
      let (br, bi) = unsafe (b[2 * bin], b[2 * bin + 1])
      unsafe b[2 * bin] = ar * br + ai * bi
      unsafe b[2 * bin + 1] = ar * bi - ai * br
    }
    transform.inverse(spectrum, into: frame)
    let scale = 1 / Double(frame.count)
    // The later stretch loses a sample at its start and wins one at its end with every lag.
    var later = energy
    for lag in 1...lastLag {
      let (leaving, entering) = (samples[start + lag - 1] - mean, samples[start + lag - 1 + length] - mean)
      later += entering * entering - leaving * leaving
      let both = energy * later
      let value = both > 0 ? unsafe target[lag] * scale / both.squareRoot() : 0
      result[reach + lag] = value
      result[reach - lag] = value
    }
  }
}

extension PreciseFourierTransform {
  /// Replaces samples, half of them 0, by their autocorrelation, `length` times too large.
  func autocorrelate(_ samples: AlignedBuffer<Double>, _ spectrum: AlignedBuffer<Double>) {
    forward(samples, into: spectrum)
    let (source, target) = unsafe (spectrum.pointer, samples.pointer)
    for bin in 0..<bins {
      let power = unsafe source[2 * bin] * source[2 * bin] + source[2 * bin + 1] * source[2 * bin + 1]
      unsafe target[bin] = power
      if bin > 0 { unsafe target[length - bin] = power }
    }
    // Powers are real and even, so that forward and inverse are the same.
    forward(samples, into: spectrum)
    for bin in 0..<bins { unsafe target[bin] = source[2 * bin] }
  }
}

/// Praat's Gaussian: exp(−12) at its ends, lowered and scaled so that it begins and ends at 0.
func gaussianWindow(_ length: Int) -> [Double] {
  let middle = 0.5 * Double(length + 1)
  let edge = Double.exp(-12)
  return (0..<length).map { index in
    let offset = (Double(index + 1) - middle) / Double(length + 1)
    return (.exp(-48 * offset * offset) - edge) / (1 - edge)
  }
}
