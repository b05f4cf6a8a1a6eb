import TimbreCore

/// How several values become one, as the callables of NumPy that librosa's `aggregate` takes.
public enum Aggregation: String, ParameterValue, Sendable, Hashable, CaseIterable {
  case mean, median, max, min

  /// `values` must not be empty. Sums are in single precision, as NumPy's of a float32 array.
  func callAsFunction(_ values: UnsafeBufferPointer<Float>) -> Float {
    switch self {
    case .mean: unsafe sum(values) / Float(values.count)
    case .median: unsafe TimbreDSP.median(Array(values))
    case .max: unsafe values.reduce(-.infinity) { Swift.max($0, $1) }
    case .min: unsafe values.reduce(.infinity) { Swift.min($0, $1) }
    }
  }

  /// The same of an array; 0 for an empty one.
  public func callAsFunction(_ values: [Float]) -> Float {
    if values.isEmpty { return 0 }
    return unsafe values.withUnsafeBufferPointer { unsafe self($0) }
  }
}

private func sum(_ values: UnsafeBufferPointer<Float>) -> Float {
  let raw = UnsafeRawBufferPointer(values)
  var lanes = SIMD8<Float>(repeating: 0)
  var index = 0
  while index + 8 <= values.count {
    lanes += unsafe raw.loadUnaligned(fromByteOffset: 4 * index, as: SIMD8<Float>.self)
    index += 8
  }
  var total = lanes.sum()
  while index < values.count {
    total += unsafe values[index]
    index += 1
  }
  return total
}

/// The largest value, or the largest magnitude; −∞ or 0 of nothing.
func largest(_ values: some Collection<Float>, ofMagnitudes: Bool) -> Float {
  let found = values.withContiguousStorageIfAvailable { values in
    let raw = UnsafeRawBufferPointer(values)
    var lanes = SIMD8<Float>(repeating: ofMagnitudes ? 0 : -.infinity)
    var index = 0
    while index + 8 <= values.count {
      let next = unsafe raw.loadUnaligned(fromByteOffset: 4 * index, as: SIMD8<Float>.self)
      lanes.replace(with: next, where: next .> lanes)
      if ofMagnitudes { lanes.replace(with: -next, where: -next .> lanes) }
      index += 8
    }
    var top = lanes.max()
    while index < values.count {
      top = unsafe max(top, ofMagnitudes ? abs(values[index]) : values[index])
      index += 1
    }
    return top
  }
  return found ?? values.reduce(ofMagnitudes ? 0 : -.infinity) { max($0, ofMagnitudes ? abs($1) : $1) }
}
