import TimbreCore

/// What an onset envelope depends on besides the signal, named as in `librosa.onset.onset_strength`.
public struct OnsetParameters: Sendable, Hashable {
  /// Of the mel spectrogram whose rises are measured; its `center` is always true, as in librosa.
  public var mel: MelParameters
  /// Frames between the two that are compared.
  public var lag: Int
  /// Bands under the maximum filter of the earlier frame; 1 is no filter.
  public var maxSize: Int
  public var detrend: Bool
  /// Whether the envelope is shifted by half an analysis frame.
  public var center: Bool

  public init(
    mel: MelParameters = MelParameters(), lag: Int = 1, maxSize: Int = 1, detrend: Bool = false, center: Bool = true
  ) {
    self.mel = mel
    self.lag = lag
    self.maxSize = maxSize
    self.detrend = detrend
    self.center = center
  }

  /// librosa's defaults at a hop: what its tempo features are computed from.
  public init(hopLength: Int) { self.init(mel: MelParameters(stft: STFTParameters(hopLength: hopLength))) }

  /// Frames by which a rise appears after the earlier of its two frames.
  fileprivate var shift: Int { lag + (center ? mel.stft.nFFT / 2 / mel.stft.hopLength : 0) }
}

private struct OnsetKey: Hashable { var onset: OnsetParameters, bands: [Range<Int>], aggregate: Aggregation }

extension Analysis {
  /// How much louder the bands became, in dB, aggregated over all of them: one value a frame.
  public func onsetStrength(_ onset: OnsetParameters, aggregate: Aggregation) throws -> [Float] {
    try onsetStrength(onset, bands: [0..<onset.mel.bank.nMels], aggregate: aggregate)
  }

  /// The same for several ranges of mel bands: frames × ranges.
  /// - Throws: A diagnostic where the mel spectrogram cannot be made, or the result is too large for memory.
  public func onsetStrength(
    _ onset: OnsetParameters, bands: [Range<Int>], aggregate: Aggregation
  ) throws -> [Float] {
    try shared(OnsetKey(onset: onset, bands: bands, aggregate: aggregate)) {
      // The rounding of a transform in single precision shows in bands 70 dB under the loudest bin, unless a mean of all bands hides
      // it, and where little rises, where it decides on tempos. With an exponent below 2 the mel spectrogram is precise already.
      let isMean = aggregate == .mean && bands == [0..<onset.mel.bank.nMels]
      if isMean || onset.mel.power < 2 {
        let levels = try melSpectrogram(onset.mel).decibels()
        let strength = try levels.rises(onset, bands: bands, aggregate: aggregate)
        guard onset.mel.power >= 2, isFaint(strength) else { return strength }
      }
      let bank = try MelBank.of(onset.mel.bank, sampleRate: signal.sampleRate, nFFT: onset.mel.stft.nFFT)
      let spectrum = try preciseSpectrogram(onset.mel.stft, power: onset.mel.power)
      return try bank.apply(to: spectrum, squaring: false).decibels().rises(onset, bands: bands, aggregate: aggregate)
    }
  }
}

/// Whether more than a tenth of the values, or the largest, are rises of less than would be heard.
private func isFaint(_ strength: [Float]) -> Bool {
  let largest = strength.max() ?? 0
  if largest > 0, largest < 2 { return true }
  return 10 * strength.count(where: { $0 > 0 && $0 < 0.05 }) > strength.count
}

extension Spectrogram {
  /// Of levels in dB.
  fileprivate func rises(_ onset: OnsetParameters, bands: [Range<Int>], aggregate: Aggregation) throws -> [Float] {
    let count = onset.center ? frames : max(frames, onset.lag)
    try checkSize(frames: count, bins: bands.count)
    var result = [Float](repeating: 0, count: count * bands.count)
    let reference = onset.maxSize > 1 ? maximumFiltered(onset.maxSize) : self
    let row = AlignedBuffer<Float>(count: stride, filledWith: 0)
    for earlier in 0..<max(0, frames - onset.lag) {
      let place = earlier + onset.shift
      guard place < count else { break }
      unsafe values.withUnsafeBufferPointer { now in
        unsafe reference.values.withUnsafeBufferPointer { before in
          guard let now = now.baseAddress, let before = before.baseAddress else { return }
          unsafe writeRises(
            now + (earlier + onset.lag) * stride, before + earlier * stride, into: row.pointer, count: stride)
        }
      }
      for (index, range) in bands.enumerated() {
        let part = unsafe UnsafeBufferPointer(start: row.pointer + range.lowerBound, count: range.count)
        result[place * bands.count + index] = unsafe aggregate(part)
      }
    }
    if onset.detrend { removeTrend(&result, columns: bands.count) }
    return result
  }

  /// Each value replaced by the largest of the `size` bands around it: `scipy.ndimage.maximum_filter1d` over bins. Its reflection at
  /// the ends brings in no value that is not under the filter already.
  private func maximumFiltered(_ size: Int) -> Spectrogram {
    var result = self
    let before = min(size / 2, bins)
    let after = min(size - size / 2 - 1, bins)
    let width = before + 1 + after
    let infinite = [Float](repeating: -.infinity, count: before + bins + after)
    for frame in 0..<frames {
      var row = infinite
      for bin in 0..<bins { row[before + bin] = values[frame * stride + bin] }
      // The largest of 1, 2, 4, … values from each place on.
      var reach = 1
      while 2 * reach <= width {
        for index in 0..<row.count - reach { row[index] = max(row[index], row[index + reach]) }
        reach *= 2
      }
      for bin in 0..<bins { result.values[frame * stride + bin] = max(row[bin], row[bin + width - reach]) }
    }
    return result
  }
}

private func writeRises(
  _ now: UnsafePointer<Float>, _ before: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, count: Int
) {
  for index in 0..<count {
    let rise = unsafe now[index] - before[index]
    unsafe target[index] = rise > 0 ? rise : 0
  }
}

/// y[n] = x[n] − x[n−1] + 0.99 y[n−1], which takes away what is constant.
private func removeTrend(_ values: inout [Float], columns: Int) {
  for column in 0..<columns {
    var (input, output) = (0.0, 0.0)
    for index in stride(from: column, to: values.count, by: columns) {
      let next = Double(values[index])
      output = next - input + 0.99 * output
      input = next
      values[index] = Float(output)
    }
  }
}
