import TimbreCore

/// How a signal goes on beyond its ends, as `numpy.pad` has it; these are the modes that librosa's STFT allows.
public enum PadMode: String, ParameterValue, Sendable, Hashable, CaseIterable {
  case constant, edge
  case linearRamp = "linear_ramp"
  case reflect, symmetric
}

/// All modes of `numpy.pad` that depend on nothing but the signal.
public enum WidePadMode: String, ParameterValue, Sendable, Hashable, CaseIterable {
  case constant, edge
  case linearRamp = "linear_ramp"
  case maximum, mean, median, minimum, reflect, symmetric, wrap
}

extension PadMode {
  var wide: WidePadMode {
    switch self {
    case .constant: .constant
    case .edge: .edge
    case .linearRamp: .linearRamp
    case .reflect: .reflect
    case .symmetric: .symmetric
    }
  }
}

/// `samples` with `left` and `right` more samples at its ends. `samples` must not be empty.
public func padded(_ samples: some RandomAccessCollection<Float>, left: Int, right: Int, _ mode: WidePadMode) -> [Float]
{
  let signal = Array(samples)
  var result = [Float](repeating: 0, count: left + signal.count + right)
  result.replaceSubrange(left..<left + signal.count, with: signal)
  func fill(_ value: (Int) -> Float) {
    for index in 0..<left { result[index] = value(index - left) }
    for index in 0..<right { result[left + signal.count + index] = value(signal.count + index) }
  }
  let count = signal.count
  guard let first = signal.first, let last = signal.last else { return result }
  switch mode {
  case .constant: break
  case .edge: fill { $0 < 0 ? first : last }
  case .linearRamp:
    fill { index in
      if index < 0 { return Float(Double(first) / Double(left) * Double(index + left)) }
      return Float(Double(last) / Double(right) * Double(right - 1 - (index - count)))
    }
  case .maximum:
    let value = signal.max() ?? 0
    fill { _ in value }
  case .minimum:
    let value = signal.min() ?? 0
    fill { _ in value }
  case .mean:
    let value = Float(signal.reduce(0.0) { $0 + Double($1) } / Double(count))
    fill { _ in value }
  case .median:
    let value = median(signal)
    fill { _ in value }
  case .wrap: fill { signal[positiveRemainder($0, count)] }
  case .symmetric:
    fill { index in
      let place = positiveRemainder(index, 2 * count)
      return signal[place < count ? place : 2 * count - 1 - place]
    }
  case .reflect:
    fill { index in
      guard count > 1 else { return first }
      let place = positiveRemainder(index, 2 * (count - 1))
      return signal[place < count ? place : 2 * (count - 1) - place]
    }
  }
  return result
}

private func positiveRemainder(_ value: Int, _ divisor: Int) -> Int {
  let remainder = value % divisor
  return remainder < 0 ? remainder + divisor : remainder
}

/// The middle value, or the mean of the two middle ones. `values` must not be empty.
func median(_ values: [Float]) -> Float {
  var values = values
  let middle = values.count / 2
  let upper = select(middle, of: &values)
  if !values.count.isMultiple(of: 2) { return upper }
  return ((values[..<middle].max() ?? upper) + upper) / 2
}
