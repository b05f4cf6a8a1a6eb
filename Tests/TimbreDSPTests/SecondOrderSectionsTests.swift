import Foundation
import Testing
import TimbreDSP

/// What SciPy gives for one Butterworth filter (Tests/Goldens/make_augmenters.py).
struct FilterGolden: Decodable, Sendable, CustomTestStringConvertible {
  var kind: String
  var order: Int
  var edges: [Double]
  var rate: Double
  var count: Int
  /// The first samples from rest, the last ones from the steady state, and each fourth of `sosfiltfilt`.
  var rest, steady: [Double]
  var both: [Double]?

  var testDescription: String { "\(kind) of order \(order) at \(edges) of \(rate) Hz" }

  var band: SecondOrderSections.PassBand {
    switch kind {
    case "lowpass": .lowPass(edges[0])
    case "highpass": .highPass(edges[0])
    default: .bandPass(edges[0], edges[1])
    }
  }

  var sections: SecondOrderSections { .butterworth(order: order, band, sampleRate: rate) }

  static func all() throws -> [FilterGolden] {
    struct File: Decodable { var filters: [FilterGolden] }
    let file = URL(filePath: #filePath).appending(path: "../../Goldens/augmenters.json").standardizedFileURL
    return try JSONDecoder().decode(File.self, from: Data(contentsOf: file)).filters
  }
}

@Suite struct SecondOrderSectionsTests {
  static let goldens = (try? FilterGolden.all()) ?? []

  static func voice(_ count: Int, _ rate: Double) -> [Double] {
    var state: UInt32 = 1
    return (0..<count).map { index in
      state = state &* 1_664_525 &+ 1_013_904_223
      let t = 2 * Double.pi * Double(index) / rate
      return Double(
        Float(0.4 * sin(221.5 * t) + 0.2 * sin(1330 * t) + 0.05 * (Double(state) / 2_147_483_648 - 1)))
    }
  }

  @Test func goldensAreThere() { #expect(Self.goldens.count == 10) }

  @Test(arguments: goldens) func agreesWithSciPy(_ golden: FilterGolden) throws {
    let x = Self.voice(golden.count, golden.rate)
    let filter = golden.sections
    let rest = filter.filtered(x)
    #expect(zip(rest, golden.rest).allSatisfy { abs($0 - $1) < 2e-8 })
    let steady = filter.filtered(x, from: filter.steadyState(at: x[0]))
    #expect(zip(steady.suffix(60), golden.steady).allSatisfy { abs($0 - $1) < 2e-8 })
    if let both = golden.both {
      let result = filter.filteredBothWays(x)
      #expect(result.count == x.count)
      #expect(both.indices.allSatisfy { abs(result[4 * $0] - both[$0]) < 2e-8 })
    }
  }

  @Test(arguments: 1...16) func theEdgeIsThreeDecibelsDown(_ order: Int) {
    func decibels(_ band: SecondOrderSections.PassBand, _ frequency: Double) -> Double {
      20 * log10(SecondOrderSections.butterworth(order: order, band, sampleRate: 48_000).gain(at: frequency / 48_000))
    }
    #expect(abs(decibels(.lowPass(500), 500) + 3.0103) < 1e-4)
    #expect(abs(decibels(.highPass(500), 500) + 3.0103) < 1e-4)
    #expect(abs(decibels(.bandPass(500, 2000), 500) + 3.0103) < 1e-4)
    #expect(abs(decibels(.bandPass(500, 2000), 2000) + 3.0103) < 1e-4)
    // One octave further, well beyond the edge, takes 6.02 dB an order; the bilinear transform adds little this low.
    let slope = decibels(.lowPass(100), 800) - decibels(.lowPass(100), 1600)
    #expect(abs(slope - 6.0206 * Double(order)) < 0.15 * Double(order))
    #expect(abs(decibels(.lowPass(500), 1e-3)) < 1e-6 && abs(decibels(.highPass(500), 23_999)) < 1e-6)
  }

  @Test func theSteadyStateOfAConstantStaysConstant() {
    let filter = SecondOrderSections.butterworth(order: 5, .lowPass(200), sampleRate: 8000)
    let result = filter.filtered([Double](repeating: 0.25, count: 500), from: filter.steadyState(at: 0.25))
    #expect(result.allSatisfy { abs($0 - 0.25) < 1e-12 })
  }

  @Test func bothWaysDelaysNothing() {
    var click = [Double](repeating: 0, count: 2001)
    click[1000] = 1
    let result = SecondOrderSections.butterworth(order: 3, .lowPass(500), sampleRate: 8000).filteredBothWays(click)
    #expect((0...1000).allSatisfy { abs(result[1000 - $0] - result[1000 + $0]) < 1e-9 })
    #expect(result[1000] == result.max())
  }

  @Test func anySignalLengthCanBeFilteredBothWays() {
    let filter = SecondOrderSections.butterworth(order: 8, .bandPass(100, 200), sampleRate: 8000)
    for count in 0...40 {
      let result = filter.filteredBothWays([Double](repeating: 1, count: count))
      #expect(result.count == count && result.allSatisfy(\.isFinite))
    }
  }

  /// Stretches of a long signal are filtered one after another.
  @Test func theEndOfALongSignalDependsOnItsBeginning() {
    let x = Self.voice(10_000, 8000)
    let filter = SecondOrderSections.butterworth(order: 3, .lowPass(300), sampleRate: 8000)
    var expected = x
    for s in filter.sections {
      var (first, second) = (0.0, 0.0)
      for index in expected.indices {
        let value = expected[index]
        let y = s.b0 * value + first
        first = s.b1 * value - s.a1 * y + second
        second = s.b2 * value - s.a2 * y
        expected[index] = y
      }
    }
    #expect(zip(filter.filtered(x), expected).allSatisfy { abs($0 - $1) < 1e-12 })
  }
}
