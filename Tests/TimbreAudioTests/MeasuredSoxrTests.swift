import Foundation
import Testing
import TimbreAudio
import TimbreCore

/// Long signals by the filter measured from libsoxr, beside libsoxr itself.
@Suite struct MeasuredSoxrTests {
  /// The largest difference, beginning and end included, beside what may be: 5e-6 of libsoxr's largest sample for rounding in single
  /// precision, and 2e-10 a result for the places that libsoxr rounds.
  private func deviation(_ samples: [Float], from: Double, to: Double) throws -> Double {
    let theirs = try soxrResample(
      samples, from: from, to: to, recipe: ResamplerType.soxrHQ.soxrRecipe,
      count: Int((Double(samples.count) * to / from).rounded(.up)))
    let ours = try MeasuredSoxr.resample(samples, from: from, to: to)
    #expect(ours.count == theirs.count, "\(samples.count) samples from \(from) to \(to)")
    let largest = theirs.reduce(0) { max($0, abs($1)) }
    let worst = zip(ours, theirs).reduce(0) { max($0, Double(abs($1.0 - $1.1) / largest)) }
    return worst / (5e-6 + 2e-10 * Double(ours.count))
  }

  private func noise(_ count: Int, seed: UInt64 = 5) -> [Float] {
    var random = RandomSource(seed: seed, "noise")
    return (0..<count).map { _ in Float(random.uniform(-1, 1)) }
  }

  /// The usual rates, and pairs with factors that are no whole numbers.
  @Test func isLibsoxrForNoise() throws {
    let rates: [(Double, Double)] = [
      (48_000, 22_050), (44_100, 16_000), (22_050, 16_000), (16_000, 22_050), (8000, 22_050), (96_000, 22_050),
      (48_000, 16_000), (16_000, 48_000), (22_050, 21_999.5), (8000, 44_100), (176_400, 22_050), (11_025, 11_024),
    ]
    for (from, to) in rates { #expect(try deviation(noise(20_000), from: from, to: to) < 1, "\(from) to \(to)") }
  }

  /// A minute: places of rates in a ratio of small numbers do not drift.
  @Test func isLibsoxrForLongSignals() throws {
    let samples = noise(60 * 48_000)
    for (from, to) in [(48_000.0, 22_050.0), (8000, 44_100), (44_100, 16_000), (96_000, 22_050)] {
      #expect(MeasuredSoxr.suits(.soxrHQ, samples: samples.count, from: from, to: to))
      let long = try deviation(samples, from: from, to: to) * (5e-6 + 2e-10 * Double(samples.count) * to / from)
      #expect(long < 5e-6, "\(from) to \(to)")
    }
  }

  @Test func isLibsoxrForAnyRates() throws {
    var random = RandomSource(seed: 11, "rates")
    for number in 0..<120 {
      let from = random.uniform(4000, 96_000)
      let to = from * exp2(random.uniform(-3, 3))
      let samples = noise(4096 + random.index(below: 12_000), seed: UInt64(number))
      #expect(try deviation(samples, from: from, to: to) < 1, "\(samples.count) samples from \(from) to \(to)")
    }
  }

  /// Shifts by any number of steps.
  @Test func isLibsoxrForShifts() throws {
    for steps in stride(from: -12.0, through: 12, by: 1.7) {
      let from = 22_050 * exp2(steps / 12)
      #expect(try deviation(noise(9000), from: from, to: 22_050) < 1, "\(steps) steps")
    }
  }

  /// Impulses at both ends, a constant, and a loud stretch among quiet ones.
  @Test func isLibsoxrForOddSignals() throws {
    var impulses = [Float](repeating: 0, count: 6000)
    (impulses[0], impulses[1], impulses[5999]) = (1, -0.5, 1)
    let constant = [Float](repeating: 0.25, count: 5000)
    let loud = (0..<8000).map { Float(sin(Double($0)) * (3000..<3100 ~= $0 ? 1e4 : 1e-3)) }
    for samples in [impulses, constant, loud] {
      for (from, to) in [(48_000.0, 22_050.0), (22_050, 22_960.123)] {
        #expect(try deviation(samples, from: from, to: to) < 1)
      }
    }
  }

  @Test func takesWhatItIsQuickerFor() {
    #expect(MeasuredSoxr.suits(.soxrHQ, samples: 60_000, from: 48_000, to: 22_050))
    #expect(!MeasuredSoxr.suits(.soxrVHQ, samples: 60_000, from: 48_000, to: 22_050))
    #expect(!MeasuredSoxr.suits(.soxrHQ, samples: 1000, from: 48_000, to: 22_050))
    #expect(!MeasuredSoxr.suits(.soxrHQ, samples: 60_000, from: 1, to: 22_050))
    #expect(!MeasuredSoxr.suits(.soxrHQ, samples: 60_000, from: 44_100, to: 22_050))
    #expect(!MeasuredSoxr.suits(.soxrHQ, samples: 200_000, from: 22_050, to: 22_051))
    #expect(!MeasuredSoxr.suits(.soxrHQ, samples: 200_000, from: 22_050.5, to: 21_000.123))
  }

  /// Whatever was resampled before, and by how many threads.
  @Test func givesTheSameBits() async throws {
    let samples = noise(30_000)
    let first = try MeasuredSoxr.resample(samples, from: 48_000, to: 22_050)
    _ = try MeasuredSoxr.resample(noise(5000), from: 48_000, to: 22_050)
    let all = try await withThrowingTaskGroup(of: [Float].self) { group in
      for _ in 0..<8 { group.addTask { try MeasuredSoxr.resample(samples, from: 48_000, to: 22_050) } }
      return try await group.reduce(into: [[Float]]()) { $0.append($1) }
    }
    #expect(all.allSatisfy { $0 == first })
  }
}
