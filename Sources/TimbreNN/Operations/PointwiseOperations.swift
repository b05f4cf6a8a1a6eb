import TimbreCore

/// An activation function as a layer of its own.
final class Pointwise: Operation {
  private let function: Layer.Activation

  init(_ input: Values, _ output: Values, _ function: Layer.Activation) {
    self.function = function
    super.init(input, output)
  }

  override class var goesBySample: Bool { true }

  override func forward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    let target = output.rows(slice)
    target.copy(input.rows(slice))
    function.apply(to: target, channels: input.shape.channels, bias: nil)
  }

  override func backward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    guard let inputGradient = input.gradient, let gradient = output.gradient else { return }
    let first = slice.first * input.shape.count
    let count = slice.count * input.shape.count
    function.backward(
      gradient.from(first, count), values: output.rows(slice), channels: input.shape.channels,
      into: inputGradient.from(first, count), sums: nil)
  }
}

/// Sets a share of the numbers to zero in training and scales the rest by 1 / (1 − rate).
///
/// Whether a number stays depends on its place alone, never on the order of work. With `mix` the output function of SplitMix64
/// after its increment,
/// ```
/// key  = mix(mix(mix(seed ^ fnv1a(layer's name)) ^ step) ^ sample's index in the batch)
/// kept = (mix(key + index within the sample) >> 40) ≥ rate · 2²⁴
/// ```
/// where steps count from 0 over all epochs and arithmetic wraps at 64 bits.
final class Masking: Operation {
  private let name: UInt64
  private let threshold: Int32
  private let scale: Float

  init(_ input: Values, _ output: Values, name: String, rate: Double) {
    self.name = stableHash(name)
    threshold = Int32((rate * 0x1p24).rounded(.up))
    scale = Float(1 / (1 - rate))
    super.init(input, output)
  }

  override class var goesBySample: Bool { true }

  private static func mix(_ state: UInt64) -> UInt64 { mix(SIMD8(repeating: state))[0] }

  @inline(__always)
  private static func mix(_ states: SIMD8<UInt64>) -> SIMD8<UInt64> {
    var z = states &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z &>> 31)
  }

  private func apply(_ source: Floats, _ target: Floats, _ slice: Slice, _ pass: Pass) {
    let count = input.shape.count
    // As a vector: the compiler makes a loop over the lanes of a comparison with a number.
    let thresholds = SIMD8(repeating: threshold)
    for sample in slice.first..<slice.first + slice.count {
      let key = Self.mix(Self.mix(Self.mix(pass.seed ^ name) ^ UInt64(pass.step)) ^ UInt64(sample))
      for index in stride(from: 0, to: count, by: 8) {
        let draws = Self.mix(SIMD8(0, 1, 2, 3, 4, 5, 6, 7) &+ (key &+ UInt64(index))) &>> 40
        let isDropped = SIMD8<Int32>(truncatingIfNeeded: draws) .< thresholds
        let (place, lanes) = (sample * count + index, Swift.min(8, count - index))
        let scaled = source.load8(place, lanes: lanes) * scale
        target.store8(place, scaled.replacing(with: 0, where: isDropped), lanes: lanes)
      }
    }
  }

  override func forward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    if pass.isTraining {
      apply(input.values, output.values, slice, pass)
    } else {
      output.rows(slice).copy(input.rows(slice))
    }
  }

  override func backward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    guard let inputGradient = input.gradient, let gradient = output.gradient else { return }
    apply(gradient, inputGradient, slice, pass)
  }
}
