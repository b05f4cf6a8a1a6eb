import RealModule

/// Pitches of spectral peaks, by parabolic interpolation: `librosa.piptrack` with its default range and threshold.
private struct Peaks {
  var pitches: [Float] = []
  var magnitudes: [Float] = []

  init(_ spectrogram: Spectrogram, sampleRate: Int) {
    // As librosa infers it from a spectrogram: an odd transform counts as the even one below it.
    let size = 2 * (spectrogram.bins - 1)
    guard size >= 4 else { return }
    let width = Double(sampleRate) / Double(size)
    let highest = min(4000, Double(sampleRate) / 2)
    var low = 1
    while low < spectrogram.bins, Double(low) * width < 150 { low += 1 }
    var high = low
    while high < spectrogram.bins - 1, Double(high) * width < highest { high += 1 }
    guard low < high else { return }
    for frame in 0..<spectrogram.frames {
      unsafe spectrogram.values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        unsafe collect(base + frame * spectrogram.stride, spectrogram.bins, low..<high, sampleRate, size)
      }
    }
  }

  private mutating func collect(
    _ x: UnsafePointer<Float>, _ bins: Int, _ range: Range<Int>, _ sampleRate: Int, _ size: Int
  ) {
    let threshold = Float(0.1) * (unsafe largest(x, bins))
    for bin in range {
      let (left, here, right) = unsafe (x[bin - 1], x[bin], x[bin + 1])
      // Values under the threshold count as 0 on either side, which changes no comparison with one above it.
      guard here > threshold, here > left, here >= right else { continue }
      let a = Double(right + left) - 2 * Double(here)
      let b = Double(right - left) / 2
      let shift = abs(b) >= abs(a) ? 0 : Float(-b / a)
      pitches.append(Float((Double(bin) + Double(shift)) * Double(sampleRate) / Double(size)))
      let slope = (right - left) / 2
      magnitudes.append(here + 0.5 * slope * shift)
    }
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

/// How far a spectrogram is tuned from A = 440 Hz, in bins of an octave, −0.5 ..< 0.5 in steps of 0.01:
/// `librosa.estimate_tuning` on a spectrogram. Arithmetic is single precision where librosa's is, because the estimate is the
/// fullest bin of a histogram, and a rounding can move a pitch to the next bin.
public func estimateTuning(_ spectrogram: Spectrogram, sampleRate: Int, binsPerOctave: Int) -> Double {
  let peaks = Peaks(spectrogram, sampleRate: sampleRate)
  let positive = peaks.pitches.indices.filter { peaks.pitches[$0] > 0 }
  guard !positive.isEmpty else { return 0 }
  let threshold = median(positive.map { peaks.magnitudes[$0] })
  let edges = (0...100).map { $0 == 100 ? 0.5 : Double($0) * 0.01 - 0.5 }
  var counts = [Int](repeating: 0, count: 100)
  for index in positive where peaks.magnitudes[index] >= threshold {
    let octaves = Float(Double.log2(Double(peaks.pitches[index] / 27.5)))
    let pitch = Float(binsPerOctave) * octaves
    var residual = pitch - pitch.rounded(.down)
    if residual >= 0.5 { residual -= 1 }
    let value = Double(residual)
    var bin = min(99, max(0, Int((value + 0.5) * 100)))
    while bin > 0, value < edges[bin] { bin -= 1 }
    while bin < 99, value >= edges[bin + 1] { bin += 1 }
    counts[bin] += 1
  }
  var best = 0
  for bin in 1..<100 where counts[bin] > counts[best] { best = bin }
  return edges[best]
}
