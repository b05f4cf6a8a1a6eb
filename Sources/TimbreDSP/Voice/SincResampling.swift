extension SampledSound {
  /// The sound at another rate as Praat's "Resample": what the new rate cannot hold is cut from the spectrum of the whole sound,
  /// then each new sample is interpolated from `precision` old ones on both sides.
  func resampled(to rate: Double, precision: Int) -> SampledSound {
    let factor = rate * step
    if (factor - 1).magnitude < 1e-6 { return self }
    let count = Int((end * rate + 0.5).rounded(.down))
    let newStep = 1 / rate
    var result = SampledSound(
      samples: [Double](repeating: 0, count: max(0, count)), first: 0.5 * (end - Double(count - 1) / rate),
      step: newStep, end: end)
    guard count > 0, !samples.isEmpty else { return result }
    if (factor - 2).magnitude < 1e-6 { return doubled() }
    let source = factor < 1 ? lowPassed(factor) : samples
    let (from, by, to) = (first, step, result.first)
    unsafe source.withUnsafeBufferPointer { source in
      unsafe result.samples.withUnsafeMutableBufferPointer { target in
        for index in target.indices {
          let time = to + Double(index) * newStep
          unsafe target[index] = sincInterpolated(source, at: (time - from) / by, depth: precision)
        }
      }
    }
    return result
  }

  /// Without frequencies above `share` of half the rate.
  private func lowPassed(_ share: Double) -> [Double] {
    // Silence on both sides, because the transform takes the sound for periodic.
    let margin = 1000
    let size = powerOfTwo(atLeast: samples.count + 2 * margin)
    let transform = PreciseFourierTransform.of(length: size)
    let buffer = AlignedBuffer<Double>(count: size, filledWith: 0)
    let spectrum = AlignedBuffer<Double>(count: 2 * transform.bins, filledWith: 0)
    for index in samples.indices { unsafe buffer.pointer[margin + index] = samples[index] }
    transform.forward(buffer, into: spectrum)
    // Half the length in bins, twice that in numbers; the packed order of Praat's transform begins with the mean and the highest
    // bin, so that number n (from 1) is part n − 1 of the interleaved spectrum.
    for part in max(0, Int(share * Double(size)) - 1)..<2 * transform.bins { unsafe spectrum.pointer[part] = 0 }
    transform.inverse(spectrum, into: buffer)
    let scale = 1 / Double(size)
    return samples.indices.map { unsafe buffer.pointer[margin + $0] * scale }
  }

  /// At twice the rate, through a spectrum of twice the width whose upper end fades out.
  private func doubled() -> SampledSound {
    let margin = 1000
    let size = powerOfTwo(atLeast: samples.count + 2 * margin)
    let narrow = PreciseFourierTransform.of(length: size)
    let wide = PreciseFourierTransform.of(length: 2 * size)
    let buffer = AlignedBuffer<Double>(count: 2 * size, filledWith: 0)
    let spectrum = AlignedBuffer<Double>(count: 2 * wide.bins, filledWith: 0)
    for index in samples.indices { unsafe buffer.pointer[margin + index] = samples[index] }
    narrow.forward(buffer, into: spectrum)
    let fade = Int(Double(size) * 0.95)
    for part in fade..<size { unsafe spectrum.pointer[part] *= Double(size - part - 1) / Double(size - fade) }
    for part in size..<2 * narrow.bins { unsafe spectrum.pointer[part] = 0 }
    wide.inverse(spectrum, into: buffer)
    let scale = 1 / Double(size)
    return SampledSound(
      samples: (0..<2 * samples.count).map { unsafe buffer.pointer[2 * margin + $0] * scale },
      first: first - step / 4, step: step / 2, end: end)
  }
}
