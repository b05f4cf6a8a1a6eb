import RealModule
import TimbreCore

/// How far a spectrogram is tuned from A = 440 Hz, in bins of an octave, −0.5 ..< 0.5 in steps of at most `resolution`:
/// `librosa.estimate_tuning` on a spectrogram. Arithmetic is single precision where librosa's is, because the estimate is the
/// fullest bin of a histogram, and a rounding can move a pitch to the next bin.
/// - Parameters:
///   - nFFT: The length of the transform; nil infers it from the bins as librosa does: an odd one counts as the even one below.
///   - resolution: In bins, above 0 and below 1.
public func estimateTuning(
  _ spectrogram: Spectrogram, sampleRate: Int, binsPerOctave: Int, nFFT: Int? = nil, resolution: Double = 0.01,
  peaks: PeakParameters = PeakParameters()
) -> Double {
  let size = nFFT ?? 2 * (spectrogram.bins - 1)
  guard size >= 2 else { return 0 }
  var (frequencies, magnitudes) = spectrogram.allPeaks(peaks, sampleRate: sampleRate, nFFT: size)
  guard !magnitudes.isEmpty else { return 0 }
  let threshold = median(magnitudes)
  let count = Int((1 / resolution).rounded(.up))
  let edges = (0...count).map { $0 == count ? 0.5 : Double($0) * (1 / Double(count)) - 0.5 }
  var counts = [Int](repeating: 0, count: count)
  // Whole vectors, of which the rest is below any threshold.
  while !frequencies.count.isMultiple(of: 4) {
    frequencies.append(27.5)
    magnitudes.append(-.infinity)
  }
  for start in stride(from: 0, to: frequencies.count, by: 4) {
    let four = SIMD4(frequencies[start], frequencies[start + 1], frequencies[start + 2], frequencies[start + 3])
    let pitches = Float(binsPerOctave) * floats(binaryLogarithm(doubles(four / 27.5)))
    for lane in 0..<4 where magnitudes[start + lane] >= threshold {
      var residual = pitches[lane] - pitches[lane].rounded(.down)
      if residual >= 0.5 { residual -= 1 }
      let value = Double(residual)
      var bin = min(count - 1, max(0, Int((value + 0.5) * Double(count))))
      while bin > 0, value < edges[bin] { bin -= 1 }
      while bin < count - 1, value >= edges[bin + 1] { bin += 1 }
      counts[bin] += 1
    }
  }
  var best = 0
  for bin in 1..<max(1, count) where counts[bin] > counts[best] { best = bin }
  return edges[best]
}
