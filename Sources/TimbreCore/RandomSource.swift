import RealModule

/// The generator of all randomness: xoshiro256** (Blackman and Vigna, 2018), seeded through SplitMix64.
///
/// Equal seeds give equal numbers on every machine; nothing here depends on time, threads or addresses.
public struct RandomSource: RandomNumberGenerator, Sendable {
  @usableFromInline var state: (UInt64, UInt64, UInt64, UInt64)
  @usableFromInline var spareNormal: Double?

  /// A generator for one purpose: a seed and the names that set the purpose apart (a clip, a view).
  public init(seed: UInt64, _ names: String...) {
    var mixed = seed
    for name in names { mixed = Self.splitMix(&mixed) ^ stableHash(name) }
    state = (Self.splitMix(&mixed), Self.splitMix(&mixed), Self.splitMix(&mixed), Self.splitMix(&mixed))
    spareNormal = nil
  }

  private static func splitMix(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  @inlinable
  public mutating func next() -> UInt64 {
    let product = state.1 &* 5
    let result = ((product << 7) | (product >> 57)) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = (state.3 << 45) | (state.3 >> 19)
    return result
  }

  /// Uniform in [0, 1), 53 bits.
  @inlinable
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  @inlinable
  public mutating func uniform(_ lower: Double, _ upper: Double) -> Double { lower + (upper - lower) * uniform() }

  /// Uniform in 0 ..< count, without bias.
  public mutating func index(below count: Int) -> Int { Int.random(in: 0..<count, using: &self) }

  /// Standard normal, by Marsaglia's polar method.
  @inlinable
  public mutating func normal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    while true {
      let x = uniform(-1, 1)
      let y = uniform(-1, 1)
      let square = x * x + y * y
      if square > 0, square < 1 {
        let factor = (-2 * Double.log(square) / square).squareRoot()
        spareNormal = y * factor
        return x * factor
      }
    }
  }

  /// The order of a shuffled deck of `count` cards (Fisher and Yates).
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    order.shuffle(using: &self)
    return order
  }
}

/// FNV-1a, 64 bits: equal on every run, unlike `Hasher`. For names, seeds and checksums; not for security.
@inlinable
public func stableHash(_ bytes: some Sequence<UInt8>) -> UInt64 {
  bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}

@inlinable
public func stableHash(_ text: String) -> UInt64 { stableHash(text.utf8) }
