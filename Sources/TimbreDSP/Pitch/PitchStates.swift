import RealModule
import TimbreCore

/// The most probable sequence of pitches: `librosa.sequence.viterbi` of pYIN's states, voiced bins before unvoiced ones, with its
/// sums in double precision and the first of equal ones, but without the work that cannot change the result.
///
/// Nearly all voiced states of a frame have probability 0, whose logarithm librosa keeps at −708, and so have all steps outside
/// the band of transitions. As long as bounds prove that neither can win anywhere, only unvoiced states, candidates and the band
/// are looked at (an easy frame); where they do not, as when a frame is certainly voiced, the next is done in full.
package struct PitchStates {
  private struct Frame {
    /// Pitch bins with a probability, the lowest first, and the value of the best sequence that ends there.
    var candidates: [(bin: Int, value: Double)]
    /// At least the value of every state.
    var most: Double
    /// At least the value of every voiced state that is no candidate.
    var bound: Double
    var leastUnvoiced: Double
    var isEasy: Bool
  }

  private let transitions: PitchTransitions
  private let bins: Int
  private let reach: Int
  private var frames: [Frame] = []
  /// Values of unvoiced states, a row a frame: `reach` fillers, the bins, fillers up to `width`.
  private var unvoiced: [[Double]] = []
  private let width: Int
  /// Values of all voiced states, in rows like those, of the frames before those done in full.
  private var voiced: [Int: [Double]] = [:]
  private static let never = PitchTransitions.never

  /// - Throws: A diagnostic when no memory holds that many frames.
  package init(_ transitions: PitchTransitions, frames count: Int) throws {
    self.transitions = transitions
    bins = transitions.bins
    reach = transitions.reach
    width = bins + 2 * reach + 8
    guard count <= (1 << 28) / width else {
      throw Diagnostic(
        .invalidParameters, "\(count) frames × \(bins) pitch bins are too many to follow a pitch through",
        help: "raise hop_length or resolution, or cut the audio into shorter clips")
    }
    frames.reserveCapacity(count)
    unvoiced.reserveCapacity(count)
  }

  /// Follows one more frame.
  package mutating func append(_ observation: PitchObservation) {
    let index = frames.count
    let logs = observation.candidates.map { Double.log($0.probability + .leastNormalMagnitude) }
    let rest = Double.log((1 - observation.voicedProbability) / Double(bins) + .leastNormalMagnitude)
    var frame = Frame(
      candidates: observation.candidates.map { ($0.bin, 0) }, most: 0, bound: 0, leastUnvoiced: .infinity, isEasy: true)
    var row = [Double](repeating: -.infinity, count: width)
    if let last = frames.last {
      // The margin is wider than any rounding of such sums.
      let margin = 1e-6
      frame.bound = last.most + transitions.greatest + Self.never + margin
      let rival = max(last.most + Self.never, last.bound + transitions.greatest)
      frame.isEasy = rival < last.leastUnvoiced + transitions.leastDiagonal - margin
      if !frame.isEasy { fillVoiced(index - 1) }
      let sources = sources(ofFrame: index, isEasy: frame.isEasy)
      for place in frame.candidates.indices {
        frame.candidates[place].value = logs[place] + sources.best(to: frame.candidates[place].bin, isVoiced: true)
      }
      let best = sources.bestToUnvoiced()
      for bin in 0..<bins { row[reach + bin] = rest + best[bin] }
    } else {
      let start = start
      frame.bound = Self.never + start
      for place in frame.candidates.indices { frame.candidates[place].value = logs[place] + start }
      for bin in 0..<bins { row[reach + bin] = rest + start }
    }
    frame.most = max(frame.bound, frame.candidates.reduce(-.infinity) { max($0, $1.value) })
    for value in row[reach..<reach + bins] {
      frame.most = max(frame.most, value)
      frame.leastUnvoiced = min(frame.leastUnvoiced, value)
    }
    frames.append(frame)
    unvoiced.append(row)
  }

  /// The state of each frame: a voiced bin, or an unvoiced one from the number of bins on.
  package mutating func states() -> [Int] {
    guard let last = frames.last else { return [] }
    let end = frames.count - 1
    let tail = unvoiced[end][reach..<reach + bins]
    var best = Best()
    let looked = max(tail.max() ?? 0, last.candidates.reduce(-.infinity) { max($0, $1.value) })
    if last.bound < looked {
      for candidate in last.candidates { best.add(candidate.bin, candidate.value) }
    } else {
      fillVoiced(end)
      for bin in 0..<bins { best.add(bin, voiced[end]?[reach + bin] ?? -.infinity) }
    }
    for (bin, value) in tail.enumerated() { best.add(bins + bin, value) }
    var states = [Int](repeating: best.state, count: frames.count)
    for frame in stride(from: end, to: 0, by: -1) {
      states[frame - 1] = sources(ofFrame: frame, isEasy: frames[frame].isEasy).bestSource(of: states[frame])
    }
    return states
  }

  /// The logarithm of the probability to start in a state: all are alike.
  private var start: Double { .log(1 / Double(2 * bins) + .leastNormalMagnitude) }

  /// Makes the values of the voiced states that were left out.
  private mutating func fillVoiced(_ index: Int) {
    guard voiced[index] == nil else { return }
    var row = [Double](repeating: -.infinity, count: width)
    if index == 0 {
      for bin in 0..<bins { row[reach + bin] = Self.never + start }
    } else {
      let sources = sources(ofFrame: index, isEasy: frames[index].isEasy)
      for bin in 0..<bins { row[reach + bin] = Self.never + sources.best(to: bin, isVoiced: true) }
    }
    for candidate in frames[index].candidates { row[reach + candidate.bin] = candidate.value }
    voiced[index] = row
  }

  /// The states of the frame before, from which those of a frame are reached.
  private func sources(ofFrame index: Int, isEasy: Bool) -> Sources {
    Sources(
      transitions: transitions, candidates: frames[index - 1].candidates, unvoiced: unvoiced[index - 1],
      voiced: isEasy ? nil : voiced[index - 1])
  }
}

/// The first of the largest values.
private struct Best {
  var state = 0
  var value = -Double.infinity

  mutating func add(_ state: Int, _ value: Double) {
    if value > self.value { (self.state, self.value) = (state, value) }
  }
}

private struct Sources {
  let transitions: PitchTransitions
  let candidates: [(bin: Int, value: Double)]
  let unvoiced: [Double]
  /// nil where candidates do.
  let voiced: [Double]?
  /// The largest value of the states below each bin, and of those from each bin on; empty for an easy frame.
  private var below: [Double] = []
  private var above: [Double] = []

  init(
    transitions: PitchTransitions, candidates: [(bin: Int, value: Double)], unvoiced: [Double], voiced: [Double]?
  ) {
    self.transitions = transitions
    self.candidates = candidates
    self.unvoiced = unvoiced
    self.voiced = voiced
    guard let voiced else { return }
    let (bins, reach) = (transitions.bins, transitions.reach)
    below = [Double](repeating: -.infinity, count: bins + 1)
    above = below
    func larger(_ bin: Int) -> Double { max(voiced[reach + bin], unvoiced[reach + bin]) }
    for bin in 0..<bins { below[bin + 1] = max(below[bin], larger(bin)) }
    for bin in (0..<bins).reversed() { above[bin] = max(above[bin + 1], larger(bin)) }
  }

  /// The value of the best way to one state, without its own probability.
  func best(to bin: Int, isVoiced: Bool) -> Double {
    let (reach, row) = (transitions.reach, transitions.rows[bin])
    let toVoiced = isVoiced ? transitions.same : transitions.cross
    var best = bandMaximum(unvoiced, bin, isVoiced ? transitions.cross : transitions.same, row)
    if let voiced {
      best = max(best, bandMaximum(voiced, bin, toVoiced, row), outside(bin))
    } else {
      for candidate in candidates where abs(candidate.bin - bin) <= reach {
        best = max(best, candidate.value + toVoiced[row + candidate.bin - bin + reach])
      }
    }
    return best
  }

  /// The same for all unvoiced states.
  func bestToUnvoiced() -> [Double] {
    let (bins, reach) = (transitions.bins, transitions.reach)
    var best = (0..<bins).map { bandMaximum(unvoiced, $0, transitions.same, transitions.rows[$0]) }
    if let voiced {
      for bin in 0..<bins {
        best[bin] = max(best[bin], bandMaximum(voiced, bin, transitions.cross, transitions.rows[bin]), outside(bin))
      }
    } else {
      for candidate in candidates {
        for bin in max(0, candidate.bin - reach)...min(bins - 1, candidate.bin + reach) {
          let step = transitions.cross[transitions.rows[bin] + candidate.bin - bin + reach]
          best[bin] = max(best[bin], candidate.value + step)
        }
      }
    }
    return best
  }

  /// The state from which `state` is reached best.
  func bestSource(of state: Int) -> Int {
    let (bins, reach) = (transitions.bins, transitions.reach)
    let isVoiced = state < bins
    let bin = isVoiced ? state : state - bins
    let row = transitions.rows[bin] + reach - bin
    let fromVoiced = isVoiced ? transitions.same : transitions.cross
    let fromUnvoiced = isVoiced ? transitions.cross : transitions.same
    let band = max(0, bin - reach)..<min(bins, bin + reach + 1)
    var best = Best()
    if let voiced {
      for source in 0..<bins {
        best.add(
          source, voiced[reach + source] + (band.contains(source) ? fromVoiced[row + source] : PitchTransitions.never))
      }
      for source in 0..<bins {
        let step = band.contains(source) ? fromUnvoiced[row + source] : PitchTransitions.never
        best.add(bins + source, unvoiced[reach + source] + step)
      }
    } else {
      for candidate in candidates where band.contains(candidate.bin) {
        best.add(candidate.bin, candidate.value + fromVoiced[row + candidate.bin])
      }
      for source in band { best.add(bins + source, unvoiced[reach + source] + fromUnvoiced[row + source]) }
    }
    return best.state
  }

  /// The best way from outside the band.
  private func outside(_ bin: Int) -> Double {
    let (bins, reach) = (transitions.bins, transitions.reach)
    return max(below[max(0, bin - reach)], above[min(bins, bin + reach + 1)]) + PitchTransitions.never
  }

  /// The largest sum of the values around a bin and a row of steps. Fillers are −∞ on either side.
  private func bandMaximum(_ values: [Double], _ bin: Int, _ steps: [Double], _ row: Int) -> Double {
    unsafe values.withUnsafeBytes { values in
      unsafe steps.withUnsafeBytes { steps in
        var best = SIMD8<Double>(repeating: -.infinity)
        for index in stride(from: 0, to: transitions.stride, by: 8) {
          let value = unsafe values.loadUnaligned(fromByteOffset: 8 * (bin + index), as: SIMD8<Double>.self)
          let step = unsafe steps.loadUnaligned(fromByteOffset: 8 * (row + index), as: SIMD8<Double>.self)
          let sum = value + step
          best.replace(with: sum, where: sum .> best)
        }
        return best.max()
      }
    }
  }
}
