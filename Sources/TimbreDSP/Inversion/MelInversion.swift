import RealModule
import TimbreCore

extension Spectrogram {
  /// Magnitudes whose mel bands come closest to these: `librosa.feature.inverse.mel_to_stft`.
  ///
  /// Bands are far fewer than bins, so that many spectra have the same bands. Of the non-negative ones that come closest (least
  /// squares), this is the one with the smallest squares. librosa starts from the same spectrum and stops on the way there.
  /// - Throws: A diagnostic when the bank's range of frequencies is empty.
  public func magnitudes(fromMel mel: MelParameters, sampleRate: Int) throws -> Spectrogram {
    precondition(bins == mel.bank.nMels, "\(mel.bank.nMels) bands")
    try checkSize(frames: frames, bins: mel.stft.bins)
    var solver = MelSolver(try MelSystem.of(mel.bank, sampleRate: sampleRate, nFFT: mel.stft.nFFT))
    var result = Spectrogram(bins: mel.stft.bins, frames: frames)
    for frame in 0..<frames {
      let peak = solver.solve(values[frame * stride..<frame * stride + bins])
      guard peak > 0 else { continue }
      for (index, value) in solver.energies.enumerated() where value > 0 {
        let energy = value * peak
        let magnitude =
          mel.power == 2 ? energy.squareRoot() : mel.power == 1 ? energy : Double.pow(energy, 1 / mel.power)
        result.values[frame * result.stride + solver.firstBin + index] = Float(magnitude)
      }
    }
    return result
  }
}

/// A mel bank by bins instead of by filters: two filters at most reach a bin, and they are neighbours.
private struct MelSystem: Sendable {
  /// Bins that the same two filters reach.
  struct Segment {
    /// The lower filter; the upper one is the next.
    var filter: Int
    /// Places in `lower` and `upper`.
    var range: Range<Int>
  }

  let filters: Int
  let firstBin: Int
  /// Weights of each bin from `firstBin` on.
  let lower: [Double]
  let upper: [Double]
  let segments: [Segment]
  /// How much the squares of the multipliers weigh: so little that only bands no spectrum has feel it.
  let damping: Double

  private struct Key: Hashable { var bank: MelBankParameters, sampleRate: Int, nFFT: Int }
  private static let cache = Cache<Key, MelSystem>()

  static func of(_ bank: MelBankParameters, sampleRate: Int, nFFT: Int) throws -> MelSystem {
    try cache.value(for: Key(bank: bank, sampleRate: sampleRate, nFFT: nFFT)) {
      MelSystem(try MelBank.of(bank, sampleRate: sampleRate, nFFT: nFFT), filters: bank.nMels)
    }
  }

  private init(_ bank: MelBank, filters: Int) {
    self.filters = filters
    let rows = (0..<filters).map { bank.row($0) }
    let first = rows.lazy.filter { !$0.weights.isEmpty }.map(\.start).min() ?? 0
    let last = rows.lazy.map { $0.start + $0.weights.count }.max() ?? 0
    let count = max(0, last - first)
    var (owners, lower, upper) = (
      [Int](repeating: -1, count: count), [Double](repeating: 0, count: count), [Double](repeating: 0, count: count)
    )
    var largest = 0.0
    for (filter, row) in rows.enumerated() {
      for (place, weight) in zip((row.start - first)..., row.weights) where weight > 0 {
        if owners[place] < 0 {
          owners[place] = filter
          lower[place] = Double(weight)
        } else {
          upper[place] = Double(weight)
        }
      }
      largest = max(largest, row.weights.reduce(0) { $0 + Double($1) * Double($1) })
    }
    var segments: [Segment] = []
    for (place, owner) in owners.enumerated() where owner >= 0 {
      if let end = segments.indices.last, segments[end].filter == owner {
        segments[end].range = segments[end].range.lowerBound..<place + 1
      } else {
        segments.append(Segment(filter: owner, range: place..<place + 1))
      }
    }
    firstBin = first
    self.lower = lower
    self.upper = upper
    self.segments = segments
    damping = 1e-8 * largest
  }
}

/// Finds, frame by frame, the smallest non-negative spectrum x with the given bands b.
///
/// It is x = max(0, Aᵀλ), A being the bank, for multipliers λ with A x + ελ = b: the gradient of a convex function of λ that is
/// quadratic between kinks. Newton's method with a line search ends after a few steps, each of which solves a system with three
/// diagonals, because only neighbouring filters overlap. The first λ makes x the least-squares solution with its negative
/// values cut off, librosa's own start.
private struct MelSolver {
  private let system: MelSystem
  private var bands: [Double]
  private var here: Point
  private var there: Point
  private var step: [Double]
  private var pivots: [Double]
  /// The solution of the last frame, relative to its peak, from the bin `firstBin` on.
  var energies: [Double] { here.energies }
  var firstBin: Int { system.firstBin }

  /// λ, what follows from it, and the function's value, gradient and second derivatives there.
  private struct Point {
    /// One more than filters: the last bins have no upper filter.
    var multipliers: [Double]
    var energies: [Double]
    var gradient: [Double]
    var diagonal: [Double]
    /// Beside the diagonal.
    var off: [Double]
    var value = 0.0
    /// Squared length of the gradient.
    var slope = 0.0
  }

  init(_ system: MelSystem) {
    self.system = system
    let zeros = [Double](repeating: 0, count: system.filters + 1)
    bands = zeros
    step = zeros
    pivots = zeros
    here = Point(
      multipliers: zeros, energies: [Double](repeating: 0, count: system.lower.count), gradient: zeros, diagonal: zeros,
      off: zeros)
    there = here
  }

  /// - Returns: The frame's peak, which `energies` are relative to; 0 where there is nothing to solve.
  mutating func solve(_ frame: ArraySlice<Float>) -> Double {
    let peak = Double(frame.max() ?? 0)
    guard peak > 0, peak.isFinite, !system.segments.isEmpty else { return 0 }
    for (index, value) in frame.enumerated() { bands[index] = Double(value) / peak }
    let goal = 1e-16 * bands.reduce(0) { $0 + $1 * $1 }
    // Least squares without bounds: every bin counts, and the gradient at λ = 0 is −b.
    evaluate(&here, countingAll: true)
    descend()
    for index in 0..<system.filters { here.multipliers[index] = step[index] }
    evaluate(&here)
    var rounds = 0
    while here.slope > goal, rounds < 100 {
      descend(extra: 1e-3 * system.damping * (here.slope / goal).squareRoot())
      guard search() else { break }
      rounds += 1
    }
    return peak
  }

  /// Goes along `step` as far as the function falls enough.
  private mutating func search() -> Bool {
    var along = 0.0
    for index in 0..<system.filters { along += here.gradient[index] * step[index] }
    var length = 1.0
    while length > 1e-7 {
      for index in 0..<system.filters { there.multipliers[index] = here.multipliers[index] + length * step[index] }
      evaluate(&there)
      // Near the end differences of values are rounding, and the gradient tells more.
      if there.value <= here.value + 1e-4 * length * along || there.slope < 0.25 * here.slope {
        swap(&here, &there)
        return true
      }
      if -along <= 1e-15 * abs(here.value) { break }
      length /= 2
    }
    return false
  }

  /// Newton's step from `here`: the solution of a symmetric system with three diagonals.
  ///
  /// `extra` on the diagonal, which shrinks with the gradient, keeps first steps from going far astray.
  private mutating func descend(extra: Double = 0) {
    let count = system.filters
    var carried = 0.0
    for index in 0..<count {
      let factor = index > 0 ? here.off[index - 1] / pivots[index - 1] : 0
      pivots[index] = here.diagonal[index] + extra - (index > 0 ? factor * here.off[index - 1] : 0)
      carried = -here.gradient[index] - factor * carried
      step[index] = carried
    }
    for index in stride(from: count - 1, through: 0, by: -1) {
      let next = index + 1 < count ? here.off[index] * step[index + 1] : 0
      step[index] = (step[index] - next) / pivots[index]
    }
  }

  /// Fills in what follows from the point's multipliers. `countingAll` takes them as 0 and every bin as positive.
  private func evaluate(_ point: inout Point, countingAll: Bool = false) {
    let count = system.filters
    for index in 0..<count {
      if countingAll { point.multipliers[index] = 0 }
      point.gradient[index] = system.damping * point.multipliers[index] - bands[index]
      point.diagonal[index] = system.damping
      point.off[index] = 0
    }
    var value = 0.0
    for segment in system.segments {
      let sums = sums(of: segment, &point, countingAll: countingAll)
      value += 0.5 * sums.squares
      point.gradient[segment.filter] += sums.lower
      point.gradient[segment.filter + 1] += sums.upper
      point.diagonal[segment.filter] += sums.lowerLower
      point.diagonal[segment.filter + 1] += sums.upperUpper
      point.off[segment.filter] += sums.lowerUpper
    }
    var slope = 0.0
    for index in 0..<count {
      let multiplier = point.multipliers[index]
      value += multiplier * (0.5 * system.damping * multiplier - bands[index])
      slope += point.gradient[index] * point.gradient[index]
    }
    point.value = value
    point.slope = slope
  }

  private struct Sums {
    var (squares, lower, upper) = (0.0, 0.0, 0.0)
    var (lowerLower, lowerUpper, upperUpper) = (0.0, 0.0, 0.0)
  }

  @inline(__always)
  private func sums(of segment: MelSystem.Segment, _ point: inout Point, countingAll: Bool) -> Sums {
    let (p, q) = (point.multipliers[segment.filter], point.multipliers[segment.filter + 1])
    return unsafe point.energies.withUnsafeMutableBufferPointer { energies in
      unsafe system.lower.withUnsafeBufferPointer { lower in
        unsafe system.upper.withUnsafeBufferPointer { upper in
          var sums = Sums()
          for place in segment.range {
            let (l, u) = unsafe (lower[place], upper[place])
            let energy = l * p + u * q
            let counts = energy > 0 || countingAll ? 1.0 : 0.0
            let kept = energy > 0 ? energy : 0
            unsafe energies[place] = kept
            sums.squares += kept * kept
            sums.lower += l * kept
            sums.upper += u * kept
            sums.lowerLower += l * l * counts
            sums.lowerUpper += l * u * counts
            sums.upperUpper += u * u * counts
          }
          return sums
        }
      }
    }
  }
}
