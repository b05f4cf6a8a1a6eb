import RealModule
import TimbreCore

/// What the filters of a constant-Q transform depend on besides frequencies, named as in `librosa.filters.wavelet`.
public struct WaveletParameters: Sendable, Hashable {
  public var filterScale = 1.0
  public var norm = VectorNorm.power(1)
  public var sparsity = 0.01
  public var window = Window.hann

  public init() {}
}

/// Frequencies of filters and how wide each is relative to its frequency.
struct WaveletBands: Sendable {
  /// Hz, ascending.
  var frequencies: [Double]
  var bandwidths: [Double]

  /// - Parameter binsPerOctave: Decides the bandwidth of a single frequency; several have that of their spacing.
  init(_ frequencies: [Double], binsPerOctave: Int) {
    self.frequencies = frequencies
    let logs = frequencies.map { Double.log2($0) }
    let last = logs.count - 1
    bandwidths = logs.indices.map { index in
      guard last > 0 else {
        let ratio = Double.exp2(1 / Double(binsPerOctave))
        return (ratio * ratio - 1) / (ratio * ratio + 1)
      }
      let perOctave =
        switch index {
        case 0: 1 / (logs[1] - logs[0])
        case last: 1 / (logs[last] - logs[last - 1])
        default: 2 / (logs[index + 1] - logs[index - 1])
        }
      let ratio = Double.exp2(2 / perOctave)
      return (ratio - 1) / (ratio + 1)
    }
  }

  subscript(range: Range<Int>) -> WaveletBands {
    var part = self
    part.frequencies = Array(frequencies[range])
    part.bandwidths = Array(bandwidths[range])
    return part
  }

  /// Lengths in samples: `librosa.filters.wavelet_lengths`. A null gamma follows the ear's equivalent rectangular bandwidth.
  func lengths(_ parameters: WaveletParameters, gamma: Double?, sampleRate: Double) -> [Double] {
    zip(frequencies, bandwidths).map { frequency, alpha in
      let quality = parameters.filterScale / alpha
      return quality * sampleRate / (frequency + (gamma ?? alpha * 24.7 / 0.108) / alpha)
    }
  }

  /// The highest frequency that a filter lets through, in Hz.
  func cutoff(_ parameters: WaveletParameters, gamma: Double?) -> Double {
    let bandwidth = parameters.window.equivalentBandwidth
    return zip(frequencies, bandwidths).reduce(0) { highest, band in
      let quality = parameters.filterScale / band.1
      let shift = 0.5 * (gamma ?? band.1 * 24.7 / 0.108)
      return max(highest, band.0 * (1 + 0.5 * bandwidth / quality) + shift)
    }
  }
}

extension Window {
  /// The equivalent noise bandwidth in bins: `librosa.filters.window_bandwidth`, whose table holds what other lengths gave.
  var equivalentBandwidth: Double {
    switch shape {
    case .bartlett: return 1.3334961334912805
    case .barthann: return 1.4560255965133932
    case .blackmanharris: return 2.0045975283585014
    case .blackman: return 1.7269681554262326
    case .bohman: return 1.7859588613860062
    case .boxcar: return 1
    case .cosine: return 1.2337005350199792
    case .flattop: return 2.7762255046484143
    case .hamming: return 1.3629455320350348
    case .hann: return 1.50018310546875
    case .nuttall: return 1.9763500280946082
    case .parzen: return 1.9174603174603191
    case .triang: return 1.3331706523555851
    default:
      let values = values(length: 1000, paddedTo: 1000)
      let sum = values.reduce(0, +)
      return 1000 * values.reduce(0) { $0 + $1 * $1 } / (sum * sum + .leastNormalMagnitude)
    }
  }
}

/// One filter: its samples in single precision, in the middle of `size` of `nFFT` values, times length / nFFT.
func wavelet(
  frequency: Double, length: Double, sampleRate: Double, size: Int, nFFT: Int, _ parameters: WaveletParameters
) -> [SIMD2<Float>] {
  let (first, end) = ((-length / 2).rounded(.down), (length / 2).rounded(.down))
  let count = Int(end - first)
  let window = parameters.window.values(length: count)
  var samples: [SIMD2<Double>] = []
  samples.reserveCapacity(count)
  for index in 0..<count {
    let angle = (first + Double(index)) * 2 * .pi * frequency / sampleRate
    samples.append(SIMD2(.cos(angle), .sin(angle)) * window[index])
  }
  let norm = parameters.norm.length(of: samples.lazy.map { Double.hypot($0.x, $0.y) })
  let inverse = norm == 1 ? 1 : 1 / norm
  let scale = length / Double(nFFT)
  var padded = [SIMD2<Float>](repeating: SIMD2(0, 0), count: nFFT)
  let left = (size - count) / 2
  for index in 0..<count {
    // Rounded twice, as librosa does it.
    padded[left + index] = SIMD2<Float>(SIMD2<Double>(SIMD2<Float>(samples[index] * inverse)) * scale)
  }
  return padded
}

/// The magnitude at and above which coefficients of a spectrum are kept when those that add up to `quantile` of the sum are dropped:
/// `librosa.util.sparsify_rows`, in its precision.
func sparsityThreshold(_ magnitudes: [Float], quantile: Double) -> Float {
  let total = pairwiseSum(magnitudes.indices, over: magnitudes.indices) { magnitudes[$0] }
  let sorted = magnitudes.sorted()
  var sum: Float = 0
  for value in sorted {
    sum += value / total
    if !(sum < Float(quantile)) { return value }
  }
  return sorted.first ?? 0
}
