import RealModule
import TimbreCore

/// How tempos are weighted before the best is taken, named as in `librosa.feature.tempo`.
public struct TempoPrior: Sendable, Hashable {
  /// Beats per minute
  public var startBPM: Double
  /// Octaves
  public var stdBPM: Double
  /// Beats per minute; nil is no limit.
  public var maxTempo: Double?

  public init(startBPM: Double = 120, stdBPM: Double = 1, maxTempo: Double? = 320) {
    self.startBPM = startBPM
    self.stdBPM = stdBPM
    self.maxTempo = maxTempo
  }
}

/// Beats per minute of each lag of a tempogram, infinite for lag 0: `librosa.tempo_frequencies`.
public func tempoFrequencies(lags: Int, hopLength: Int, sampleRate: Int) -> [Double] {
  (0..<lags).map { $0 == 0 ? .infinity : 60 * Double(sampleRate) / Double(hopLength * $0) }
}

/// Picks the lag with the largest log(1 + 10⁶ · autocorrelation) + log-prior.
public struct TempoPicker: Sendable {
  public let tempos: [Double]
  private let logPriors: [Double]
  private let priors: [Double]

  /// - Parameter tempos: Of each lag; there must be at least two.
  public init(tempos: [Double], _ prior: TempoPrior) {
    self.tempos = tempos
    let centre = Double.log2(prior.startBPM)
    let first = prior.maxTempo.flatMap { limit in tempos.firstIndex { $0 < limit } } ?? 0
    logPriors = tempos.enumerated().map { index, tempo in
      if index < max(1, first) { return -.infinity }
      let octaves = (Double.log2(tempo) - centre) / prior.stdBPM
      return -0.5 * octaves * octaves
    }
    priors = logPriors.map { .exp($0) }
  }

  /// The tempo of one frame, or of an aggregated tempogram.
  public func tempo(of correlations: some RandomAccessCollection<Double>) -> Double {
    // The product has the same order as the sum of logarithms, and takes none.
    var (best, largest) = (0, 0.0)
    var index = 0
    for value in correlations {
      let weight = 1 + 1e6 * value
      // librosa takes the logarithm of a negative number here, and NumPy's argmax prefers NaN.
      if weight < 0 { return tempos[max(1, index)] }
      let score = weight * priors[index]
      if score > largest { (best, largest) = (index, score) }
      index += 1
    }
    return tempos[largest > 1e-280 ? best : bestOfLogarithms(correlations)]
  }

  /// For priors so narrow that the product is 0 everywhere.
  private func bestOfLogarithms(_ correlations: some RandomAccessCollection<Double>) -> Int {
    var (best, largest) = (1, -Double.infinity)
    for (index, value) in correlations.enumerated() {
      let score = Double.log(onePlus: 1e6 * value) + logPriors[index]
      if score > largest { (best, largest) = (index, score) }
    }
    return best
  }
}

extension TempoPicker {
  /// The tempo of every frame of a tempogram.
  public func tempos(of tempogram: Spectrogram) -> [Double] {
    (0..<tempogram.frames).map { frame in
      let start = frame * tempogram.stride
      return tempo(of: tempogram.values[start..<start + tempogram.bins].lazy.map(Double.init))
    }
  }

  /// The tempo of the tempogram aggregated over its frames.
  public func tempo(of tempogram: Spectrogram, _ aggregate: Aggregation) -> Double {
    let (bins, frames) = (tempogram.bins, tempogram.frames)
    if aggregate != .mean {
      return tempo(
        of: (0..<bins).map { bin in Double(aggregate((0..<frames).map { tempogram[bin: bin, frame: $0] })) })
    }
    var sums = [Double](repeating: 0, count: bins)
    for frame in 0..<frames {
      unsafe tempogram.values.withUnsafeBufferPointer { values in
        for bin in 0..<bins { unsafe sums[bin] += Double(values[frame * tempogram.stride + bin]) }
      }
    }
    return tempo(of: sums.map { $0 / Double(frames) })
  }
}
