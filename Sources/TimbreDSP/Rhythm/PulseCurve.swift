import RealModule
import TimbreCore

/// What the predominant local pulse depends on, named as in `librosa.beat.plp`.
public struct PulseParameters: Sendable, Hashable {
  public var hopLength: Int
  public var winLength: Int
  /// Beats per minute; nil is no limit.
  public var tempoMin: Double?
  public var tempoMax: Double?

  public init(hopLength: Int = 512, winLength: Int = 384, tempoMin: Double? = 30, tempoMax: Double? = 300) {
    self.hopLength = hopLength
    self.winLength = winLength
    self.tempoMin = tempoMin
    self.tempoMax = tempoMax
  }
}

extension Analysis {
  /// How close each frame is to a beat of the locally strongest tempo: `librosa.beat.plp`, one value a frame.
  /// - Throws: A diagnostic where the Fourier tempogram is too large for memory.
  public func localPulse(_ parameters: PulseParameters) throws -> [Float] {
    let envelope = try onsetStrength(OnsetParameters(hopLength: parameters.hopLength), aggregate: .median)
    let stft = STFTParameters(nFFT: parameters.winLength, hopLength: 1)
    var spectrum = try TimbreDSP.stft(envelope, stft)
    let tempos = fourierTempoFrequencies(
      winLength: parameters.winLength, hopLength: parameters.hopLength, sampleRate: signal.sampleRate)
    let low = parameters.tempoMin.map { limit in tempos.prefix { $0 < limit }.count } ?? 0
    let high = parameters.tempoMax.map { limit in tempos.prefix { $0 <= limit }.count } ?? tempos.count
    spectrum.keepPeaks(within: low..<max(low, high))
    var pulse = try inverseSTFT(spectrum, stft, length: envelope.count).map { max($0, 0) }
    let peak = pulse.max() ?? 0
    if peak >= .leastNormalMagnitude { pulse = pulse.map { Float(Double($0) / Double(peak)) } }
    return pulse
  }
}

extension ComplexFrames {
  /// Leaves of each frame the strongest bin of the range alone, divided by what librosa takes for its magnitude.
  ///
  /// librosa divides by the magnitude of the lexicographically largest number of the frame, which is the peak only if its real part
  /// is positive; otherwise it is one of the zeros around it. Such frames become huge and outweigh the others.
  fileprivate mutating func keepPeaks(within range: Range<Int>) {
    let tiny = Float.leastNormalMagnitude.squareRoot()
    var magnitudes = [Float](repeating: 0, count: bins)
    for frame in 0..<frames {
      var row = Array(values[2 * frame * bins..<2 * (frame + 1) * bins])
      var peak: Float = 0
      for bin in range {
        magnitudes[bin] = (row[2 * bin] * row[2 * bin] + row[2 * bin + 1] * row[2 * bin + 1]).squareRoot()
        peak = max(peak, magnitudes[bin])
      }
      // librosa compares logarithms in single precision, where magnitudes within a rounding of each other are equal.
      let level = Float.log(onePlus: 1e6 * peak)
      func isPeak(_ bin: Int) -> Bool {
        guard range.contains(bin), magnitudes[bin] > 0.9999 * peak else { return false }
        return Float.log(onePlus: 1e6 * magnitudes[bin]) >= level
      }
      var (largest, imaginary) = (-Float.infinity, -Float.infinity)
      for bin in 0..<bins {
        if !isPeak(bin) {
          row[2 * bin] = 0
          row[2 * bin + 1] = 0
        }
        let (re, im) = (row[2 * bin], row[2 * bin + 1])
        if re > largest || (re == largest && im > imaginary) { (largest, imaginary) = (re, im) }
      }
      let divisor = tiny + (largest * largest + imaginary * imaginary).squareRoot()
      for index in row.indices where row[index] != 0 { row[index] /= divisor }
      values.replaceSubrange(2 * frame * bins..<2 * (frame + 1) * bins, with: row)
    }
  }
}
