import RealModule
import TimbreCore

/// The settings of a chroma filter bank, named as in `librosa.filters.chroma`.
public struct ChromaBankParameters: Sendable, Hashable {
  public var nChroma: Int
  /// Deviation from A = 440 Hz in bins.
  public var tuning: Double
  /// Centre of the Gaussian that weights octaves, in octaves above 27.5 Hz, and its width; nil weights all alike.
  public var ctroct: Double
  public var octwidth: Double?
  /// Whether the first bin is C rather than A.
  public var baseC: Bool

  public init(nChroma: Int = 12, tuning: Double = 0, ctroct: Double = 5, octwidth: Double? = 2, baseC: Bool = true) {
    self.nChroma = nChroma
    self.tuning = tuning
    self.ctroct = ctroct
    self.octwidth = octwidth
    self.baseC = baseC
  }
}

private struct ChromaKey: Hashable { var bank: ChromaBankParameters, sampleRate: Int, nFFT: Int }
private let chromaBanks = Cache<ChromaKey, DenseBank>(limit: 128)

/// n_chroma × bins.
private func chromaBank(_ bank: ChromaBankParameters, sampleRate: Int, nFFT: Int) -> DenseBank {
  let count = bank.nChroma
  let bins = nFFT / 2 + 1
  let chroma = Double(count)
  let reference = 440 * Double.exp2(bank.tuning / chroma) / 16
  /// Pitch of each bin, in chroma bins; the one at 0 Hz lies an octave and a half below the next.
  var pitches = (0...bins).map { bin in
    chroma * .log2(Double(bin) * Double(sampleRate) / Double(nFFT) / reference)
  }
  pitches[0] = pitches[1] - 1.5 * chroma
  let half = (chroma / 2).rounded(.toNearestOrEven)
  // Bin by bin, in one piece of memory.
  var weights = [Double](repeating: 0, count: bins * count)
  for bin in 0..<bins {
    // The last bin of a transform of one or two samples has no neighbour.
    let width = bin + 1 < nFFT ? max(pitches[bin + 1] - pitches[bin], 1) : 1
    let column = bin * count..<(bin + 1) * count
    for index in 0..<count {
      let shifted = pitches[bin] - Double(index) + half + 10 * chroma
      let distance = shifted - chroma * (shifted / chroma).rounded(.down) - half
      let relative = 2 * distance / width
      weights[column.lowerBound + index] = .exp(-0.5 * relative * relative)
    }
    let length = VectorNorm.power(2).length(of: weights[column])
    var scale = 1.0
    if let octwidth = bank.octwidth {
      let octave = (pitches[bin] / chroma - bank.ctroct) / octwidth
      scale = .exp(-0.5 * octave * octave)
    }
    for place in column { weights[place] = weights[place] / length * scale }
  }
  let turn = bank.baseC ? 3 * (count / 12) : 0
  return DenseBank(rows: count, columns: bins) { row, column in Float(weights[column * count + (row + turn) % count]) }
}

extension Spectrogram {
  /// Frames × n_chroma, not normalised.
  func chromaEnergies(_ bank: ChromaBankParameters, sampleRate: Int, nFFT: Int) -> Spectrogram {
    chromaBanks.value(for: ChromaKey(bank: bank, sampleRate: sampleRate, nFFT: nFFT)) {
      chromaBank(bank, sampleRate: sampleRate, nFFT: nFFT)
    }.apply(to: self)
  }

  /// Each frame divided by its norm.
  func normalised(_ norm: VectorNorm) throws -> Spectrogram {
    var result = self
    for frame in 0..<frames {
      let range = frame * stride..<frame * stride + bins
      guard values[range].allSatisfy(\.isFinite) else {
        throw Diagnostic(
          .notFinite, "the energy of frame \(frame) is too large for single precision",
          help: "scale the audio to within ±1")
      }
      let length = norm.length(of: values[range].lazy.map(Double.init))
      if length != 1 { for index in range { result.values[index] = Float(Double(values[index]) / length) } }
    }
    return result
  }
}
