import RealModule

#if arch(x86_64)
  /// What sums are kept in: sums of the same products in another order are then mostly the same.
  private typealias Wide = Float80
#else
  private typealias Wide = Double
#endif

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
  /// Of both stretches at each lag.
  private var norms: [Double]

  init(_ method: PeriodicityParameters.Method, window length: Int, longestLag: Int, reach: Int) {
    self.longestLag = longestLag
    self.reach = reach
    norms = [Double](repeating: 0, count: longestLag + 1)
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
    var energy: Wide = 0
    for index in 0..<length { unsafe energy += Wide(target[index] * target[index]) }
    transform.forward(frame, into: second)
    var whole = Double(energy)
    for index in length..<span {
      unsafe target[index] = samples[start + index] - mean
      unsafe whole += target[index] * target[index]
    }
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
      later += Wide(entering * entering - leaving * leaving)
      let both = Double(energy) * Double(later)
      norms[lag] = both > 0 ? both.squareRoot() : 0
      let value = both > 0 ? unsafe target[lag] * scale / norms[lag] : 0
      result[reach + lag] = value
    }
    // The transform rounds a share of the whole, which is much beside a quiet stretch.
    let rounding = 1e-14 * (Double(energy) * whole).squareRoot()
    settleTies(samples, from: start, mean: mean, lastLag: lastLag, rounding: rounding, in: &result)
    for lag in 1...lastLag { result[reach - lag] = result[reach + lag] }
  }

  /// Computes anew, without the rounding of the Fourier transform, what is about as high as its neighbours or about 0: in silence of
  /// few bits correlations next to each other are equal, and a peak only by rounding would count as a period.
  private func settleTies(
    _ samples: [Double], from start: Int, mean: Double, lastLag: Int, rounding: Double, in result: inout [Double]
  ) {
    var settled = 0
    for lag in stride(from: 2, to: lastLag, by: 1) {
      let (before, here, after) = (result[reach + lag - 1], result[reach + lag], result[reach + lag + 1])
      let least = min(here - before, here - after, here)
      // Infinite beside silence.
      let margin = max(1e-12, rounding / min(norms[lag - 1], norms[lag], norms[lag + 1]))
      guard least.magnitude < margin else { continue }
      for other in max(lag - 1, settled + 1)...lag + 1 where norms[other] > 0 {
        result[reach + other] = product(samples, from: start, mean: mean, lag: other) / norms[other]
      }
      settled = lag + 1
    }
  }

  private func product(_ samples: [Double], from start: Int, mean: Double, lag: Int) -> Double {
    var sum: Wide = 0
    unsafe samples.withUnsafeBufferPointer { samples in
      for index in start..<start + reach {
        unsafe sum += Wide((samples[index] - mean) * (samples[index + lag] - mean))
      }
    }
    return Double(sum)
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
