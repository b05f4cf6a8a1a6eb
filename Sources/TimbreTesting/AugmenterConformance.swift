import TimbreCore

/// Puts an augmenter through every probe signal, sample rate and limit of its parameters.
///
/// - Parameter members: Parameters for all trials, where the defaults do not do.
public func conformanceFailures<P: Augmenter>(
  of plugin: P.Type, members: [JSONValue.Member] = [], sampleRates: [Int]? = nil, atLimits: Bool = true
) -> [ConformanceFailure] {
  var log = FailureLog(P.spec.description.id)
  log.add(specFailures(of: plugin))
  guard let made = log.attempt("making it", { try P(P.spec.config(from: members)) }) else { return log.failures }
  for sampleRate in sampleRates ?? ProbeSignal.sampleRates {
    for probe in ProbeSignal.all(sampleRate: sampleRate) { check(made, probe, &log) }
    for probe in ProbeSignal.unusable(sampleRate: sampleRate) {
      var draws = Draws(RandomSource(seed: 3))
      let result = log.attempt(probe.name, mayRefuse: true) {
        try made.checkedApply(to: probe.signal, drawing: &draws)
      }
      log.check(result == nil, probe.name, "is taken for audio")
    }
  }
  guard atLimits else { return log.failures }
  let probe = ProbeSignal.noise(sampleRate: 22_050, count: 4_410)
  log.add(
    limitFailures(of: plugin, members: members) { made, situation, log in
      var draws = Draws(RandomSource(seed: 3))
      let result = log.attempt(situation, mayRefuse: true) { try made.apply(to: probe.signal, drawing: &draws) }
      if let result { check(result, of: probe.signal, draws, situation, &log) }
    })
  return log.failures
}

private func check<P: Augmenter>(_ made: P, _ probe: ProbeSignal, _ log: inout FailureLog) {
  var draws = Draws(RandomSource(seed: 3))
  guard let first = log.attempt(probe.name, { try made.apply(to: probe.signal, drawing: &draws) }) else { return }
  check(first, of: probe.signal, draws, probe.name, &log)
  var again = Draws(RandomSource(seed: 3))
  let second = log.attempt(probe.name) { try made.apply(to: probe.signal, drawing: &again) }
  log.check(
    second?.samples.isIdentical(to: first.samples) == true, probe.name, "one seed gives other bits the second time")
  log.check(
    draws.record.map(\.name) == again.record.map(\.name) && draws.record.map(\.value) == again.record.map(\.value),
    probe.name, "one seed draws other numbers the second time")
}

private func check(
  _ result: Signal, of signal: Signal, _ draws: Draws, _ situation: String, _ log: inout FailureLog
) {
  log.check(result.sampleRate == signal.sampleRate, situation, "the sample rate became \(result.sampleRate) Hz")
  log.check(!result.samples.isEmpty, situation, "no sample is left")
  if let bad = result.firstNonFinite { log.add(situation, "sample \(bad) is \(result.samples[bad])") }
  for (name, value) in draws.record {
    log.check(isSnakeCase(name), situation, "the draw \"\(name)\" is not lower snake case")
    log.check(value.doubleValue?.isFinite ?? true, situation, "the draw \"\(name)\" is \(value)")
  }
}
