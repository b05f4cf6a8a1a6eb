import TimbreCore

/// How a tempogram is read between its tempos, as the `kind` of `scipy.interpolate.interp1d`.
public enum TempoInterpolation: String, ParameterValue, Sendable, Hashable, CaseIterable {
  case linear, nearest, previous, next
}

extension Spectrogram {
  /// A tempogram's values at one tempo a frame times several factors: `librosa.f0_harmonics`, frames × factors.
  /// - Parameter tempos: Of each lag, falling; that of lag 0 is infinite and not read.
  public func values(
    at beats: [Double], times factors: [Double], tempos: [Double], _ kind: TempoInterpolation, fillValue: Float
  ) throws -> [Float] {
    try checkSize(frames: frames, bins: factors.count)
    var result = [Float](repeating: fillValue, count: frames * factors.count)
    let last = tempos.count - 1
    guard last >= 1 else { return result }
    for frame in 0..<frames {
      for (index, factor) in factors.enumerated() {
        let tempo = beats[frame] * factor
        guard tempo >= tempos[last], tempo <= tempos[1] else { continue }
        // The longest lag whose tempo is not below; rounding may put the quotient one off.
        var lag = min(last, max(1, Int(min(tempos[1] / tempo, Double(last)))))
        while lag < last, tempos[lag + 1] >= tempo { lag += 1 }
        while lag > 1, tempos[lag] < tempo { lag -= 1 }
        let above = values[frame * stride + lag]
        let below = values[frame * stride + min(lag + 1, last)]
        guard lag < last, tempos[lag] > tempo else {
          result[frame * factors.count + index] = above
          continue
        }
        let (low, high) = (tempos[lag + 1], tempos[lag])
        result[frame * factors.count + index] =
          switch kind {
          case .linear: Float((Double(above) - Double(below)) / (high - low) * (tempo - low) + Double(below))
          case .nearest: tempo <= (high + low) / 2 ? below : above
          case .previous: below
          case .next: above
          }
      }
    }
    return result
  }
}
