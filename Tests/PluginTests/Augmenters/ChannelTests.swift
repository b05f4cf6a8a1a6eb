import Foundation
import Testing
import TimbreCore
import TimbreDSP

/// Filters, the telephone, and lower rates.
@Suite struct ChannelTests {
  private static func gain(_ use: String, _ members: [JSONValue.Member], at frequency: Double) throws -> Double {
    let input = tone(frequency, count: 44_100)
    let output = try augmented(input, by: use, members).samples
    return 10 * log10(energy(output[10_000..<34_100]) / energy(input.samples[10_000..<34_100]))
  }

  @Test(arguments: ["low_pass", "high_pass"]) func theEdgeIsThreeDecibelsDownAndTheSlopeAsAsked(_ use: String) throws {
    for rolloff in [6, 12, 24, 48] {
      let members: [JSONValue.Member] = [.init("cutoff_freq", 1000), .init("rolloff", .int(rolloff))]
      #expect(abs(try Self.gain(use, members, at: 1000) + 3.01) < 0.02)
      let (near, far) = use == "low_pass" ? (1200.0, 2400.0) : (400.0, 200.0)
      let (at, beyond) = (try Self.gain(use, members, at: near), try Self.gain(use, members, at: far))
      // Close to the edge the slope has not reached its full steepness; towards half the rate it gets steeper.
      #expect(at - beyond > 0.65 * Double(rolloff) && at - beyond < 1.25 * Double(rolloff))
      #expect(abs(try Self.gain(use, members, at: use == "low_pass" ? 20 : 10_000)) < 0.05)
    }
    let both: [JSONValue.Member] = [.init("cutoff_freq", 1000), .init("rolloff", 24), .init("zero_phase", true)]
    #expect(abs(try Self.gain(use, both, at: 1000) + 6.02) < 0.03)
  }

  @Test func zeroPhaseDelaysNothing() throws {
    let members: [JSONValue.Member] = [.init("center_freq", 1000), .init("rolloff", 48), .init("zero_phase", true)]
    let output = try augmented(tone(1000), by: "band_pass", members).samples
    // Between 500 and 1500 Hz this steep a filter changes nothing.
    #expect(zip(output, tone(1000).samples)[3000..<19_000].allSatisfy { abs($0 - $1) < 0.01 })
  }

  @Test func aConstantPassesOrGoes() throws {
    let constant = Signal(samples: [Float](repeating: 0.25, count: 500), sampleRate: 8000)
    #expect(try augmented(constant, by: "low_pass").samples.allSatisfy { abs($0 - 0.25) < 1e-6 })
    #expect(try augmented(constant, by: "high_pass").samples.allSatisfy { abs($0) < 1e-6 })
  }

  @Test func whatDoesNotFitIsExplained() throws {
    let signal = whiteNoise(100, rate: 8000)
    let between = thrown { _ = try augmented(signal, by: "low_pass", [.init("rolloff", 20)]) }
    #expect(between?.kind == .invalidParameters && between?.help == "give 18")
    let odd: [JSONValue.Member] = [.init("rolloff", 18), .init("zero_phase", true)]
    #expect(thrown { _ = try augmented(signal, by: "high_pass", odd) }?.help == "give 24")
    let above = thrown { _ = try augmented(signal, by: "band_pass", [.init("center_freq", 9000)]) }
    #expect(above?.kind == .outOfRange && above?.message.contains("4000 Hz") == true)
    let empty = thrown { _ = try augmented(signal, by: "codec", [.init("low", 3500)]) }
    #expect(empty?.message.contains("not below high") == true)
    let wide = thrown { _ = try augmented(signal, by: "codec", [.init("high", 4000)]) }
    #expect(wide?.help == "lower high, or raise sample_rate")
  }

  @Test(arguments: ["mulaw", "alaw"]) func theTelephoneKeepsItsBandAndAddsItsNoise(_ law: String) throws {
    let member = JSONValue.Member("law", .string(law))
    let noise = try augmented(whiteNoise(66_150), by: "codec", [member]).samples
    func power(_ band: SecondOrderSections.PassBand) -> Double {
      let filter = SecondOrderSections.butterworth(order: 16, band, sampleRate: 22_050)
      return filter.filteredBothWays(noise.map(Double.init)).dropFirst(2000).dropLast(2000).reduce(0) { $0 + $1 * $1 }
    }
    #expect(10 * log10(power(.highPass(4200)) / energy(noise)) < -60)
    #expect(10 * log10(power(.highPass(3700)) / energy(noise)) < -25)
    #expect(10 * log10(power(.lowPass(120)) / energy(noise)) < -35)

    let input = tone(1004, count: 44_100)
    let output = try augmented(input, by: "codec", [member]).samples
    let noiseRatio = ratio(Array(input.samples[4000..<40_000]), Array(output[4000..<40_000]))
    #expect(noiseRatio > 35 && noiseRatio < 41)
  }

  @Test func silenceOnTheTelephone() throws {
    #expect(try augmented(silence(4000), by: "codec").samples == silence(4000).samples)
    let constant = try augmented(silence(4000), by: "codec", [.init("law", "alaw")]).samples
    #expect(constant[500..<3500].allSatisfy { abs($0 - 0x1p-12) < 1e-6 })
  }

  @Test func aLowerRateLosesWhatItCannotHold() throws {
    func kept(_ frequency: Double) throws -> Double {
      let output = try augmented(tone(frequency), by: "resample", [.init("sample_rate", 4000)]).samples
      #expect(output.count == 22_050)
      return energy(output[2000..<20_000]) / energy(tone(frequency).samples[2000..<20_000])
    }
    #expect(abs(try kept(1000) - 1) < 1e-3)
    #expect(try kept(2500) < 1e-6)
  }
}

extension Zip2Sequence where Sequence1: RandomAccessCollection, Sequence2: RandomAccessCollection {
  fileprivate subscript(range: Range<Int>) -> [(Sequence1.Element, Sequence2.Element)] { Array(Array(self)[range]) }
}
