import RealModule
import TimbreCore

/// Log probabilities of a step from one pitch bin to another, within voiced or unvoiced frames and across: the product of
/// `librosa.sequence.transition_loop` and `transition_local` with a triangle, of which only the band around the diagonal is held.
package final class PitchTransitions: Sendable {
  package struct Key: Hashable {
    package var bins: Int
    /// Bins that the triangle spans.
    package var width: Int
    package var switchProb: Double

    package init(bins: Int, width: Int, switchProb: Double) {
      self.bins = bins
      self.width = width
      self.switchProb = switchProb
    }
  }

  let bins: Int
  /// How far the band reaches to either side; beyond, the probability is 0.
  package let reach: Int
  /// Values of a row: the band, then fillers up to whole vectors.
  let stride: Int
  /// The row of each destination in `same` and `cross`: from `reach` bins below it up to `reach` above it.
  package let rows: [Int]
  package let same: [Double]
  package let cross: [Double]
  /// No step along the diagonal is less probable than this, none at all more probable than `greatest`.
  let leastDiagonal: Double
  let greatest: Double

  /// The logarithm of probability 0, which librosa keeps finite: of the least normal number.
  package static let never = Double.log(.leastNormalMagnitude)

  private static let cache = Cache<Key, PitchTransitions>(limit: 2)
  package static func of(_ key: Key) throws -> PitchTransitions {
    let limit = 1 << 24
    guard key.bins <= limit / (key.width + 10) else {
      throw Diagnostic(
        .invalidParameters, "\(key.bins) pitch bins with steps of up to \(key.width / 2) bins are too many",
        help: "raise resolution, lower max_transition_rate, or narrow fmin to fmax")
    }
    return cache.value(for: key) { PitchTransitions(key) }
  }

  private init(_ key: Key) {
    let (bins, width) = (key.bins, key.width)
    let reach = width / 2
    self.bins = bins
    self.reach = reach
    let stride = (2 * reach + 1 + 7) / 8 * 8
    self.stride = stride
    // As librosa places the window in a row and turns it; an even width leans to one side.
    let window = (0..<width).map { index in
      let nearest = Double(min(index, width - 1 - index))
      return width.isMultiple(of: 2) ? (2 * nearest + 1) / Double(width) : 2 * (nearest + 1) / Double(width + 1)
    }
    /// Which value of the window a step has; `width` where it has none.
    func windowIndex(from source: Int, to target: Int) -> Int {
      guard abs(target - source) <= reach else { return width }
      let turned = (target - source - bins / 2 - 1) % bins
      let index = (turned < 0 ? turned + bins : turned) - (bins - width) / 2
      return window.indices.contains(index) ? index : width
    }
    let stay = 1 - key.switchProb
    let leave = 1 - stay
    // Rows with one sum have the same values: few logarithms are needed.
    var known: [Double: Int] = [:]
    var tables: [(same: [Double], cross: [Double])] = []
    let kinds = (0..<bins).map { source in
      let band = max(0, source - reach)..<min(bins, source + reach + 1)
      let sum = pairwiseSum(0..<bins, over: band) { target in
        let place = windowIndex(from: source, to: target)
        return place < width ? window[place] : 0
      }
      if let kind = known[sum] { return kind }
      let shares = window.map { $0 / sum } + [0]
      tables.append(
        (
          shares.map { .log(stay * $0 + .leastNormalMagnitude) },
          shares.map { .log(leave * $0 + .leastNormalMagnitude) }
        ))
      known[sum] = tables.count - 1
      return tables.count - 1
    }
    var rows: [Int] = []
    var (same, cross): ([Double], [Double]) = ([], [])
    var patterns: [ArraySlice<Int>: Int] = [:]
    var (leastDiagonal, greatest) = (Double.infinity, -Double.infinity)
    for target in 0..<bins {
      let isWhole = target >= width && target + width < bins
      let pattern = kinds[max(0, target - reach)..<min(bins, target + reach + 1)]
      if isWhole, let row = patterns[pattern] {
        rows.append(row)
        continue
      }
      let row = same.count
      for source in target - reach..<target - reach + stride {
        guard (0..<bins).contains(source), source <= target + reach else {
          same.append(-.infinity)
          cross.append(-.infinity)
          continue
        }
        let table = tables[kinds[source]]
        let place = windowIndex(from: source, to: target)
        same.append(table.same[place])
        cross.append(table.cross[place])
      }
      leastDiagonal = min(leastDiagonal, same[row + reach], cross[row + reach])
      for index in row..<row + stride { greatest = max(greatest, same[index], cross[index]) }
      if isWhole { patterns[pattern] = row }
      rows.append(row)
    }
    self.rows = rows
    self.same = same
    self.cross = cross
    self.leastDiagonal = leastDiagonal
    self.greatest = greatest
  }
}
