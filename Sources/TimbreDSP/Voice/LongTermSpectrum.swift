import RealModule
import TimbreCore

extension Analysis {
  /// Power spectral density of the whole signal in bands of `bandwidth` Hz, in dB/Hz above 2·10⁻⁵ (Praat's "To Ltas…"); −300 where
  /// there is none.
  public func longTermSpectrum(bandwidth: Double) throws -> [Float] {
    let rate = Double(signal.sampleRate)
    let count = signal.samples.count
    // Silence is appended up to a power of two, and further where the signal is too short to tell one band from the next.
    let wanted = max(Double(count), rate / bandwidth + 1)
    guard wanted < 0x1p30 else {
      throw Diagnostic(
        .invalidParameters, "bands of \(bandwidth) Hz need a spectrum that does not fit into memory",
        help: "raise bandwidth")
    }
    let size = powerOfTwo(atLeast: Int(wanted.rounded(.up)))
    let transform = PreciseFourierTransform.of(length: size)
    let buffer = AlignedBuffer<Double>(count: size, filledWith: 0)
    let spectrum = AlignedBuffer<Double>(count: 2 * transform.bins, filledWith: 0)
    for index in 0..<count { unsafe buffer.pointer[index] = Double(signal.samples[index]) }
    transform.forward(buffer, into: spectrum)
    let source = unsafe spectrum.pointer
    let width = rate / Double(size)
    // Energy density, times the width of a bin, less the silence appended.
    let scale = 2 / (rate * rate) * width * Double(size) / Double(count)
    return (0..<longTermBands(bandwidth: bandwidth, rate: rate)).map { band in
      let low = Double(band) * bandwidth
      let high = min(low + bandwidth, 0.5 * rate)
      let mean = weightedMean(from: low / width, to: high / width, bins: transform.bins) { bin in
        unsafe source[2 * bin] * source[2 * bin] + source[2 * bin + 1] * source[2 * bin + 1]
      }
      return mean > 0 ? max(-300, Float(10 * Double.log10(mean * scale / 4e-10))) : -300
    }
  }
}

/// How many bands of `bandwidth` Hz there are up to half of `rate`.
public func longTermBands(bandwidth: Double, rate: Double) -> Int {
  Int(max(1, min(1e9, (0.5 * rate / bandwidth).rounded(.up))))
}

/// The mean over places `from` … `to`, where bin n reaches from n − ½ to n + ½ and counts with the share of it that lies inside.
private func weightedMean(from: Double, to: Double, bins: Int, _ value: (Int) -> Double) -> Double {
  let first = max(0, Int((from + 0.5).rounded(.down)))
  let last = min(bins - 1, Int((to + 0.5).rounded(.down)))
  guard first <= last else { return 0 }
  var (sum, weights) = (0.0, 0.0)
  for bin in first...last {
    let weight = min(to, Double(bin) + 0.5) - max(from, Double(bin) - 0.5)
    sum += weight * value(bin)
    weights += weight
  }
  return weights > 0 ? sum / weights : 0
}
