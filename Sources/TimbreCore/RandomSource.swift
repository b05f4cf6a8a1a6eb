import RealModule

/// The generator of all randomness: xoshiro256** (Blackman and Vigna, 2018), seeded through SplitMix64.
///
/// Equal seeds give equal numbers on every machine; nothing here depends on time, threads or addresses.
public struct RandomSource: RandomNumberGenerator, Sendable {
  @usableFromInline var state: (UInt64, UInt64, UInt64, UInt64)

  /// A generator for one purpose: a seed and the names that set the purpose apart (a clip, a view).
  public init(seed: UInt64, _ names: String...) {
    var mixed = seed
    for name in names { mixed = Self.splitMix(&mixed) ^ stableHash(name) }
    state = (Self.splitMix(&mixed), Self.splitMix(&mixed), Self.splitMix(&mixed), Self.splitMix(&mixed))
  }

  private static func splitMix(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  @inlinable
  public mutating func next() -> UInt64 { Self.step(&state.0, &state.1, &state.2, &state.3) }

  @inlinable @inline(__always)
  static func step(_ a: inout UInt64, _ b: inout UInt64, _ c: inout UInt64, _ d: inout UInt64) -> UInt64 {
    let product = b &* 5
    let result = ((product << 7) | (product >> 57)) &* 9
    let shifted = b << 17
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = (d << 45) | (d >> 19)
    return result
  }

  /// Uniform in [0, 1), 53 bits.
  @inlinable
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  @inlinable
  public mutating func uniform(_ lower: Double, _ upper: Double) -> Double { lower + (upper - lower) * uniform() }

  /// Uniform in 0 ..< count, without bias.
  public mutating func index(below count: Int) -> Int { Int.random(in: 0..<count, using: &self) }

  /// Standard normal, by Marsaglia and Tsang's ziggurat (2000), with as many bits as Doornik's variant (2005): a layer by seven random
  /// bits, a place in it by 53 others, so that nearly every number costs one step of the generator.
  @inlinable
  public mutating func normal() -> Double {
    while true {
      let bits = next()
      let place = 2 * (Double(bits >> 11) * 0x1p-53) - 1
      let layer = Int(bits & 127)
      if abs(place) < Ziggurat.shared.ratios[layer] { return place * Ziggurat.shared.edges[layer] }
      if let value = beyondLayer(layer, place) { return value }
    }
  }

  /// Adds `scale` times a standard normal number, the next of `normal()`, to each of `values`, in double precision.
  ///
  /// The state and the tables' addresses stay in registers: a step of the generator takes three cycles, and all else of a number does not
  /// wait for the one before it. That takes a state in four variables that no call may write; one in memory costs twice the time.
  public mutating func addNormals(scaledBy scale: Double, to values: inout [Float]) {
    let tables = Ziggurat.shared
    unsafe values.withUnsafeMutableBufferPointer { values in
      unsafe tables.ratios.withUnsafeBufferPointer { ratios in
        unsafe tables.edges.withUnsafeBufferPointer { edges in
          var (a, b, c, d) = state
          for index in 0..<values.count {
            let bits = Self.step(&a, &b, &c, &d)
            // As `normal()`: numbers below 2⁵³ convert alike with a sign, which is one instruction, and twice 2⁻⁵³ is exact.
            let place = Double(Int64(bitPattern: bits >> 11)) * 0x1p-52 - 1
            let layer = Int(bits & 127)
            var number = unsafe place * edges[layer]
            if unsafe !(abs(place) < ratios[layer]) {
              state = (a, b, c, d)
              number = beyondLayer(layer, place) ?? normal()
              (a, b, c, d) = state
            }
            unsafe values[index] = Float(Double(values[index]) + scale * number)
          }
          state = (a, b, c, d)
        }
      }
    }
  }

  /// A number of the tail, or one between a layer and the curve; nil for one above the curve.
  @usableFromInline
  mutating func beyondLayer(_ layer: Int, _ place: Double) -> Double? {
    if layer == 0 {
      while true {
        let x = Double.log(1 - uniform()) / Ziggurat.tail
        if -2 * Double.log(1 - uniform()) >= x * x { return place < 0 ? x - Ziggurat.tail : Ziggurat.tail - x }
      }
    }
    let edges = Ziggurat.shared.edges
    let x = place * edges[layer]
    let (upper, lower) = (
      Double.exp(-0.5 * (edges[layer] * edges[layer] - x * x)),
      Double.exp(-0.5 * (edges[layer + 1] * edges[layer + 1] - x * x))
    )
    return lower + uniform() * (upper - lower) < 1 ? x : nil
  }

  /// The order of a shuffled deck of `count` cards (Fisher and Yates).
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    order.shuffle(using: &self)
    return order
  }
}

/// 128 layers of equal area under e^(−x²/2).
@usableFromInline
struct Ziggurat: Sendable {
  @usableFromInline static let shared = Ziggurat()
  /// Where the tail begins, and the area of a layer.
  @usableFromInline static let tail = 3.442619855899
  static let area = 9.91256303526217e-3

  /// The right ends of the layers, the widest first, and 0.
  @usableFromInline let edges: [Double]
  /// How much of each layer lies under the next one's end.
  @usableFromInline let ratios: [Double]

  init() {
    var height = Double.exp(-0.5 * Self.tail * Self.tail)
    var edges = [Self.area / height, Self.tail]
    for layer in 2..<128 {
      edges.append((-2 * Double.log(Self.area / edges[layer - 1] + height)).squareRoot())
      height = Double.exp(-0.5 * edges[layer] * edges[layer])
    }
    edges.append(0)
    self.edges = edges
    ratios = (0..<128).map { edges[$0 + 1] / edges[$0] }
  }
}

/// FNV-1a, 64 bits: equal on every run, unlike `Hasher`. For names, seeds and checksums; not for security.
@inlinable
public func stableHash(_ bytes: some Sequence<UInt8>) -> UInt64 {
  bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}

@inlinable
public func stableHash(_ text: String) -> UInt64 { stableHash(text.utf8) }
