import TimbreCore

/// How the neighbours of a point become one.
public enum NeighbourAggregate: String, ParameterValue, Sendable, Hashable, CaseIterable {
  case mean, median, max, min
  /// The mean weighted by the links.
  case average
}

extension Recurrence {
  /// Every point replaced by an aggregate of the points it is linked to: the filter of `librosa.decompose.nn_filter`. Points without
  /// links stay as they are.
  /// - Parameter points: Points × dimensions.
  /// - Throws: A diagnostic when the weights of a point add up to 0.
  public func filtered(_ points: [Float], dimensions: Int, _ aggregate: NeighbourAggregate) throws -> [Float] {
    var result = points
    var sums = [Double](repeating: 0, count: dimensions)
    for (point, row) in links.enumerated() where !row.isEmpty {
      let target = point * dimensions
      switch aggregate {
      case .mean, .average:
        let isWeighted = aggregate == .average
        let total = isWeighted ? row.reduce(0) { $0 + $1.weight } : Double(row.count)
        guard total > 0 else {
          throw Diagnostic(
            .invalidParameters, "the weights of point \(point) add up to 0", help: "raise bandwidth, or use mean")
        }
        for index in 0..<dimensions { sums[index] = 0 }
        unsafe points.withUnsafeBufferPointer { points in
          for link in row {
            let (start, weight) = (link.point * dimensions, isWeighted ? link.weight : 1)
            for index in 0..<dimensions { unsafe sums[index] += weight * Double(points[start + index]) }
          }
        }
        for index in 0..<dimensions { result[target + index] = Float(sums[index] / total) }
      case .max, .min, .median:
        let kind: Aggregation = aggregate == .max ? .max : aggregate == .min ? .min : .median
        for index in 0..<dimensions { result[target + index] = kind(row.map { points[$0.point * dimensions + index] }) }
      }
    }
    return result
  }
}
