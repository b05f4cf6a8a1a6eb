import TimbreCore

/// Puts a feature extractor through every probe signal, sample rate and limit of its parameters.
///
/// - Parameters:
///   - members: Parameters for all trials, where the defaults do not do.
///   - atLimits: Whether to extract with each parameter at its limits; a limit may mean gigabytes, then leave it out.
public func conformanceFailures<P: FeatureExtractor>(
  of plugin: P.Type, members: [JSONValue.Member] = [], sampleRates: [Int]? = nil, atLimits: Bool = true
) -> [ConformanceFailure] {
  var log = FailureLog(P.spec.description.id)
  log.add(specFailures(of: plugin))
  guard let made = log.attempt("making it", { try P(P.spec.config(from: members)) }) else { return log.failures }
  for sampleRate in sampleRates ?? ProbeSignal.sampleRates {
    // A rate may not suit the parameters (a band above half of it), but then the axes say so before the signal is read.
    let situation = "axes at \(sampleRate) Hz"
    guard let axes = log.attempt(situation, mayRefuse: sampleRate < 22_050, { try made.axes(sampleRate: sampleRate) })
    else { continue }
    check(axes, situation, &log)
    for probe in ProbeSignal.all(sampleRate: sampleRate) { check(made, probe, axes, &log) }
    for probe in ProbeSignal.unusable(sampleRate: sampleRate) {
      let result = log.attempt(probe.name, mayRefuse: true) { try made.extract(from: probe.signal) }
      log.check(result == nil, probe.name, "is taken for audio")
    }
  }
  guard atLimits else { return log.failures }
  let probe = ProbeSignal.noise(sampleRate: 22_050, count: 4_410)
  log.add(
    limitFailures(of: plugin, members: members) { made, situation, log in
      guard let axes = log.attempt(situation, mayRefuse: true, { try made.axes(sampleRate: 22_050) }) else { return }
      check(axes, situation, &log)
      let matrix = log.attempt(situation, mayRefuse: true) { try made.extract(from: Analysis(of: probe.signal)) }
      if let matrix { check(matrix, axes, situation, &log) }
    })
  return log.failures
}

/// Puts a feature transform through inputs of several shapes and the limits of its parameters.
public func conformanceFailures<P: FeatureTransform>(
  of plugin: P.Type, members: [JSONValue.Member] = [], atLimits: Bool = true
) -> [ConformanceFailure] {
  var log = FailureLog(P.spec.description.id)
  log.add(specFailures(of: plugin))
  guard let made = log.attempt("making it", { try P(P.spec.config(from: members)) }) else { return log.failures }
  for (bins, frames) in [(1, 1), (1, 50), (3, 2), (13, 9), (13, 40), (128, 108)] {
    for kind in ["noise", "magnitudes", "zeros", "constant"] {
      let situation = "\(kind), \(bins) bins × \(frames) frames"
      let input = probeMatrix(kind, bins: bins, frames: frames)
      // A width of frames that the input does not have is a reason to refuse, and so are negative values.
      let mayRefuse = frames < 10 || kind == "noise"
      let first = log.attempt(situation, mayRefuse: mayRefuse) { try made.transform(input) }
      guard let first, let axes = log.attempt(situation, { try made.axes(of: input.axes) }) else { continue }
      check(axes, situation, &log)
      check(first, axes, situation, &log)
      let second = log.attempt(situation) { try made.transform(input) }
      log.check(second?.values.isIdentical(to: first.values) == true, situation, "gives other bits the second time")
    }
  }
  guard atLimits else { return log.failures }
  let input = probeMatrix("noise", bins: 13, frames: 40)
  log.add(
    limitFailures(of: plugin, members: members) { made, situation, log in
      guard let axes = log.attempt(situation, mayRefuse: true, { try made.axes(of: input.axes) }),
        let output = log.attempt(situation, mayRefuse: true, { try made.transform(input) })
      else { return }
      check(output, axes, situation, &log)
    })
  return log.failures
}

/// Puts an augmenter of features through inputs of several shapes and the limits of its parameters.
public func conformanceFailures<P: FeatureAugmenter>(
  of plugin: P.Type, members: [JSONValue.Member] = [], atLimits: Bool = true
) -> [ConformanceFailure] {
  var log = FailureLog(P.spec.description.id)
  log.add(specFailures(of: plugin))
  guard let made = log.attempt("making it", { try P(P.spec.config(from: members)) }) else { return log.failures }
  func trial(_ made: P, _ input: FeatureMatrix, _ situation: String, _ log: inout FailureLog) {
    var draws = Draws(RandomSource(seed: 3))
    let first = log.attempt(situation) { try made.apply(to: input, drawing: &draws) }
    guard let first else { return }
    check(first, input.axes, situation, &log)
    log.check(first.frameCount == input.frameCount, situation, "the number of frames became \(first.frameCount)")
    log.check(draws.record.allSatisfy { isSnakeCase($0.name) }, situation, "a draw is not lower snake case")
    var again = Draws(RandomSource(seed: 3))
    let second = log.attempt(situation) { try made.apply(to: input, drawing: &again) }
    log.check(second?.values.isIdentical(to: first.values) == true, situation, "one seed gives other bits")
    log.check(draws.record.map(\.value) == again.record.map(\.value), situation, "one seed draws other numbers")
  }
  for (bins, frames) in [(1, 1), (1, 50), (3, 2), (13, 40), (128, 108)] {
    for kind in ["noise", "zeros", "constant"] {
      trial(made, probeMatrix(kind, bins: bins, frames: frames), "\(kind), \(bins) bins × \(frames) frames", &log)
    }
  }
  guard atLimits else { return log.failures }
  let input = probeMatrix("noise", bins: 13, frames: 40)
  log.add(limitFailures(of: plugin, members: members) { trial($0, input, $1, &$2) })
  return log.failures
}

private func check<P: FeatureExtractor>(_ made: P, _ probe: ProbeSignal, _ axes: FeatureAxes, _ log: inout FailureLog) {
  guard let first = log.attempt(probe.name, { try made.extract(from: Analysis(of: probe.signal)) }) else { return }
  check(first, axes, probe.name, &log)
  let second = log.attempt(probe.name) { try made.extract(from: Analysis(of: probe.signal)) }
  log.check(second?.values.isIdentical(to: first.values) == true, probe.name, "gives other bits the second time")
}

private func check(_ axes: FeatureAxes, _ situation: String, _ log: inout FailureLog) {
  log.check(!axes.bins.isEmpty, situation, "declares no bin")
  log.check(Set(axes.bins).count == axes.bins.count, situation, "two bins have one name")
  log.check(axes.positions.isEmpty || axes.positions.count == axes.bins.count, situation, "not one position a bin")
  log.check(axes.positions.allSatisfy(\.isFinite), situation, "a position is not finite")
  log.check(axes.hop.isFinite && axes.hop > 0, situation, "the hop is \(axes.hop) s")
  log.check(axes.start.isFinite, situation, "the start is \(axes.start) s")
}

private func check(_ matrix: FeatureMatrix, _ axes: FeatureAxes, _ situation: String, _ log: inout FailureLog) {
  log.check(matrix.axes == axes, situation, "the result's axes are not the declared ones")
  log.check(matrix.binCount == axes.bins.count, situation, "\(matrix.binCount) bins, declared \(axes.bins.count)")
  log.check(matrix.frameCount > 0, situation, "no frame")
  if let bad = matrix.values.firstIndex(where: { !$0.isFinite }) {
    log.add(situation, "\(matrix.values[bad]) in bin \(bad % matrix.binCount), frame \(bad / matrix.binCount)")
  }
}

private func probeMatrix(_ kind: String, bins: Int, frames: Int) -> FeatureMatrix {
  var random = RandomSource(seed: 2, kind)
  let axes = FeatureAxes(bins: (0..<bins).map { "b\($0)" }, hop: 512 / 22_050)
  let values = (0..<bins * frames).map { _ in
    switch kind {
    case "noise": Float(random.normal())
    case "magnitudes": abs(Float(random.normal()))
    case "constant": Float(0.25)
    default: Float(0)
    }
  }
  return FeatureMatrix(axes: axes, values: values)
}
