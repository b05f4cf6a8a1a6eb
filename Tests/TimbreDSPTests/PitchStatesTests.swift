import RealModule
import TimbreCore
import Testing

import TimbreDSP

@Suite struct PitchStatesTests {
  /// Viterbi's algorithm over every pair of states, as `librosa.sequence.viterbi` has it.
  private static func dense(
    _ observations: [PitchObservation], bins: Int, _ step: (_ source: Int, _ target: Int) -> Double
  ) -> [Int] {
    let tiny = Double.leastNormalMagnitude
    func logs(_ observation: PitchObservation) -> [Double] {
      let rest = (1 - observation.voicedProbability) / Double(bins)
      var result = [Double](repeating: .log(tiny), count: bins) + [Double](repeating: .log(rest + tiny), count: bins)
      for candidate in observation.candidates { result[candidate.bin] = .log(candidate.probability + tiny) }
      return result
    }
    var values = logs(observations[0]).map { $0 + .log(1 / Double(2 * bins) + tiny) }
    var origins: [[Int]] = []
    for observation in observations.dropFirst() {
      let origin = (0..<2 * bins).map { target in
        var best = 0
        for source in 1..<2 * bins where values[source] + step(source, target) > values[best] + step(best, target) {
          best = source
        }
        return best
      }
      values = zip(logs(observation).indices, logs(observation)).map {
        $1 + (values[origin[$0]] + step(origin[$0], $0))
      }
      origins.append(origin)
    }
    var state = 0
    for other in values.indices where values[other] > values[state] { state = other }
    var states = [state]
    for origin in origins.reversed() {
      state = origin[state]
      states.append(state)
    }
    return states.reversed()
  }

  /// Random candidates, silences and certainties; the last leave unvoiced states with a probability of 0.
  @Test(arguments: [(9, 3, 0.01), (20, 7, 0.3), (20, 4, 0.01), (13, 1, 0.5), (8, 8, 0.1), (17, 5, 0), (17, 5, 1)])
  func findsWhatEveryPairOfStatesGives(_ bins: Int, _ width: Int, _ switchProb: Double) throws {
    let transitions = try PitchTransitions.of(.init(bins: bins, width: width, switchProb: switchProb))
    let reach = transitions.reach
    func step(_ source: Int, _ target: Int) -> Double {
      let table = (source < bins) == (target < bins) ? transitions.same : transitions.cross
      let distance = source % bins - target % bins
      return abs(distance) > reach ? PitchTransitions.never : table[transitions.rows[target % bins] + distance + reach]
    }
    var random = RandomSource(seed: 5, "states")
    for _ in 0..<40 {
      let observations = (0..<12).map { _ in
        let count = Int(random.uniform(0, 4))
        let certain = random.uniform(0, 1) < 0.2
        let places = Set((0..<count).map { _ in Int(random.uniform(0, Double(bins))) }).sorted()
        let share =
          certain && !places.isEmpty ? 1 / Double(places.count) : random.uniform(0, 0.9 / Double(max(1, count)))
        let candidates = places.map { (bin: $0, probability: share) }
        let voiced = certain && !places.isEmpty ? 1 : candidates.reduce(0) { $0 + $1.probability }
        return PitchObservation(candidates: candidates, voicedProbability: voiced)
      }
      var path = try PitchStates(transitions, frames: observations.count)
      for observation in observations { path.append(observation) }
      #expect(path.states() == Self.dense(observations, bins: bins, step))
    }
  }

  /// Each state is left with probability 1, and the triangle is as wide as asked.
  @Test func stepsAreProbabilities() throws {
    let (bins, width) = (40, 9)
    let transitions = try PitchTransitions.of(.init(bins: bins, width: width, switchProb: 0.2))
    for source in 0..<bins {
      var (stay, leave) = (0.0, 0.0)
      for target in max(0, source - 4)...min(bins - 1, source + 4) {
        let place = transitions.rows[target] + source - target + transitions.reach
        stay += Double.exp(transitions.same[place])
        leave += Double.exp(transitions.cross[place])
      }
      #expect(abs(stay - 0.8) < 1e-12 && abs(leave - 0.2) < 1e-12)
    }
  }
}
