import RealModule

extension PitchCandidates {
  /// The candidate of each frame on the path that costs least, by Viterbi's algorithm: Praat's pitch contour.
  func bestPath(_ parameters: PeriodicityParameters) -> [PitchCandidate] {
    let merits = self.merits(parameters)
    let correction = 0.01 / step
    let jump = parameters.octaveJumpCost * correction
    let voicing = parameters.voicedUnvoicedCost * correction
    if jump == 0, voicing == 0 { return (0..<frames).map { candidates[strongest($0, merits)] } }

    let logs = candidates.map { isVoiced($0) ? Double.log2($0.frequency) : -.infinity }
    var totals = merits
    var origins = [Int](repeating: 0, count: candidates.count)
    for frame in stride(from: 1, to: frames, by: 1) {
      for here in starts[frame]..<starts[frame + 1] {
        var (best, origin) = (-Double.infinity, starts[frame - 1])
        let isVoicedHere = logs[here] > -.infinity
        for before in starts[frame - 1]..<starts[frame] {
          let isVoicedBefore = logs[before] > -.infinity
          let cost =
            isVoicedHere != isVoicedBefore ? voicing : isVoicedHere ? jump * (logs[before] - logs[here]).magnitude : 0
          let value = totals[before] - cost + merits[here]
          if value > best { (best, origin) = (value, before) }
        }
        totals[here] = best
        origins[here] = origin
      }
    }
    guard frames > 0 else { return [] }
    var path = [PitchCandidate](repeating: PitchCandidate(frequency: 0, strength: 0), count: frames)
    var place = strongest(frames - 1, totals)
    for frame in stride(from: frames - 1, through: 0, by: -1) {
      path[frame] = candidates[place]
      place = origins[place]
    }
    return path
  }

  /// What each candidate is worth in itself: high frequencies are preferred, and silence speaks for no period.
  private func merits(_ parameters: PeriodicityParameters) -> [Double] {
    var merits: [Double] = []
    merits.reserveCapacity(candidates.count)
    for frame in 0..<frames {
      let silence = parameters.silenceThreshold / (1 + parameters.voicingThreshold)
      let quiet = parameters.silenceThreshold <= 0 ? 0 : max(0, 2 - intensities[frame] / silence)
      for candidate in candidates[starts[frame]..<starts[frame + 1]] {
        merits.append(
          isVoiced(candidate)
            ? candidate.strength - parameters.octaveCost * .log2(ceiling / candidate.frequency)
            : parameters.voicingThreshold + quiet)
      }
    }
    return merits
  }

  private func isVoiced(_ candidate: PitchCandidate) -> Bool {
    candidate.frequency > 0 && candidate.frequency < ceiling
  }

  /// The first of the best candidates of a frame.
  private func strongest(_ frame: Int, _ values: [Double]) -> Int {
    var best = starts[frame]
    for index in starts[frame]..<starts[frame + 1] where values[index] > values[best] { best = index }
    return best
  }
}
