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
  let threshold = medianOfMagnitudes(magnitudes)
  let count = Int((1 / resolution).rounded(.up))
  let edges = (0...count).map { $0 == count ? 0.5 : Double($0) * (1 / Double(count)) - 0.5 }
  var counts = [Int](repeating: 0, count: count)
  // Which half of the peaks is loud cannot be foreseen: without a branch, those that count move to the front.
  var loud = 0
  for index in frequencies.indices {
    frequencies[loud] = frequencies[index]
    loud &+= magnitudes[index] >= threshold ? 1 : 0
  }
  // Whole vectors, of which the rest is not looked at.
  frequencies.removeLast(frequencies.count - loud)
  frequencies += repeatElement(27.5, count: 7)
  for start in stride(from: 0, to: loud, by: 8) {
    let eight = unsafe frequencies.withUnsafeBytes { raw in
      unsafe raw.loadUnaligned(fromByteOffset: 4 * start, as: SIMD8<Float>.self)
    }
    let pitches = Float(binsPerOctave) * floats(binaryLogarithm(doubles(eight / 27.5)))
    var residuals = pitches - pitches.rounded(.down)
    residuals.replace(with: residuals - 1, where: residuals .>= 0.5)
    let places = (doubles(residuals) + 0.5) * Double(count)
    for lane in 0..<min(8, loud - start) {
      let value = Double(residuals[lane])
      var bin = min(count - 1, max(0, Int(places[lane])))
      while bin > 0, value < edges[bin] { bin -= 1 }
      while bin < count - 1, value >= edges[bin + 1] { bin += 1 }
      counts[bin] += 1
    }
  }
  var best = 0
  for bin in 1..<max(1, count) where counts[bin] > counts[best] { best = bin }
  return edges[best]
}
