import Testing
import TimbreCore
import TimbreDSP

@Suite struct VectorMathTests {
  /// The library's function is the one that rounds once.
  static func isFused(_ x: Float, _ y: Float, _ z: Float) -> Bool {
    let lanes = fusedByDoubles(SIMD8(repeating: x), SIMD8(repeating: y), plus: SIMD8(repeating: z))
    let exact = z.addingProduct(x, y)
    return (0..<8).allSatisfy { lanes[$0].bitPattern == exact.bitPattern }
  }

  @Test func productsAndSumsAreRoundedOnce() {
    var random = RandomSource(seed: 11)
    for _ in 0..<20_000 {
      let (x, y) = (Float(random.uniform(-1, 1)), Float(random.uniform(-1, 1)))
      #expect(Self.isFused(x, y, Float(random.uniform(-2, 2))))
    }
  }

  /// (1 + 2⁻¹²)² ends halfway between two floats; what is added is too little for a double to tell on which side of it the sum lies.
  @Test(arguments: [Float(0x1p-60), -0x1p-60, 0])
  func whatEndsHalfwayIsRoundedOnce(_ rest: Float) {
    let x: Float = 1 + 0x1p-12
    #expect(Self.isFused(x, x, rest))
    #expect(Self.isFused(-x, x, rest))
    let once = rest.addingProduct(x, x)
    let twice = Float(Double(x) * Double(x) + Double(rest))
    #expect((once == twice) == (rest <= 0))
  }

  /// One lane among others that need no second look.
  @Test func oneLaneCanEndHalfway() {
    var (x, z) = (SIMD8<Float>(repeating: 0.3), SIMD8<Float>(repeating: 0.7))
    (x[5], z[5]) = (1 + 0x1p-12, 0x1p-60)
    let fused = fusedByDoubles(x, x, plus: z)
    for lane in 0..<8 { #expect(fused[lane] == z[lane].addingProduct(x[lane], x[lane])) }
  }

  @Test func theMedianIsTheMiddleOfTheSorted() {
    var random = RandomSource(seed: 12)
    for count in 1..<200 {
      // Over many powers of two, some of them equal, some 0.
      let values = (0..<count).map { _ -> Float in
        let value = Float(random.uniform(0, 1))
        return value < 0.1 ? 0 : value < 0.3 ? 0.5 : value * value * value * value * 1e6
      }
      let sorted = values.sorted()
      let middle = sorted[count / 2]
      let expected = count.isMultiple(of: 2) ? (sorted[count / 2 - 1] + middle) / 2 : middle
      #expect(medianOfMagnitudes(values) == expected)
    }
  }
}
