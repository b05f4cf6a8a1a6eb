import TimbreCore

/// The fundamental frequency over time as Praat's "To Pitch (ac)…" and "(cc)…" give it.
struct PitchContour: Sendable {
  /// Seconds at the middle of the first frame.
  let first: Double
  let step: Double
  /// Seconds from 0 to the end of the sound.
  let end: Double
  /// Hz; 0 where there is no voice.
  let frequencies: [Double]

  /// A stretch of voiced frames after `time`, with half a frame on both sides; nil when there is none.
  func voicedStretch(after time: Double) -> (start: Double, end: Double)? {
    var from = max(0, Int(((time - first) / step).rounded(.up)))
    while from < frequencies.count, frequencies[from] == 0 { from += 1 }
    guard from < frequencies.count else { return nil }
    var to = from
    while to + 1 < frequencies.count, frequencies[to + 1] > 0 { to += 1 }
    let start = first + Double(from) * step - 0.5 * step
    guard start < end - 0.5 * step else { return nil }
    return (max(0, start), min(end, first + Double(to) * step + 0.5 * step))
  }

  /// Hz at a time, between frames on a straight line; nil where the nearest frame is unvoiced.
  func frequency(at time: Double) -> Double? {
    guard time >= 0, time <= end else { return nil }
    let place = (time - first) / step
    let left = place.rounded(.down)
    var share = place - left
    var (near, far) = (Int(left), Int(left) + 1)
    if share >= 0.5 {
      swap(&near, &far)
      share = 1 - share
    }
    guard frequencies.indices.contains(near), frequencies[near] > 0 else { return nil }
    guard frequencies.indices.contains(far), frequencies[far] > 0 else { return frequencies[near] }
    return frequencies[near] + share * (frequencies[far] - frequencies[near])
  }
}

private struct ContourKey: Hashable { var parameters: PeriodicityParameters }
private struct PulsesKey: Hashable { var parameters: PeriodicityParameters }

extension Analysis {
  /// Empty where the signal is shorter than a frame.
  func pitchContour(_ parameters: PeriodicityParameters) throws -> PitchContour {
    try shared(ContourKey(parameters: parameters)) {
      try parameters.validate(sampleRate: signal.sampleRate)
      let sound = sampledSound
      let candidates = try PitchCandidateSearch(sound, parameters)?.run(onlyStrongest: false)
      let path = candidates?.bestPath(parameters) ?? []
      let ceiling = candidates?.ceiling ?? 0
      return PitchContour(
        first: candidates?.first ?? 0, step: parameters.step, end: sound.end,
        frequencies: path.map { $0.frequency < ceiling ? $0.frequency : 0 })
    }
  }

  /// Seconds of each glottal pulse, in order.
  func pulses(_ parameters: PeriodicityParameters) throws -> [Double] {
    try shared(PulsesKey(parameters: parameters)) {
      sampledSound.pulses(along: try pitchContour(parameters))
    }
  }
}
