extension SampledSound {
  /// The times of periods along a pitch contour, as Praat's manual describes "To PointProcess (cc)": from the highest peak near
  /// the middle of each voiced stretch, period by period to both sides, each as far away as the sound is most like itself.
  func pulses(along contour: PitchContour) -> [Double] {
    let loudest = samples.reduce(0) { max($0, $1.magnitude) }
    var pulses = PulseTrain()
    var time = 0.0
    /// The last pulse that a walk to the right has set: a walk to the left does not enter its stretch again.
    var rightmost = -Double.infinity
    while let (start, end) = contour.voicedStretch(after: time) {
      defer { time = end }
      let middle = 0.5 * (start + end)
      guard let frequency = contour.frequency(at: middle) else { continue }
      let peak = extremum(from: middle - 0.5 / frequency, to: middle + 0.5 / frequency)
      pulses.insert(peak)
      for direction in [-1.0, 1.0] {
        var place = peak
        while let frequency = contour.frequency(at: place) {
          let (near, far) = (place + direction * 0.8 / frequency, place + direction * 1.25 / frequency)
          let match = bestMatch(of: place, window: 1 / frequency, from: min(near, far), to: max(near, far))
          let next = match.map(\.time) ?? place + direction / frequency
          // Periods of one or two samples can match in place.
          guard direction * (next - place) > 0.1 * step else { break }
          place = next
          let (correlation, level) = (match?.correlation ?? -1, match?.peak ?? 0)
          let isOutside = direction < 0 ? place < start : place > end
          let isPulse =
            isOutside
            ? correlation > 0.7 && level > 0.023_333 * loudest
            : correlation > 0.3 && (level == 0 || level > 0.01 * loudest)
          if isPulse, direction > 0 || place - rightmost > 0.8 / frequency {
            pulses.insert(place)
            if direction > 0 { rightmost = place }
          }
          if isOutside { break }
        }
      }
    }
    return pulses.times
  }

  /// The time of the largest magnitude between two times, by a parabola through its neighbours.
  private func extremum(from: Double, to: Double) -> Double {
    let (low, high) = (max(0, index(before: from)), min(samples.count - 1, index(after: to)))
    guard low <= high else { return 0.5 * (from + to) }
    var (least, most) = (low, low)
    for index in low...high {
      if samples[index] < samples[least] { least = index }
      if samples[index] > samples[most] { most = index }
    }
    if samples[least] == samples[most] { return first + 0.5 * Double(low + high) * step }
    let best = samples[least].magnitude > samples[most].magnitude ? least : most
    guard best > low, best < high else { return time(of: best) }
    let (left, mid, right) = (samples[best - 1], samples[best], samples[best + 1])
    return first + (Double(best) + 0.5 * (right - left) / (2 * mid - left - right)) * step
  }

  /// Where between two times a stretch of `window` seconds is most like the one around `time`; nil when it is nowhere.
  private func bestMatch(of time: Double, window: Double, from: Double, to: Double) -> (
    time: Double, correlation: Double, peak: Double
  )? {
    let half = 0.5 * window
    let (left, right) = (index(nearest: time - half), index(nearest: time + half))
    let (low, high) = (index(before: from - half), index(after: to - half))
    guard low <= high, left <= right else { return nil }
    var (r1, r2, r3) = (0.0, 0.0, 0.0)
    var best: (before: Double, here: Double, after: Double, start: Int, peak: Double)?
    for start in low...high {
      // Only where both stretches lie within the sound.
      let skip = max(0, -left, -start)
      let count = min(right - left + 1, samples.count - left, samples.count - start) - skip
      let sums = count > 0 ? similarity(left + skip, start + skip, count) : (product: 0, first: 0, second: 0, peak: 0)
      (r1, r2) = (r2, r3)
      r3 = sums.product != 0 ? sums.product / (sums.first * sums.second).squareRoot() : 0
      if r2 > best?.here ?? -1, r2 >= r1, r2 >= r3 { best = (r1, r2, r3, start - 1, sums.peak) }
    }
    guard let best else { return nil }
    var (place, correlation) = (Double(best.start), best.here)
    let bend = 2 * best.here - best.before - best.after
    if bend != 0 {
      let slope = 0.5 * (best.after - best.before)
      correlation += 0.5 * slope * slope / bend
      place += slope / bend
    }
    return (time + (place - Double(left)) * step, correlation, best.peak)
  }

  /// Product and energies of two stretches, and the peak of the second.
  private func similarity(_ a: Int, _ b: Int, _ count: Int) -> (
    product: Double, first: Double, second: Double, peak: Double
  ) {
    unsafe samples.withUnsafeBytes { raw in
      guard let base = raw.baseAddress else { return (0, 0, 0, 0) }
      let (x, y) = unsafe (base + 8 * a, base + 8 * b)
      var (product, first, second) = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
      var peaks = SIMD4<Double>.zero
      var index = 0
      while index + 4 <= count {
        let u = unsafe x.loadUnaligned(fromByteOffset: 8 * index, as: SIMD4<Double>.self)
        let v = unsafe y.loadUnaligned(fromByteOffset: 8 * index, as: SIMD4<Double>.self)
        product += u * v
        first += u * u
        second += v * v
        let size = v.replacing(with: -v, where: v .< 0)
        peaks = peaks.replacing(with: size, where: size .> peaks)
        index += 4
      }
      var sums = (product: product.sum(), first: first.sum(), second: second.sum(), peak: peaks.max())
      while index < count {
        let u = unsafe x.loadUnaligned(fromByteOffset: 8 * index, as: Double.self)
        let v = unsafe y.loadUnaligned(fromByteOffset: 8 * index, as: Double.self)
        sums.product += u * v
        sums.first += u * u
        sums.second += v * v
        sums.peak = max(sums.peak, v.magnitude)
        index += 1
      }
      return sums
    }
  }
}

/// Times in order, each once.
private struct PulseTrain {
  var times: [Double] = []

  mutating func insert(_ time: Double) {
    var place = times.count
    while place > 0, times[place - 1] > time { place -= 1 }
    if place > 0, times[place - 1] == time { return }
    times.insert(time, at: place)
  }
}
