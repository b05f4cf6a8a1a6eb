/// Burg's method: the coefficients a₁ … aₘ that predict a sample from the m before it with the least error forward and backward.
///
/// One object serves frames of up to one length, one after the other.
@safe final class BurgPrediction {
  private(set) var coefficients: [Double]
  private var previous: [Double]
  private let capacity: Int
  /// Errors of predicting a sample from those after it; and one further, from those before it.
  private let forward: AlignedBuffer<Double>
  private let backward: AlignedBuffer<Double>

  init(order: Int, length: Int) {
    coefficients = [Double](repeating: 0, count: order)
    previous = coefficients
    capacity = length
    forward = AlignedBuffer(count: length + 8, filledWith: 0)
    backward = AlignedBuffer(count: length + 8, filledWith: 0)
  }

  /// Predicts the samples of `range` × the beginning of `window`. All coefficients are 0 where there is no sound.
  func predict(_ samples: [Double], _ range: Range<Int>, window: [Double]) {
    let length = range.count
    precondition(window.count == capacity && length <= capacity && range.upperBound <= samples.count)
    let (f, b) = unsafe (forward.pointer, backward.pointer)
    for index in coefficients.indices { coefficients[index] = 0 }
    for index in 0..<length {
      let value = samples[range.lowerBound + index] * window[index]
      unsafe f[index] = value
      if index > 0 { unsafe b[index - 1] = value }
    }
    var reflection = 0.0
    for order in coefficients.indices {
      let count = length - 1 - order
      guard count > 0 else { return }
      let (product, energy) = unsafe burgStep(f, b, count: count, reflection: reflection, isFirst: order == 0)
      guard energy > 0 else { return }
      reflection = 2 * product / energy
      coefficients[order] = reflection
      for index in 0..<order { coefficients[index] = previous[index] - reflection * previous[order - 1 - index] }
      for index in 0...order { previous[index] = coefficients[index] }
    }
  }
}

/// Takes what the last reflection explains out of both errors, and returns Σ f·b and Σ f² + b² of what is left.
private func burgStep(
  _ f: UnsafeMutablePointer<Double>, _ b: UnsafeMutablePointer<Double>, count: Int, reflection k: Double, isFirst: Bool
) -> (product: Double, energy: Double) {
  typealias Lanes = SIMD4<Double>
  let (x, y) = (UnsafeMutableRawPointer(f), UnsafeMutableRawPointer(b))
  var (products, energies) = (Lanes.zero, Lanes.zero)
  var index = 0
  while index + 4 <= count {
    var u = unsafe x.loadUnaligned(fromByteOffset: 8 * index, as: Lanes.self)
    var v = unsafe y.loadUnaligned(fromByteOffset: 8 * index, as: Lanes.self)
    if !isFirst {
      let ahead = unsafe x.loadUnaligned(fromByteOffset: 8 * index + 8, as: Lanes.self)
      let next = unsafe y.loadUnaligned(fromByteOffset: 8 * index + 8, as: Lanes.self)
      u -= k * v
      v = next - k * ahead
      unsafe x.storeBytes(of: u, toByteOffset: 8 * index, as: Lanes.self)
      unsafe y.storeBytes(of: v, toByteOffset: 8 * index, as: Lanes.self)
    }
    products += u * v
    energies += u * u + v * v
    index += 4
  }
  var (product, energy) = (products.sum(), energies.sum())
  while index < count {
    if !isFirst {
      let u = unsafe f[index] - k * b[index]
      let v = unsafe b[index + 1] - k * f[index + 1]
      unsafe (f[index], b[index]) = (u, v)
    }
    let (u, v) = unsafe (f[index], b[index])
    product += u * v
    energy += u * u + v * v
    index += 1
  }
  return (product, energy)
}
