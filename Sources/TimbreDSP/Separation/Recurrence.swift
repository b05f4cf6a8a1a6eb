import RealModule
import TimbreCore

/// Which points of a series are linked, named as in `librosa.segment.recurrence_matrix`.
public struct RecurrenceParameters: Sendable, Hashable {
  public enum Metric: String, ParameterValue, Sendable, Hashable, CaseIterable {
    case euclidean, sqeuclidean, manhattan, chebyshev, cosine
  }

  /// What a link weighs: 1, its distance, or exp(−distance / bandwidth).
  public enum Mode: String, ParameterValue, Sendable, Hashable, CaseIterable { case connectivity, distance, affinity }

  /// Nearest neighbours of a point; nil is 2 · ⌈√(points − 2 · width + 1)⌉.
  public var k: Int?
  /// Points closer in the series than this are not linked.
  public var width = 1
  public var metric = Metric.euclidean
  /// Whether only mutual links count.
  public var sym = false
  public var mode = Mode.connectivity
  public var bandwidth = AffinityBandwidth.medKScalar
  /// Whether each point is linked to itself.
  public var includesSelf = false
  /// Whether all links are kept, whatever their number and width.
  public var full = false

  public init() {}
}

/// The links of each point to others, in rising order.
public struct Recurrence: Sendable {
  public struct Link: Sendable {
    public var point: Int
    public var weight: Double
  }

  public var links: [[Link]]

  /// As `librosa.segment.recurrence_matrix`, row by row before its transposition.
  ///
  /// In mode connectivity, librosa sorts links that all weigh 1 and so keeps the first `k` in the order of the series, not the
  /// nearest `k`; so does this.
  /// - Parameter points: Points × dimensions.
  /// - Throws: A diagnostic for too few points, or for a bandwidth that cannot be estimated.
  public init(of points: [Float], dimensions: Int, _ parameters: RecurrenceParameters) throws {
    let count = points.count / dimensions
    let width = parameters.width
    guard width < (count - 1) / 2 else {
      throw Diagnostic(
        .shortAudio, "\(count) points are too few: width (\(width)) must be below \((count - 1) / 2)",
        help: width > 1 ? "lower width" : "use a longer signal or a smaller hop_length")
    }
    let root = Double(count - 2 * width + 1).squareRoot()
    let nearest = parameters.k ?? 2 * Int(root.rounded(.up))
    let isWhole = parameters.full && parameters.mode != .connectivity
    let k = isWhole ? count : nearest
    let distances = DistanceRows(points: points, dimensions: dimensions, parameters.metric)
    let wanted = min(count - 1, k + 2 * width)
    var row = [Double](repeating: 0, count: count)
    var links: [[Link]] = []
    links.reserveCapacity(count)
    for point in 0..<count {
      distances.write(from: point, into: &row)
      var found = nearestLinks(row, to: point, count: wanted)
      if parameters.mode == .connectivity {
        for index in found.indices { found[index].weight = 1 }
      } else {
        // Equal points have a distance of 0, which a sparse matrix does not hold.
        found.removeAll { $0.weight == 0 }
      }
      if !parameters.full {
        found.removeAll { abs($0.point - point) < width }
        if found.count > k {
          if parameters.mode == .connectivity {
            found.removeLast(found.count - k)
          } else {
            found.sort { ($0.weight, $0.point) < ($1.weight, $1.point) }
            found.removeLast(found.count - k)
            found.sort { $0.point < $1.point }
          }
        }
      }
      if parameters.includesSelf, parameters.mode != .distance {
        found.append(Link(point: point, weight: parameters.mode == .connectivity ? 1 : 0))
        found.sort { $0.point < $1.point }
      }
      links.append(found)
    }
    self.links = links
    if parameters.sym { keepMutual() }
    if parameters.mode == .affinity { try weigh(by: parameters.bandwidth, nearest: nearest) }
  }

  private mutating func keepMutual() {
    let targets = links.map { $0.map(\.point) }
    for point in links.indices {
      links[point].removeAll { link in
        // Rows are in rising order.
        var (low, high) = (0, targets[link.point].count)
        while low < high {
          let middle = (low + high) / 2
          if targets[link.point][middle] < point { low = middle + 1 } else { high = middle }
        }
        return low == targets[link.point].count || targets[link.point][low] != point
      }
    }
  }
}

/// The `count` nearest other points, in the order of the series.
private func nearestLinks(_ distances: [Double], to point: Int, count: Int) -> [Recurrence.Link] {
  var others = distances
  others.remove(at: point)
  guard count < others.count else {
    return distances.indices.filter { $0 != point }.map { Recurrence.Link(point: $0, weight: distances[$0]) }
  }
  let limit = select(count - 1, of: &others)
  var equal = count
  for other in others where other < limit { equal -= 1 }
  var result: [Recurrence.Link] = []
  result.reserveCapacity(count)
  for (other, distance) in distances.enumerated() where other != point && distance <= limit {
    if distance == limit {
      if equal == 0 { continue }
      equal -= 1
    }
    result.append(Recurrence.Link(point: other, weight: distance))
  }
  return result
}

/// Distances from one point to all.
private struct DistanceRows {
  private let points: [SIMD4<Double>]
  /// Vectors of one point; the last is filled up with zeros.
  private let vectors: Int
  private let count: Int
  private let metric: RecurrenceParameters.Metric

  init(points: [Float], dimensions: Int, _ metric: RecurrenceParameters.Metric) {
    count = points.count / dimensions
    vectors = (dimensions + 3) / 4
    self.metric = metric
    var stored = [SIMD4<Double>](repeating: SIMD4(repeating: 0), count: count * vectors)
    for point in 0..<count {
      let values = points[point * dimensions..<(point + 1) * dimensions]
      var scale = 1.0
      if metric == .cosine {
        let length = values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        scale = length > 0 ? 1 / length : 1
      }
      for (index, value) in values.enumerated() {
        stored[point * vectors + index / 4][index % 4] = Double(value) * scale
      }
    }
    self.points = stored
  }

  func write(from point: Int, into row: inout [Double]) {
    switch metric {
    case .euclidean: fill(&row, point, { $0 + ($1 - $2) * ($1 - $2) }, { $0.sum().squareRoot() })
    case .sqeuclidean: fill(&row, point, { $0 + ($1 - $2) * ($1 - $2) }, { $0.sum() })
    case .manhattan: fill(&row, point, { $0 + magnitudes($1 - $2) }, { $0.sum() })
    case .chebyshev:
      fill(
        &row, point,
        { best, x, y in
          let next = magnitudes(x - y)
          return best.replacing(with: next, where: next .> best)
        }, { $0.max() })
    case .cosine: fill(&row, point, { $0 + $1 * $2 }, { min(2, max(0, 1 - $0.sum())) })
    }
  }

  @inline(__always)
  private func fill(
    _ row: inout [Double], _ point: Int, _ step: (SIMD4<Double>, SIMD4<Double>, SIMD4<Double>) -> SIMD4<Double>,
    _ finish: (SIMD4<Double>) -> Double
  ) {
    unsafe points.withUnsafeBufferPointer { points in
      unsafe row.withUnsafeMutableBufferPointer { row in
        for other in 0..<count {
          var lanes = SIMD4<Double>(repeating: 0)
          for index in 0..<vectors {
            lanes = unsafe step(lanes, points[point * vectors + index], points[other * vectors + index])
          }
          unsafe row[other] = finish(lanes)
        }
      }
    }
  }
}

@inline(__always)
private func magnitudes(_ x: SIMD4<Double>) -> SIMD4<Double> { x.replacing(with: -x, where: x .< 0) }
