import Foundation
import Testing
import TimbreCore

@Suite struct RandomSourceTests {
  private struct Golden: Decodable {
    struct Sequence: Decodable {
      var seed: String
      var numbers: [String]
    }
    var random: [Sequence]
  }

  /// The reference is written from the authors' published C code.
  @Test func isXoshiroSeededThroughSplitMix() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let data = try Data(contentsOf: folder.appending(path: "Goldens/evaluation.json"))
    for sequence in try JSONDecoder().decode(Golden.self, from: data).random {
      var random = RandomSource(seed: try #require(UInt64(sequence.seed)))
      for number in sequence.numbers { #expect(String(random.next()) == number) }
    }
  }

  @Test func namesSetGeneratorsApart() {
    func first(_ seed: UInt64, _ names: String...) -> UInt64 {
      var random = names.count == 2 ? RandomSource(seed: seed, names[0], names[1]) : RandomSource(seed: seed, names[0])
      return random.next()
    }
    let all = [first(1, "a"), first(2, "a"), first(1, "b"), first(1, "a", "b"), first(1, "b", "a"), first(1, "ab")]
    #expect(Set(all).count == all.count)
    #expect(first(1, "a", "b") == first(1, "a", "b"))
  }

  @Test func uniformHasItsMoments() {
    var random = RandomSource(seed: 1)
    let count = 200_000
    let values = (0..<count).map { _ in random.uniform(-1, 3) }
    #expect(values.allSatisfy { $0 >= -1 && $0 < 3 })
    let mean = values.reduce(0, +) / Double(count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    // Five standard errors: √(16/12 / n) of the mean; the variance is 16/12.
    #expect(abs(mean - 1) < 5 * (16.0 / 12 / Double(count)).squareRoot())
    #expect(abs(variance - 16.0 / 12) < 0.02)
  }

  @Test func normalHasItsMoments() {
    var random = RandomSource(seed: 2)
    let count = 200_000
    let values = (0..<count).map { _ in random.normal() }
    func moment(_ order: Int) -> Double {
      values.reduce(0) { sum, value in sum + (0..<order).reduce(1.0) { power, _ in power * value } } / Double(count)
    }
    // Variances of the sample moments of a standard normal: 1, 2, 15, 96, over n.
    for (order, expected, variance) in [(1, 0.0, 1.0), (2, 1, 2), (3, 0, 15), (4, 3, 96)] {
      #expect(abs(moment(order) - expected) < 5 * (variance / Double(count)).squareRoot(), "moment \(order)")
    }
  }

  @Test func indicesAndPermutationsAreFair() {
    var random = RandomSource(seed: 3)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[random.index(below: 7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 500 })
    #expect(random.permutation(50).sorted() == Array(0..<50))
    #expect(random.permutation(50) != random.permutation(50))
    #expect(random.permutation(0).isEmpty)
  }

  @Test func hashIsFNV1a() {
    // Test vectors of the FNV authors.
    #expect(stableHash("") == 0xCBF2_9CE4_8422_2325)
    #expect(stableHash("a") == 0xAF63_DC4C_8601_EC8C)
    #expect(stableHash("foobar") == 0x8594_4171_F739_67E8)
  }
}
