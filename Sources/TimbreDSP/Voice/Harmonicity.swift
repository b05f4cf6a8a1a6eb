import RealModule
import TimbreCore

extension Analysis {
  /// The ratio of what repeats to what does not in dB, for each frame (Praat's "To Harmonicity"); `unvoiced` where no period is
  /// found. A signal shorter than a frame gives one frame without period.
  public func harmonicity(_ parameters: PeriodicityParameters, unvoiced: Double) throws -> [Float] {
    var parameters = parameters
    parameters.pitchCeiling = 0.5 * Double(signal.sampleRate)
    try parameters.validate(sampleRate: signal.sampleRate)
    guard let candidates = try PitchCandidateSearch(sampledSound, parameters)?.run(onlyStrongest: true) else {
      return [Float(unvoiced)]
    }
    return candidates.bestPath(parameters).map { candidate in
      let r = candidate.strength
      // What counts as no period for lying above the ceiling keeps its strength, as in Praat.
      if candidate.frequency == 0 { return Float(unvoiced) }
      if r <= 1e-15 { return -150 }
      return r > 1 - 1e-15 ? 150 : Float(10 * Double.log10(r / (1 - r)))
    }
  }
}
