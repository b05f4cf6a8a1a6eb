import RealModule
import TimbreCore

/// How bins of a constant-Q transform are gathered into pitch classes, named as in `librosa.filters.cq_to_chroma`.
public struct ChromaFoldParameters: Sendable, Hashable {
  public var nChroma = 12
  /// Weights that the neighbours of a bin contribute with; nil counts each bin once.
  public var window: [Double]?
  /// Energies below it count as 0; nil keeps all.
  public var threshold: Double? = 0
  public var norm = VectorNorm.infinity

  public init() {}
}

extension Spectrogram {
  /// Frames × n_chroma from frames × bins of a constant-Q transform, each frame divided by its norm.
  ///
  /// - Parameters:
  ///   - perOctave: Bins in an octave, a multiple of n_chroma.
  ///   - lowest: Hz of the first bin before tuning.
  public func foldedToChroma(_ fold: ChromaFoldParameters, perOctave: Int, lowest: Double) throws -> Spectrogram {
    let columns = pitchClasses(count: bins, nChroma: fold.nChroma, perOctave: perOctave, lowest: lowest)
    let bank = DenseBank(rows: fold.nChroma, columns: bins) { row, column in
      guard let window = fold.window else { return columns[column] == row ? 1 : 0 }
      // scipy.signal.convolve(…, mode="same") along the bins
      let end = column + (window.count - 1) / 2
      return Float(
        window.indices.reduce(0.0) { sum, index in
          let source = end - index
          return columns.indices.contains(source) && columns[source] == row ? sum + window[index] : sum
        })
    }
    var chroma = bank.apply(to: self)
    if let threshold = fold.threshold {
      let least = Float(threshold)
      for frame in 0..<chroma.frames {
        for index in frame * chroma.stride..<frame * chroma.stride + chroma.bins where chroma.values[index] < least {
          chroma.values[index] = 0
        }
      }
    }
    return try chroma.normalised(fold.norm)
  }

  /// Every value times itself.
  public var squared: Spectrogram { raised(to: 2) }
}

/// The pitch class of each bin; 0 is C.
private func pitchClasses(count: Int, nChroma: Int, perOctave: Int, lowest: Double) -> [Int] {
  let merged = perOctave / nChroma
  let semitones = 12 * (Double.log2(lowest) - Double.log2(440)) + 69
  let turn = ((semitones - 12 * (semitones / 12).rounded(.down)) * (Double(nChroma) / 12)).rounded(.toNearestOrEven)
  return (0..<count).map { bin in ((bin + merged / 2) % perOctave / merged + Int(turn)) % nChroma }
}

/// Chroma energy normalised statistics: shares of energy, quantised by their logarithm and smoothed over frames.
public struct CENSParameters: Sendable, Hashable {
  /// Frames; nil does not smooth.
  public var winLenSmooth: Int? = 41
  public var smoothingWindow = Window.hann
  public var norm = VectorNorm.power(2)

  public init() {}

  /// - Throws: A diagnostic for a window that has no symmetric form, or whose values add up to nothing.
  public func weights() throws -> [Double] {
    guard let length = winLenSmooth else { return [1] }
    if smoothingWindow.shape == .exponential, smoothingWindow.parameters.first.flatMap(\.self) != nil {
      throw Diagnostic(
        .invalidParameters, "smoothing_window cannot be an exponential with a centre of its own",
        help: "give null as its centre")
    }
    let most = smoothingWindow.values(length: length + 1)
    let window = most + most.prefix(1)
    let sum = window.reduce(0, +)
    guard abs(sum) > 1e-12 else {
      throw Diagnostic(
        .invalidParameters, "the values of smoothing_window add up to nothing", help: "choose another window")
    }
    return window.map { $0 / sum }
  }
}

extension Spectrogram {
  /// `librosa.feature.chroma_cens` from energies of pitch classes that are not normalised.
  public func chromaStatistics(_ parameters: CENSParameters) throws -> Spectrogram {
    let shares = try normalised(.power(1))
    var quantised = Spectrogram(bins: bins, frames: frames)
    for frame in 0..<frames {
      for index in frame * stride..<frame * stride + bins {
        let share = shares.values[index]
        let steps: [Float] = [0.4, 0.2, 0.1, 0.05]
        quantised.values[index] = steps.reduce(0) { $0 + (share > $1 ? 0.25 : 0) }
      }
    }
    guard parameters.winLenSmooth != nil else { return try quantised.normalised(parameters.norm) }
    let weights = try parameters.weights()
    var smooth = Spectrogram(bins: bins, frames: frames)
    var sums = [Double](repeating: 0, count: bins)
    for frame in 0..<frames {
      for bin in 0..<bins { sums[bin] = 0 }
      // scipy.ndimage leaves out weights that are nothing but rounding.
      for (index, weight) in weights.enumerated() where abs(weight) > .ulpOfOne {
        let source = frame + weights.count / 2 - index
        guard source >= 0, source < frames else { continue }
        for bin in 0..<bins { sums[bin] += weight * Double(quantised.values[source * stride + bin]) }
      }
      for bin in 0..<bins { smooth.values[frame * stride + bin] = Float(sums[bin]) }
    }
    return try smooth.normalised(parameters.norm)
  }

  /// Frames × 6 tonal centroids from frames × n_chroma: `librosa.feature.tonnetz`.
  public func tonalCentroids() throws -> Spectrogram {
    let shares = try normalised(.power(1))
    let scales = [7.0 / 6, 7.0 / 6, 3.0 / 2, 3.0 / 2, 2.0 / 3, 2.0 / 3]
    let bank = DenseBank(rows: 6, columns: bins) { row, column in
      let pitch = scales[row] * Double(column) * 12 / Double(bins) - (row.isMultiple(of: 2) ? 0.5 : 0)
      return Float((row < 4 ? 1 : 0.5) * Double.cos(.pi * pitch))
    }
    return bank.apply(to: shares)
  }
}
