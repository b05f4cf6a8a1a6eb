import RealModule
import TimbreCore

/// Everything that pYIN depends on besides the signal, named as in `librosa.pyin`.
public struct PitchTracking: Sendable, Hashable {
  public var yin = YinParameters()
  public var nThresholds = 100
  public var betaParameters = BetaShapes.pyin
  public var boltzmannParameter = 2.0
  /// Width of a pitch bin in semitones; their number in a semitone is rounded up.
  public var resolution = 0.1
  /// Octaves per second.
  public var maxTransitionRate = 35.92
  public var switchProb = 0.01
  public var noTroughProb = 0.01

  public init() {}

  var binsPerSemitone: Int { Int((1 / resolution).rounded(.up)) }

  /// - Throws: A diagnostic where the range of pitches has too few or too many bins, or a step between frames is wider than it.
  func transitions(sampleRate: Int) throws -> PitchTransitions.Key {
    _ = try yin.periods(sampleRate: sampleRate)
    let most = 32_768.0
    let bins = 12 * (1 / resolution).rounded(.up) * .log2(yin.fmax / yin.fmin)
    guard bins >= 1, bins < most else {
      throw Diagnostic(
        .invalidParameters,
        "resolution \(short(resolution)) makes \(bins < 1 ? "a single pitch bin" : "more than 32768 pitch bins") of fmin to fmax",
        help: bins < 1 ? "lower resolution or raise fmax" : "raise resolution")
    }
    let semitones = (maxTransitionRate * 12 * Double(yin.hop) / Double(sampleRate)).rounded(.toNearestOrEven)
    let width = semitones * Double(binsPerSemitone) + 1
    let count = Int(bins.rounded(.down)) + 1
    guard width <= Double(count) else {
      throw Diagnostic(
        .invalidParameters,
        "max_transition_rate (\(short(maxTransitionRate)) octaves a second) spans \(short(semitones)) semitones in a hop, more than fmin to fmax",
        help: "lower max_transition_rate or hop_length, or widen fmin to fmax")
    }
    return PitchTransitions.Key(bins: count, width: Int(width), switchProb: switchProb)
  }

  /// - Throws: A diagnostic where `pitchTrack` would refuse these parameters at this rate.
  public func validate(sampleRate: Int) throws { _ = try transitions(sampleRate: sampleRate) }
}

/// The pitch of each frame: `librosa.pyin`.
public struct PitchTrack: Sendable {
  /// Hz: the best guess, in unvoiced frames too.
  public var frequencies: [Double] = []
  public var isVoiced: [Bool] = []
  public var voicedProbabilities: [Double] = []
}

extension Analysis {
  private struct TrackKey: Hashable { var parameters: PitchTracking }

  /// Pitch and voicing by probabilistic YIN (Mauch and Dixon 2014).
  public func pitchTrack(_ parameters: PitchTracking) throws -> PitchTrack {
    try shared(TrackKey(parameters: parameters)) {
      let transitions = try PitchTransitions.of(parameters.transitions(sampleRate: signal.sampleRate))
      let troughs = try pitchTroughs(parameters.yin)
      let mostTroughs = (0..<troughs.frames).reduce(0) { max($0, troughs.frame($1).count) }
      let observer = PitchObserver(
        parameters, sampleRate: signal.sampleRate, bins: transitions.bins, mostTroughs: mostTroughs)
      var path = try PitchStates(transitions, frames: troughs.frames)
      var track = PitchTrack()
      for frame in 0..<troughs.frames {
        let observation = observer.observe(troughs.frame(frame))
        track.voicedProbabilities.append(observation.voicedProbability)
        path.append(observation)
      }
      let octave = Double(12 * parameters.binsPerSemitone)
      for state in path.states() {
        let bin = Double(state % transitions.bins)
        track.frequencies.append(parameters.yin.fmin * .exp2(bin / octave))
        track.isVoiced.append(state < transitions.bins)
      }
      return track
    }
  }
}
