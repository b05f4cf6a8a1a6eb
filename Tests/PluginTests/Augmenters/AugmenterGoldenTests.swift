import Foundation
import Testing
import TimbreAugmenters
import TimbreCore
import TimbreTesting

/// The augmenters that draw nothing, beside NumPy, SciPy and librosa (Tests/Goldens/make_augmenters.py).
@Suite struct AugmenterGoldenTests {
  struct File: Decodable { var effects: [Golden] }

  static let goldens: [Golden] = {
    let file = URL(filePath: #filePath).appending(path: "../../../Goldens/augmenters.json").standardizedFileURL
    return (try? JSONDecoder().decode(File.self, from: Data(contentsOf: file)))?.effects ?? []
  }()

  @Test func goldensAreThere() { #expect(Self.goldens.count == 18) }

  @Test(arguments: goldens) func agrees(_ golden: Golden) throws {
    let result = try augmented(golden.input, by: String(golden.use.dropFirst("augment.".count)), golden.members)
    #expect(golden.error(of: result.samples) < golden.limit)
    #expect(result.drawn.isEmpty)
  }

  /// The defaults of some leave the signal alone, so that the kit sees little of them.
  @Test func conformsAwayFromTheDefaults() {
    #expect(conformanceFailures(of: Gain.self, members: [.init("gain_db", 6)], atLimits: false) == [])
    for rollover in [true, false] {
      let members: [JSONValue.Member] = [.init("shift", .number(-0.3)), .init("rollover", .bool(rollover))]
      #expect(conformanceFailures(of: Shift.self, members: members, atLimits: false) == [])
    }
    #expect(conformanceFailures(of: NoiseSNR.self, members: [.init("color", "brown")], atLimits: false) == [])
    #expect(conformanceFailures(of: BandPass.self, members: [.init("zero_phase", true)], atLimits: false) == [])
  }
}
