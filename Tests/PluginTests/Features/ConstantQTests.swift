import Foundation
import Testing
import TimbreCore
import TimbreDSP
import TimbreFeatures

@Suite struct ConstantQTests {
  private static func tones(_ frequencies: [Double], seconds: Double = 1.5, rate: Int = 22_050) -> Signal {
    let samples = (0..<Int(seconds * Double(rate))).map { index in
      Float(frequencies.reduce(0) { $0 + 0.25 * sin(2 * .pi * $1 * Double(index) / Double(rate)) })
    }
    return Signal(samples: samples, sampleRate: rate)
  }

  private static func extract<P: FeatureExtractor>(
    _ plugin: P.Type, _ members: [JSONValue.Member] = [], from analysis: Analysis
  ) throws -> FeatureMatrix {
    try P(P.spec.config(from: members)).extract(from: analysis)
  }

  private static func middle(_ matrix: FeatureMatrix) -> [Float] {
    (0..<matrix.binCount).map { matrix[bin: $0, frame: matrix.frameCount / 2] }
  }

  private static func strongest(_ matrix: FeatureMatrix) -> Int {
    let frame = middle(matrix)
    return frame.indices.max { frame[$0] < frame[$1] } ?? 0
  }

  @Test(arguments: [9, 21, 33, 45, 57, 69]) func aToneLightsItsBin(_ bin: Int) throws {
    let frequency = 32.703_195_662_574_83 * pow(2, Double(bin) / 12)
    let analysis = Analysis(of: Self.tones([frequency]))
    for matrix in [try Self.extract(CQT.self, from: analysis), try Self.extract(HybridCQT.self, from: analysis)] {
      #expect(Self.strongest(matrix) == bin)
      #expect(abs(matrix.axes.positions[bin] - frequency) < 1e-6 * frequency)
      // Bins next to it hear it by their overlap; those an octave away do not.
      let frame = Self.middle(matrix)
      for other in [bin - 12, bin + 12] where frame.indices.contains(other) {
        #expect(frame[other] < 0.01 * frame[bin])
      }
    }
  }

  /// Every octave has filters of its own length at a rate of its own; after scaling all hear a tone alike.
  @Test func scaledResponsesGrowWithTheRootOfTheFilterLength() throws {
    let responses = try [21, 33, 45, 57].map { bin in
      let analysis = Analysis(of: Self.tones([32.703_195_662_574_83 * pow(2, Double(bin) / 12)]))
      return Self.middle(try Self.extract(CQT.self, from: analysis))[bin]
    }
    for (low, high) in zip(responses, responses.dropFirst()) { #expect(abs(low / high - Float(2).squareRoot()) < 0.03) }
  }

  @Test func anEstimatedTuningCentresTheBins() throws {
    let analysis = Analysis(of: Self.tones([440 * pow(2, 0.3 / 12)]))
    let plain = try Self.extract(CQT.self, from: analysis)
    let tuned = try Self.extract(CQT.self, [.init("tuning", .null)], from: analysis)
    let given = try Self.extract(CQT.self, [.init("tuning", 0.3)], from: analysis)
    #expect(Self.middle(tuned)[45] > 1.04 * Self.middle(plain)[45])
    #expect(abs(Self.middle(tuned)[45] / Self.middle(given)[45] - 1) < 0.01)
  }

  @Test func outputsAreFormsOfTheMagnitude() throws {
    let analysis = Analysis(of: Self.tones([440, 660]))
    let magnitude = try Self.extract(CQT.self, from: analysis)
    let power = try Self.extract(CQT.self, [.init("output", "power")], from: analysis)
    let level = try Self.extract(CQT.self, [.init("output", "db")], from: analysis)
    #expect(level.axes.valueUnit == .decibels)
    for index in [45, 52] {
      let value = Self.middle(magnitude)[index]
      #expect(abs(Self.middle(power)[index] - value * value) < 1e-6 * value * value)
      #expect(abs(Self.middle(level)[index] - 20 * log10(value)) < 1e-3)
    }
    #expect(analysis.computations["VariableQKey"] == 1)
  }

  @Test func intervalsAreRatios() throws {
    func positions(_ intervals: JSONValue, bins: Int = 24) throws -> [Double] {
      let config = try VQT.spec.config(
        from: [.init("intervals", intervals), .init("fmin", 100), .init("n_bins", .int(bins))])
      return try VQT(config).axes(sampleRate: 22_050).positions
    }
    let fifths = try positions("pythagorean")
    #expect(abs(fifths[7] - 150) < 1e-9 && abs(fifths[2] - 112.5) < 1e-9 && abs(fifths[12] - 200) < 1e-9)
    let just = try positions("ji5")
    for ratio in [5.0 / 4, 4.0 / 3, 3.0 / 2, 5.0 / 3] { #expect(just.contains { abs($0 - 100 * ratio) < 1e-9 }) }
    let own = try positions([1, 1.5], bins: 4)
    #expect(own == [100, 150, 200, 300])
  }

  @Test(arguments: [(440.0, "A"), (261.63, "C"), (739.99, "F#")])
  func aToneLightsItsPitchClass(_ frequency: Double, _ name: String) throws {
    let analysis = Analysis(of: Self.tones([frequency]))
    let chroma = try Self.extract(ChromaCQT.self, from: analysis)
    #expect(chroma.axes.bins[Self.strongest(chroma)] == name)
    #expect(Self.middle(chroma).max() == 1)
    let equal = try Self.extract(ChromaVQT.self, from: analysis)
    #expect(equal.axes.bins[Self.strongest(equal)] == name)
    // All of the energy in one class: every step of the quantisation is passed there, and none elsewhere.
    let flat: [JSONValue.Member] = [.init("win_len_smooth", .null), .init("norm", .null)]
    let statistics = try Self.extract(ChromaCENS.self, flat, from: analysis)
    for (bin, value) in Self.middle(statistics).enumerated() {
      #expect(value == (statistics.axes.bins[bin] == name ? 1 : 0))
    }
  }

  @Test func chromaFeaturesShareOneTransform() throws {
    let analysis = Analysis(of: Self.tones([440]))
    _ = try Self.extract(ChromaCQT.self, from: analysis)
    _ = try Self.extract(ChromaCENS.self, from: analysis)
    _ = try Self.extract(Tonnetz.self, from: analysis)
    _ = try Self.extract(CQT.self, from: analysis)
    #expect(analysis.computations["VariableQKey"] == 2)
    // Seven octaves, six of them at lower rates, for both.
    #expect(analysis.computations["ReducedKey"] == 6)
  }

  @Test func aPerfectFifthLiesBetweenItsNotes() throws {
    let c4 = 261.625_565
    let one = Self.middle(try Self.extract(Tonnetz.self, from: Analysis(of: Self.tones([c4]))))
    for (value, expected) in zip(one, [0, 1, 0, 1, 0, 0.5] as [Float]) { #expect(abs(value - expected) < 0.08) }
    let fifth = Self.middle(
      try Self.extract(Tonnetz.self, from: Analysis(of: Self.tones([c4, c4 * pow(2, 7.0 / 12)]))))
    // Seven steps of 7π/6 are π/6 beyond whole turns: neighbours on the circle of fifths.
    #expect(abs(fifth[0] - 0.25) < 0.06 && abs(fifth[1] - 0.933) < 0.06)
    let tritone = Self.middle(try Self.extract(Tonnetz.self, from: Analysis(of: Self.tones([c4, c4 * pow(2, 0.5)]))))
    // Opposite on the circle of fifths.
    #expect(abs(tritone[0]) < 0.1 && abs(tritone[1]) < 0.1)
  }

  @Test(arguments: [(55.0, "A1"), (440.0, "A4"), (1975.53, "B6")])
  func aToneGivesItsPowerToItsSemitone(_ frequency: Double, _ name: String) throws {
    let powers = try Self.extract(IIRT.self, from: Analysis(of: Self.tones([frequency])))
    let strongest = Self.strongest(powers)
    #expect(powers.axes.bins[strongest] == name)
    // Half the squared amplitude times the frame's length, less than twice the ripple of 1 dB.
    let whole: Float = 2048 * 0.25 * 0.25 / 2
    let value = Self.middle(powers)[strongest]
    #expect(value < 1.05 * whole && value > 0.6 * whole)
    // Far below it beyond two semitones, for all that frames cut.
    if strongest >= 3 { #expect(Self.middle(powers)[strongest - 3] < 1e-3 * value) }
  }

  @Test func twiceTheSignalIsTwiceTheResponse() throws {
    let signal = Signal(samples: Golden.samples("voice", 8000, 22_050), sampleRate: 22_050)
    let doubled = Signal(samples: signal.samples.map { 2 * $0 }, sampleRate: 22_050)
    let (one, two) = (
      try Self.extract(VQT.self, from: Analysis(of: signal)), try Self.extract(VQT.self, from: Analysis(of: doubled))
    )
    #expect(zip(one.values, two.values).allSatisfy { 2 * $0 == $1 })
  }

  @Test func whatCannotBeIsDiagnosed() throws {
    func message<P: FeatureExtractor>(_ plugin: P.Type, _ members: [JSONValue.Member], rate: Int = 22_050) -> String {
      do {
        _ = try P(P.spec.config(from: members)).axes(sampleRate: rate)
        return ""
      } catch { return "\(error)" }
    }
    #expect(message(CQT.self, [.init("n_bins", 108)]).contains("beyond half the sample rate of 22050 Hz"))
    #expect(message(ChromaCQT.self, [], rate: 8000).contains("use audio of a higher rate"))
    #expect(message(ChromaCQT.self, [.init("n_chroma", 7)]).contains("no multiple of n_chroma (7)"))
    #expect(
      message(CQT.self, [.init("fmin", 0.1), .init("bins_per_octave", 480), .init("filter_scale", 8)]).contains(
        "too long"))
    #expect(message(VQT.self, [.init("intervals", [1.5, 1.5])]).contains("ascending frequencies"))
    #expect(message(VQT.self, [.init("gamma", 2000), .init("filter_scale", 0.001)]) != "")
    #expect(message(IIRT.self, [.init("win_length", 3)]).contains("give hop_length"))
    #expect(message(IIRT.self, [.init("center_freqs", [440])]).contains("sample_rates"))
    #expect(
      message(IIRT.self, [.init("center_freqs", [440]), .init("sample_rates", [882])]).contains("does not fit"))
  }
}
