import Testing
import TimbreCore

@Suite struct NoiseSNRTests {
  @Test(arguments: ["white", "pink", "brown", "blue", "violet"], [-10, 5, 40])
  func theRatioIsTheOneAskedFor(_ color: String, _ snr: Int) throws {
    let signal = tone(440, count: 30_000)
    let members: [JSONValue.Member] = [.init("color", .string(color)), .init("snr_db", .int(snr))]
    let noisy = try augmented(signal, by: "noise_snr", members).samples
    #expect(abs(ratio(signal.samples, noisy) - Double(snr)) < 0.01)
    #expect(try augmented(signal, by: "noise_snr", members).samples == noisy)
    #expect(try augmented(signal, by: "noise_snr", members, seed: 8).samples != noisy)
  }

  @Test func silenceGetsNoNoise() throws {
    #expect(try augmented(silence(3000), by: "noise_snr").samples.allSatisfy { $0 == 0 })
  }
}
