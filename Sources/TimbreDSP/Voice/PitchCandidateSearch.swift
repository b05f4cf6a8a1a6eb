import RealModule
import TimbreCore

/// Finds the periods that each frame of a sound may have, after Boersma (1993), "Accurate short-term analysis of the fundamental
/// frequency and the harmonics-to-noise ratio of a sampled sound", and Praat's manual and published behaviour for what
/// the paper leaves open.
final class PitchCandidateSearch {
  private let sound: SampledSound
  private let parameters: PeriodicityParameters
  private let ceiling: Double
  /// Samples of the longest period, and half of them.
  private let period: Int
  private let halfPeriod: Int
  private let halfWindow: Int
  private let window: Int
  private let longestLag: Int
  /// How far correlations are known on both sides of lag 0.
  private let reach: Int
  private let frameCorrelation: FrameCorrelation
  private let peak: Double
  /// Correlations at lags −reach … reach.
  private var correlation: [Double]
  private var lags: [Int] = []
  private var found: [PitchCandidate] = []

  /// nil when the sound is too short for a frame.
  init?(_ sound: SampledSound, _ parameters: PeriodicityParameters) {
    let dx = sound.step
    guard parameters.pitchFloor >= parameters.windowPeriods / sound.duration, parameters.window / dx < 1e9 else {
      return nil
    }
    self.sound = sound
    self.parameters = parameters
    ceiling = min(parameters.pitchCeiling, 0.5 / dx)
    period = Int(1 / dx / parameters.pitchFloor)
    halfPeriod = period / 2 + 1
    halfWindow = Int(parameters.window / dx) / 2 - 1
    guard halfWindow >= 2 else { return nil }
    window = 2 * halfWindow
    longestLag = min(Int(Double(window) / parameters.windowPeriods) + 2, window)
    switch parameters.method {
    case .autocorrelation: reach = window / 2
    case .accurateAutocorrelation: reach = Int(Double(window) * 0.25)
    case .crossCorrelation, .accurateCrossCorrelation: reach = window
    }
    frameCorrelation = FrameCorrelation(parameters.method, window: window, longestLag: longestLag, reach: reach)
    let mean = sound.samples.reduce(0, +) / Double(max(1, sound.samples.count))
    peak = sound.samples.reduce(0) { max($0, ($1 - mean).magnitude) }
    correlation = [Double](repeating: 0, count: 2 * reach + 1)
  }

  /// - Parameter onlyStrongest: Whether candidates that cannot be a frame's strongest may stay roughly located.
  /// - Throws: A diagnostic when there are more frames than memory holds.
  func run(onlyStrongest: Bool) throws -> PitchCandidates? {
    guard let (count, first) = sound.frames(window: parameters.span, step: parameters.step) else { return nil }
    try checkFrames(count, values: min(parameters.candidateLimit, longestLag / 2 + 1))
    var result = PitchCandidates(first: first, step: parameters.step, ceiling: ceiling)
    result.starts.reserveCapacity(count + 1)
    result.intensities.reserveCapacity(count)
    for frame in 0..<count {
      let level = correlate(at: first + Double(frame) * parameters.step)
      result.intensities.append(peak == 0 ? 0 : min(1, level / peak))
      result.candidates.append(PitchCandidate(frequency: 0, strength: 0))
      if level > 0 {
        findPeaks()
        refine(onlyStrongest: onlyStrongest)
        result.candidates += found
      }
      result.starts.append(result.candidates.count)
    }
    return result
  }

  /// Fills `correlation` for a frame and returns the frame's peak.
  private func correlate(at time: Double) -> Double {
    guard peak > 0 else { return 0 }
    let before = sound.index(before: time)
    let samples = sound.samples
    let last = max(0, min(samples.count - 1, before + period))
    var sum = 0.0
    for index in max(0, min(last, before + 1 - period))...last { sum += samples[index] }
    let mean = sum / Double(2 * period)
    let start = max(0, min(samples.count - window, before + 1 - halfWindow))
    let isCross = parameters.usesCrossCorrelation
    let shape = frameCorrelation.window
    var level = 0.0
    for offset in max(0, halfWindow - halfPeriod)..<min(window, halfWindow + halfPeriod) {
      let value = samples[start + offset] - mean
      level = max(level, (isCross ? value : value * shape[offset]).magnitude)
    }
    guard level > 0 else { return 0 }
    if isCross {
      let begin = max(0, sound.index(before: time - 0.5 * parameters.span))
      frameCorrelation.cross(samples, from: begin, mean: mean, into: &correlation)
    } else {
      frameCorrelation.auto(samples, from: start, mean: mean, into: &correlation)
    }
    return level
  }

  /// The peaks of the correlation that are worth a closer look, in order of lag as far as there is room.
  private func findPeaks() {
    found.removeAll(keepingCapacity: true)
    lags.removeAll(keepingCapacity: true)
    let threshold = 0.5 * parameters.voicingThreshold
    let limit = parameters.candidateLimit - 1
    unsafe correlation.withUnsafeBufferPointer { values in
      let r = unsafe UnsafeBufferPointer(rebasing: values[reach...])
      var lag = 2
      while lag < min(longestLag, reach) {
        defer { lag += 1 }
        let (before, here, after) = unsafe (r[lag - 1], r[lag], r[lag + 1])
        guard here > threshold, here > before, here >= after else { continue }
        let place = Double(lag) + 0.5 * (after - before) / (2 * here - before - after)
        let value = unsafe sincInterpolated(values, at: place + Double(reach), depth: 30)
        let candidate = PitchCandidate(frequency: 1 / sound.step / place, strength: value > 1 ? 1 / value : value)
        if found.count < limit {
          found.append(candidate)
          lags.append(lag)
        } else if let weakest = found.indices.min(by: { merit(found[$0]) < merit(found[$1]) }),
          merit(candidate) > merit(found[weakest]), merit(found[weakest]) < 2
        {
          found[weakest] = candidate
          lags[weakest] = lag
        }
      }
    }
  }

  /// Strength with the preference for high frequencies.
  private func merit(_ candidate: PitchCandidate) -> Double {
    candidate.strength - parameters.octaveCost * .log2(parameters.pitchFloor / candidate.frequency)
  }

  /// Locates the peaks to a fraction of a sample.
  private func refine(onlyStrongest: Bool) {
    var bar = -Double.infinity
    // Much of what lies next to half the sample rate, which makes neighbours opposite, escapes the rough heights.
    if onlyStrongest, reach > 0, correlation[reach + 1] > -0.2 {
      // What lies this far below the strongest cannot become it. Near the ceiling the closer look may find that a candidate counts
      // as no period.
      for candidate in found where candidate.frequency < 0.9 * ceiling { bar = max(bar, candidate.strength - 0.15) }
    }
    let isCoarse = parameters.method == .autocorrelation || parameters.method == .crossCorrelation
    unsafe correlation.withUnsafeBufferPointer { values in
      for index in found.indices {
        let rough = found[index].strength
        guard unsafe rough >= bar || height(values, around: lags[index]) >= bar else { continue }
        let isHigh = found[index].frequency > 0.3 / sound.step
        let (place, value) = unsafe sincPeak(values, at: lags[index] + reach, depth: isCoarse && !isHigh ? 70 : 700)
        found[index] = PitchCandidate(
          frequency: 1 / sound.step / (place - Double(reach)), strength: value > 1 ? 1 / value : value)
      }
    }
  }
}

extension PitchCandidateSearch {
  /// About how high the peak at a lag is: for short periods the parabola through three samples may miss it by far, while of places a
  /// quarter of a sample apart one is near enough to lose less than a tenth.
  private func height(_ values: UnsafeBufferPointer<Double>, around lag: Int) -> Double {
    var highest = unsafe values[lag + reach]
    for quarter in [-3.0, -2, -1, 1, 2, 3] {
      highest = max(highest, unsafe sincInterpolated(values, at: Double(lag + reach) + 0.25 * quarter, depth: 30))
    }
    return highest
  }
}

/// - Throws: A diagnostic for more frames than memory holds, rather than a crash.
func checkFrames(_ frames: Int, values: Int) throws {
  guard frames > (1 << 30) / max(1, values) else { return }
  throw Diagnostic(
    .invalidParameters, "\(frames == .max ? "too many" : "\(frames)") frames do not fit into memory",
    help: "raise time_step, or cut the audio into shorter clips")
}
