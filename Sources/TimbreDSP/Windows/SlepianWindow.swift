import RealModule

extension WindowDesigns {
  /// The sequence of `count` values with the most energy within ±halfBandwidth / count cycles a sample, its largest value near 1:
  /// `scipy.signal.windows.dpss` with its "approximate" norm.
  ///
  /// It is the eigenvector of the largest eigenvalue of a tridiagonal matrix (Percival and Walden, 1993).
  static func slepian(halfBandwidth: Double, count: Int) -> [Double] {
    let cosine = Double.cos(2 * .pi * halfBandwidth / Double(count))
    let diagonal = (0..<count).map { index in
      let place = Double(count - 1 - 2 * index) / 2
      return place * place * cosine
    }
    let beside = (1..<count).map { Double($0) * Double(count - $0) / 2 }
    let eigenvalue = largestEigenvalue(diagonal, beside)
    // Inverse iteration: two solutions of the shifted system turn any start into the eigenvector; a third polishes it.
    var vector = [Double](repeating: 1, count: count)
    for _ in 0..<4 {
      vector = solution(diagonal.map { $0 - eigenvalue }, beside, vector)
      let largest = vector.reduce(0) { max($0, abs($1)) }
      vector = vector.map { $0 / largest }
    }
    let sign: Double = vector.reduce(0, +) < 0 ? -1 : 1
    let largest = vector.reduce(-.infinity) { max($0, sign * $1) }
    let length = Double(count)
    let correction = count.isMultiple(of: 2) ? length * length / (length * length + halfBandwidth) : 1
    return vector.map { sign * $0 / largest * correction }
  }

  /// By halving the interval: the signs of the pivots of a shifted matrix tell how many eigenvalues lie below the shift.
  private static func largestEigenvalue(_ diagonal: [Double], _ beside: [Double]) -> Double {
    var high = -Double.infinity
    var low = -Double.infinity
    for index in diagonal.indices {
      let left = index > 0 ? beside[index - 1] : 0
      let right = index < beside.count ? beside[index] : 0
      high = max(high, diagonal[index] + left + right)
      low = max(low, diagonal[index])
    }
    for _ in 0..<200 {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { break }
      if isAbove(middle, diagonal, beside) { high = middle } else { low = middle }
    }
    return high
  }

  /// Whether every eigenvalue lies below `shift`.
  private static func isAbove(_ shift: Double, _ diagonal: [Double], _ beside: [Double]) -> Bool {
    var pivot = diagonal[0] - shift
    if pivot >= 0 { return false }
    for index in beside.indices {
      pivot = diagonal[index + 1] - shift - beside[index] * beside[index] / pivot
      if pivot >= 0 { return false }
    }
    return true
  }

  /// The solution of a symmetric tridiagonal system, by elimination with exchange of rows.
  private static func solution(_ diagonal: [Double], _ beside: [Double], _ right: [Double]) -> [Double] {
    let count = diagonal.count
    var (main, upper, second) = (diagonal, beside + [0], [Double](repeating: 0, count: count))
    var result = right
    for index in 0..<count - 1 {
      var (below, next, after) = (beside[index], main[index + 1], upper[index + 1])
      var skip = 0.0
      if abs(below) > abs(main[index]) {
        // The row below goes first.
        (main[index], below) = (below, main[index])
        (upper[index], next) = (next, upper[index])
        (second[index], skip) = (after, 0)
        after = skip
        result.swapAt(index, index + 1)
      }
      let factor = below / main[index]
      main[index + 1] = next - factor * upper[index]
      upper[index + 1] = after - factor * second[index]
      result[index + 1] -= factor * result[index]
    }
    let tiny = Double.leastNormalMagnitude * 0x1p60
    for index in (0..<count).reversed() {
      var value = result[index]
      if index + 1 < count { value -= upper[index] * result[index + 1] }
      if index + 2 < count { value -= second[index] * result[index + 2] }
      let pivot = main[index]
      result[index] = value / (abs(pivot) < tiny ? tiny : pivot)
    }
    return result
  }
}
