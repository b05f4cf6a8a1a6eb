import Foundation
import Testing
import TimbreAugmenters
import TimbreCore

/// Level, order, masks.
@Suite struct MaskTests {
  @Test func polarityTwiceIsTheSignal() throws {
    let signal = whiteNoise(1000)
    let once = try augmented(signal, by: "polarity_inversion").samples
    #expect(once == signal.samples.map { -$0 })
    let twice = try augmented(Signal(samples: once, sampleRate: 22_050), by: "polarity_inversion").samples
    #expect(twice == signal.samples)
  }

  @Test(arguments: ["fraction": 0.3, "samples": -1234, "seconds": 0.017]) func aShiftAndBackIsTheSignal(
    _ unit: String, _ shift: Double
  ) throws {
    let signal = whiteNoise(5003)
    func moved(_ samples: [Float], _ shift: Double) throws -> [Float] {
      let members: [JSONValue.Member] = [
        .init("shift", .number(shift)), .init("shift_unit", .string(unit)), .init("fade_duration", 0),
      ]
      return try augmented(Signal(samples: samples, sampleRate: 22_050), by: "shift", members).samples
    }
    let there = try moved(signal.samples, shift)
    #expect(there != signal.samples)
    #expect(try moved(there, -shift) == signal.samples)
  }

  @Test func aShiftBeyondTheEndWrapsOrLeavesSilence() throws {
    let signal = whiteNoise(100)
    func moved(_ shift: JSONValue, rollover: Bool) throws -> [Float] {
      try augmented(
        signal, by: "shift",
        [
          .init("shift", shift), .init("shift_unit", "samples"), .init("fade_duration", 0),
          .init("rollover", .bool(rollover)),
        ]
      ).samples
    }
    #expect(try moved(130, rollover: true) == moved(30, rollover: true))
    #expect(try moved(-230, rollover: true) == moved(-30, rollover: true))
    #expect(try moved(.number(1e300), rollover: true).count == 100)
    #expect(try moved(.number(-1e300), rollover: false) == silence(100).samples)
    #expect(try moved(30, rollover: false) == silence(30).samples + signal.samples.prefix(70))
    #expect(thrown { _ = try augmented(signal, by: "shift", [.init("shift", 2)]) }?.help?.contains("±1") == true)
  }

  @Test func clippingCutsTheShareAskedFor() throws {
    let signal = whiteNoise(20_001)
    let clipped = try augmented(signal, by: "clipping_distortion", [.init("percentile_threshold", 40)]).samples
    let (low, high) = (clipped.min() ?? 0, clipped.max() ?? 0)
    // Uniform within ±0.5: the 20th and the 80th percentile.
    #expect(abs(low + 0.3) < 0.01 && abs(high - 0.3) < 0.01)
    #expect(zip(clipped, signal.samples).count { $0 != $1 } == 8000)
    #expect(zip(clipped, signal.samples).allSatisfy { $0 == min(max($1, low), high) })
    let all = try augmented(signal, by: "clipping_distortion", [.init("percentile_threshold", 100)]).samples
    #expect(Set(all).count == 1)
    #expect(
      try augmented(signal, by: "clipping_distortion", [.init("percentile_threshold", 0)]).samples == signal.samples)
  }

  @Test func theRecordedStretchIsSilentAndNothingElse() throws {
    let signal = Signal(samples: [Float](repeating: -0.5, count: 10_000), sampleRate: 22_050)
    var starts: Set<Int> = []
    for seed in 0..<20 as Range<UInt64> {
      let members: [JSONValue.Member] = [.init("band_part", .number(0.25)), .init("fade_duration", 0)]
      let masked = try augmented(signal, by: "time_mask", members, seed: seed)
      let start = try #require(masked.drawn["mask_start"]?.intValue)
      starts.insert(start)
      #expect(masked.samples[start..<start + 2500].allSatisfy { $0 == 0 && $0.sign == .plus })
      #expect(
        masked.samples[..<start].allSatisfy { $0 == -0.5 }
          && masked.samples[(start + 2500)...].allSatisfy { $0 == -0.5 })
    }
    #expect(starts.count > 15 && starts.allSatisfy { (0...7500).contains($0) })
  }

  @Test func theFadesOfAMaskLieWithinIt() throws {
    let signal = Signal(samples: [Float](repeating: 1, count: 10_000), sampleRate: 10_000)
    let members: [JSONValue.Member] = [.init("band_part", .number(0.1)), .init("fade_duration", .number(0.01))]
    let masked = try augmented(signal, by: "time_mask", members)
    let start = try #require(masked.drawn["mask_start"]?.intValue)
    let band = Array(masked.samples[start..<start + 1000])
    #expect(band[100..<900].allSatisfy { $0 == 0 } && band[0] == 1 && band[999] == 1)
    #expect(zip(band[..<100], band[1..<101]).allSatisfy { $0 > $1 || ($0 == 0 && $1 == 0) })
    #expect(band.elementsEqual(band.reversed()))
    #expect(masked.samples[..<start].allSatisfy { $0 == 1 } && masked.samples[(start + 1000)...].allSatisfy { $0 == 1 })
  }

  @Test func theWholeAndNothingCanBeMasked() throws {
    let signal = whiteNoise(300)
    let all: [JSONValue.Member] = [.init("band_part", 1), .init("fade_duration", 0)]
    #expect(try augmented(signal, by: "time_mask", all).samples == silence(300).samples)
    #expect(try augmented(signal, by: "time_mask", [.init("band_part", 0)]).samples == signal.samples)
  }
}

@Suite struct SpecAugmentTests {
  private static let feature = FeatureMatrix(
    axes: FeatureAxes(bins: (0..<40).map { "bin_\($0)" }, hop: 0.01), values: (0..<40 * 100).map { 1 + Float($0) })

  private static func masked(
    _ members: [JSONValue.Member], seed: UInt64
  ) throws -> (feature: FeatureMatrix, drawn: [String: Int]) {
    var draws = Draws(RandomSource(seed: seed, "clip"))
    let result = try SpecAugment(SpecAugment.spec.config(from: members)).apply(to: feature, drawing: &draws)
    return (result, Dictionary(uniqueKeysWithValues: draws.record.map { ($0.name, $0.value.intValue ?? -1) }))
  }

  @Test(arguments: 0..<20 as Range<UInt64>) func masksAreTheRecordedOnes(_ seed: UInt64) throws {
    let (result, drawn) = try Self.masked([.init("time_mask_param", 30), .init("p", .number(0.25))], seed: seed)
    #expect(drawn.count == 8)
    func ranges(_ name: String) -> [Range<Int>] {
      (1...2).map { mask in
        let start = drawn["\(name)_mask_\(mask)_start"] ?? -1
        return start..<start + (drawn["\(name)_mask_\(mask)_width"] ?? 0)
      }
    }
    let (bands, stretches) = (ranges("freq"), ranges("time"))
    #expect(bands.allSatisfy { $0.count <= 15 && $0.lowerBound >= 0 && $0.upperBound <= 40 })
    // A quarter of 100 frames is less than 30.
    #expect(stretches.allSatisfy { $0.count <= 25 && $0.lowerBound >= 0 && $0.upperBound <= 100 })
    for frame in 0..<100 {
      for bin in 0..<40 {
        let isMasked = bands.contains { $0.contains(bin) } || stretches.contains { $0.contains(frame) }
        #expect(result[bin: bin, frame: frame] == (isMasked ? 0 : Self.feature[bin: bin, frame: frame]))
      }
    }
  }

  @Test func widthsReachTheirBounds() throws {
    let draws = try (0..<300).map { try Self.masked([], seed: $0).drawn }
    let widths = Set(draws.compactMap { $0["freq_mask_1_width"] })
    #expect(widths == Set(0...15))
    #expect(draws.compactMap { $0["time_mask_2_width"] }.max() == 20)
    #expect(draws.contains { ($0["freq_mask_1_start"] ?? 0) + ($0["freq_mask_1_width"] ?? 0) == 40 })
  }

  @Test func theFillIsTheMeanOfAll() throws {
    let members: [JSONValue.Member] = [.init("fill", "mean"), .init("freq_mask_param", 40), .init("time_masks", 0)]
    let result = try Self.masked(members, seed: 2).feature
    let changed = Set(zip(result.values, Self.feature.values).filter { $0 != $1 }.map(\.0))
    #expect(changed == [2000.5])
  }

  @Test func noMasksLeaveTheFeature() throws {
    #expect(try Self.masked([.init("freq_masks", 0), .init("time_masks", 0)], seed: 1).feature == Self.feature)
  }
}
