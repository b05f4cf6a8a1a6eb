import RealModule

/// Least-squares polynomials over the bins of a spectrum, as `np.polyfit` fits them: columns scaled to unit length, and
/// directions whose singular value is below `bins` · ε of the largest left out.
struct PolynomialFit: Sendable {
  let order: Int
  private let bins: Int
  /// (order + 1) × bins: coefficients from values, highest power first.
  private let weights: [Double]

  private struct Key: Hashable { var order: Int, bins: Int, width: Double }
  private static let cache = Cache<Key, PolynomialFit>(limit: 32)

  /// - Parameter width: The distance between bins, in the unit that the polynomial is of.
  static func of(order: Int, bins: Int, width: Double) -> PolynomialFit {
    cache.value(for: Key(order: order, bins: bins, width: width)) {
      PolynomialFit(order: order, bins: bins, width: width)
    }
  }

  private init(order: Int, bins: Int, width: Double) {
    self.order = order
    self.bins = bins
    let count = order + 1
    let highest = Double(max(1, bins - 1))
    // Powers of places within 0…1, which no order takes out of the range of numbers.
    var columns = (0..<count).map { column in
      (0..<bins).map { Double.pow(Double($0) / highest, order - column) }
    }
    var scales: [Double] = []
    for column in 0..<count {
      let length = dot(columns[column], columns[column]).squareRoot()
      scales.append(length * Double.pow(highest * width, order - column))
      columns[column] = columns[column].map { $0 / length }
    }
    let (basis, triangle) = orthogonalised(columns)
    let inverse = pseudoInverse(triangle, tolerance: Double(bins) * .ulpOfOne)
    var weights = [Double](repeating: 0, count: count * bins)
    for row in 0..<count {
      for (index, direction) in basis.enumerated() {
        let factor = inverse[row][index] / scales[row]
        for bin in 0..<bins { weights[row * bins + bin] += factor * direction[bin] }
      }
    }
    self.weights = weights
  }

  /// Frames × (order + 1).
  func apply(to source: Spectrogram) -> [Float] {
    precondition(source.bins == bins, "a fit over \(bins) bins")
    let count = order + 1
    var result = [Float](repeating: 0, count: source.frames * count)
    unsafe source.values.withUnsafeBufferPointer { values in
      unsafe weights.withUnsafeBufferPointer { weights in
        guard let values = values.baseAddress, let weights = weights.baseAddress else { return }
        for frame in 0..<source.frames {
          for row in 0..<count {
            let sum = unsafe mixedDot(values + frame * source.stride, weights + row * bins, count: bins)
            result[frame * count + row] = Float(sum)
          }
        }
      }
    }
    return result
  }
}

extension Spectrogram {
  /// The coefficients, highest power first, of the polynomial in Hz that lies closest to each frame: frames × (order + 1), as
  /// `librosa.feature.poly_features`.
  /// - Parameter width: Hz from one bin to the next.
  public func polynomials(order: Int, width: Double) -> [Float] {
    PolynomialFit.of(order: order, bins: bins, width: width).apply(to: self)
  }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

private func mixedDot(_ x: UnsafePointer<Float>, _ w: UnsafePointer<Double>, count: Int) -> Double {
  var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
  var index = 0
  while index + 4 <= count {
    a += unsafe Double(x[index]) * w[index]
    b += unsafe Double(x[index + 1]) * w[index + 1]
    c += unsafe Double(x[index + 2]) * w[index + 2]
    d += unsafe Double(x[index + 3]) * w[index + 3]
    index += 4
  }
  while index < count {
    a += unsafe Double(x[index]) * w[index]
    index += 1
  }
  return (a + b) + (c + d)
}

/// Q, as columns, and R, as columns, of columns = Q · R: Gram and Schmidt's way, every column cleared twice, which leaves Q
/// orthogonal to the last bits. Columns that hold nothing new have none in Q.
private func orthogonalised(_ columns: [[Double]]) -> (basis: [[Double]], triangle: [[Double]]) {
  var basis: [[Double]] = []
  var triangle: [[Double]] = []
  for column in columns {
    var rest = column
    var parts = [Double](repeating: 0, count: basis.count)
    for _ in 0..<2 {
      for (index, direction) in basis.enumerated() {
        let part = dot(direction, rest)
        parts[index] += part
        for place in rest.indices { rest[place] -= part * direction[place] }
      }
    }
    if basis.count < column.count, let direction = newDirection(rest, beside: basis) {
      parts.append(dot(direction, rest))
      basis.append(direction)
    }
    triangle.append(parts)
  }
  return (basis, triangle.map { $0 + [Double](repeating: 0, count: basis.count - $0.count) })
}

/// What a cleared column points to besides the basis, at unit length; nil where only rounding is left of it, which would point
/// back into the basis once it is enlarged.
private func newDirection(_ rest: [Double], beside basis: [[Double]]) -> [Double]? {
  var direction = rest
  for _ in 0..<4 {
    let length = dot(direction, direction).squareRoot()
    guard length > 1e-300 else { return nil }
    direction = direction.map { $0 / length }
    for other in basis {
      let part = dot(other, direction)
      for place in direction.indices { direction[place] -= part * other[place] }
    }
    if dot(direction, direction) > 0.9 { return direction }
  }
  return nil
}

/// The pseudo-inverse of a small matrix given by its columns, itself given by rows, as many as there are columns.
///
/// One-sided Jacobi: pairs of columns are rotated until all are orthogonal; their lengths are the singular values then.
private func pseudoInverse(_ columns: [[Double]], tolerance: Double) -> [[Double]] {
  let count = columns.count
  var left = columns
  var right = (0..<count).map { index in (0..<count).map { $0 == index ? 1.0 : 0 } }
  var isDone = false
  for _ in 0..<60 where !isDone {
    isDone = true
    for p in 0..<count {
      for q in p + 1..<max(count, p + 1) {
        let (a, b, c) = (dot(left[p], left[p]), dot(left[q], left[q]), dot(left[p], left[q]))
        if abs(c) <= 1e-16 * (a * b).squareRoot() { continue }
        isDone = false
        let zeta = (b - a) / (2 * c)
        let t = (zeta < 0 ? -1 : 1) / (abs(zeta) + (1 + zeta * zeta).squareRoot())
        let cosine = 1 / (1 + t * t).squareRoot()
        rotate(&left, p, q, cosine, t * cosine)
        rotate(&right, p, q, cosine, t * cosine)
      }
    }
  }
  let squares = left.map { dot($0, $0) }
  let least = tolerance * (squares.max() ?? 0).squareRoot()
  let rows = columns.first?.count ?? 0
  var inverse = [[Double]](repeating: [Double](repeating: 0, count: rows), count: count)
  for index in 0..<count where squares[index].squareRoot() > least {
    for row in 0..<count {
      let factor = right[index][row] / squares[index]
      for place in 0..<rows { inverse[row][place] += factor * left[index][place] }
    }
  }
  return inverse
}

private func rotate(_ columns: inout [[Double]], _ p: Int, _ q: Int, _ cosine: Double, _ sine: Double) {
  for place in columns[p].indices {
    let (x, y) = (columns[p][place], columns[q][place])
    columns[p][place] = cosine * x - sine * y
    columns[q][place] = sine * x + cosine * y
  }
}
