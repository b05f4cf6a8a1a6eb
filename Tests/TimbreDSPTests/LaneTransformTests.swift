import RealModule
import TimbreCore
import Testing

import TimbreDSP

@Suite struct LaneTransformTests {
  /// Lengths with every radix, even and odd.
  @Test(arguments: [4, 15, 16, 30, 45, 60, 100, 162, 225, 256, 1000])
  func autocorrelationIsTheSumOfProducts(_ length: Int) {
    let count = (length + 1) / 2
    var random = RandomSource(seed: 3, "lanes")
    let samples = (0..<count).map { _ in Lane(repeating: Float(random.normal())) * Lane(1, 0.5, 0, -2) }
    let transform = LaneTransform.of(length: length)
    let (a, b) = (
      AlignedBuffer<Lane>(count: length, filledWith: .zero), AlignedBuffer<Lane>(count: length, filledWith: .zero)
    )
    for index in 0..<count { unsafe a.pointer[index] = samples[index] }
    let (x, y) = transform.forward(a, b, count: count) ? (b, a) : (a, b)
    var index = 1
    unsafe x.pointer[0] *= x.pointer[0]
    while index < length {
      let re = unsafe x.pointer[index]
      let im = unsafe index + 1 < length ? x.pointer[index + 1] : .zero
      unsafe x.pointer[index] = re * re + im * im
      if index + 1 < length { unsafe x.pointer[index + 1] = .zero }
      index += 2
    }
    let result = transform.inverse(x, y, count: count) ? y : x
    for lag in 0..<count {
      var sum = SIMD4<Double>.zero
      for place in 0..<count - lag { sum += SIMD4<Double>(samples[place]) * SIMD4<Double>(samples[place + lag]) }
      let difference = unsafe SIMD4<Double>(result.pointer[lag]) / Double(length) - sum
      #expect(max(difference.max(), -difference.min()) < 1e-5 * Double(4 * count))
    }
  }

  @Test func fastLengthsAreTheLeast() {
    for count in 1...2000 {
      let expected = (count...).first { number in
        var rest = number
        for factor in [2, 3, 5] { while rest.isMultiple(of: factor) { rest /= factor } }
        return rest == 1
      }
      #expect(LaneTransform.fastLength(count) == expected)
    }
  }

  /// For whole shapes the distribution function is a binomial sum.
  @Test func betaDistributionIsABinomialSum() {
    for (a, b) in [(1, 1), (2, 18), (3, 4), (10, 2)] {
      for x in [0.01, 0.1, 0.35, 0.5, 0.9] {
        let n = a + b - 1
        var (sum, ways) = (0.0, 1.0)
        for k in 0...n {
          if k >= a { sum += ways * Double.pow(x, k) * Double.pow(1 - x, n - k) }
          ways *= Double(n - k) / Double(k + 1)
        }
        #expect(abs(betaCumulative(x, Double(a), Double(b)) - sum) < 1e-13)
      }
    }
    #expect(betaCumulative(0, 2, 18) == 0 && betaCumulative(1, 2, 18) == 1)
  }
}
