import RealModule
import TimbreCore

/// Which values of a matrix share a norm.
public enum NormAxis: String, ParameterValue, Sendable, Hashable, CaseIterable {
  /// The bins of each frame; librosa's axis 0.
  case bins
  /// The frames of each bin; librosa's axis 1.
  case frames
  case all
}

/// A matrix whose frames, bins, or all values are divided by their norm: `librosa.util.normalize`.
/// - Parameters:
///   - values: Frames × bins.
///   - threshold: Norms below it count as too small to divide by.
///   - fill: What becomes of such values: nil leaves them, false makes them 0, true gives them the norm 1 with equal values.
/// - Throws: A diagnostic when a quotient leaves the range of single precision.
public func normalised(
  _ values: [Float], bins: Int, _ norm: VectorNorm, along axis: NormAxis, threshold: Double, fill: Bool?
) throws -> [Float] {
  if norm == .none { return values }
  let frames = values.count / bins
  let lengths = lengths(of: values, bins: bins, norm, along: axis)
  var filled = [Bool](repeating: false, count: lengths.count)
  var divisors = lengths
  for index in lengths.indices where lengths[index] < threshold {
    divisors[index] = fill == nil ? 1 : .infinity
    filled[index] = fill == true
  }
  let factors = divisors.map { 1 / $0 }
  var result = [Float](repeating: 0, count: values.count)
  var isFinite = true
  unsafe values.withUnsafeBufferPointer { values in
    unsafe result.withUnsafeMutableBufferPointer { result in
      unsafe factors.withUnsafeBufferPointer { factors in
        for frame in 0..<frames {
          let start = frame * bins
          if axis == .frames {
            for bin in 0..<bins { unsafe result[start + bin] = Float(Double(values[start + bin]) * factors[bin]) }
          } else {
            let factor = unsafe factors[axis == .all ? 0 : frame]
            // Single precision is faster, but does not hold the factors of very quiet and very loud frames.
            if factor > 1e-30, factor < 1e30 {
              let factor = Float(factor)
              for bin in 0..<bins { unsafe result[start + bin] = values[start + bin] * factor }
            } else {
              for bin in 0..<bins { unsafe result[start + bin] = Float(Double(values[start + bin]) * factor) }
            }
          }
        }
      }
      // No value is above any other norm.
      guard norm == .negativeInfinity else { return }
      for index in 0..<result.count where unsafe !result[index].isFinite { isFinite = false }
    }
  }
  guard isFinite else {
    throw Diagnostic(
      .notFinite, "a norm is so small that values divided by it leave the range of single precision",
      help: "raise threshold, or use another norm")
  }
  if filled.contains(true) {
    let count = axis == .bins ? bins : axis == .frames ? frames : values.count
    let value: Float = if case .power(let p) = norm { Float(Double.pow(Double(count), -1 / p)) } else { 1 }
    for index in result.indices {
      let group = axis == .bins ? index / bins : axis == .frames ? index % bins : 0
      if filled[group] { result[index] = value }
    }
  }
  return result
}

private func lengths(of values: [Float], bins: Int, _ norm: VectorNorm, along axis: NormAxis) -> [Double] {
  let frames = values.count / bins
  func length(_ range: Range<Int>) -> Double {
    if norm == .infinity { return Double(largest(values[range], ofMagnitudes: true)) }
    return norm.rawLength(of: values[range].lazy.map(Double.init))
  }
  switch axis {
  case .bins: return (0..<frames).map { length($0 * bins..<($0 + 1) * bins) }
  case .all: return [length(0..<values.count)]
  case .frames:
    guard norm == .infinity || norm == .power(2) else {
      return (0..<bins).map { bin in
        norm.rawLength(of: stride(from: bin, to: values.count, by: bins).lazy.map { Double(values[$0]) })
      }
    }
    // These two are common, and go through memory in order.
    var sums = [Double](repeating: 0, count: bins)
    unsafe values.withUnsafeBufferPointer { values in
      for frame in 0..<frames {
        for bin in 0..<bins {
          let value = unsafe Double(values[frame * bins + bin])
          sums[bin] = norm == .infinity ? max(sums[bin], abs(value)) : sums[bin] + value * value
        }
      }
    }
    return norm == .infinity ? sums : sums.map { $0.squareRoot() }
  }
}
