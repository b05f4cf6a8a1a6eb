import Foundation
import Testing
import TimbreAugmenters
import TimbreCore

@Suite struct EffectTests {
  private static func tone(_ frequency: Double, count: Int = 22_050) -> Signal {
    Signal(samples: (0..<count).map { Float(0.5 * sin(2 * .pi * frequency * Double($0) / 22_050)) }, sampleRate: 22_050)
  }

  /// Hz, from the upward zero crossings of the middle half.
  private static func frequency(of signal: Signal) -> Double {
    let x = signal.samples
    let crossings = (x.count / 4..<x.count * 3 / 4).filter { x[$0] < 0 && x[$0 + 1] >= 0 }
    guard let first = crossings.first, let last = crossings.last, last > first else { return 0 }
    return Double(crossings.count - 1) * Double(signal.sampleRate) / Double(last - first)
  }

  private static func plugin(_ use: String, _ members: [JSONValue.Member]) throws -> any Augmenter {
    var registry = Registry()
    registry.register(TimeStretch.self)
    registry.register(PitchShift.self)
    registry.register(Noise.self)
    registry.register(Harmonic.self)
    registry.register(Percussive.self)
    registry.register(Preemphasis.self)
    registry.register(Deemphasis.self)
    registry.register(Trim.self)
    registry.register(Split.self)
    registry.register(Remix.self)
    guard case .signal(let augmenter) = try #require(registry.augmenters[use]).make(members) else {
      throw Diagnostic(.invalidParameters, "\(use) changes no signal")
    }
    return augmenter
  }

  private static func apply(_ use: String, _ members: [JSONValue.Member], to signal: Signal) throws -> Signal {
    var draws = Draws(RandomSource(seed: 7, "clip"))
    return try plugin(use, members).apply(to: signal, drawing: &draws)
  }

  @Test func halfTheSpeedIsTwiceTheLengthAtTheSamePitch() throws {
    let slow = try Self.apply("augment.time_stretch", [.init("rate", 0.5)], to: Self.tone(440))
    #expect(slow.samples.count == 44_100)
    #expect(abs(Self.frequency(of: slow) - 440) < 1)
  }

  @Test func anOctaveUpIsTwiceThePitchAtTheSameLength() throws {
    let high = try Self.apply("augment.pitch_shift", [.init("n_steps", 12)], to: Self.tone(440))
    #expect(high.samples.count == 22_050)
    #expect(abs(Self.frequency(of: high) - 880) < 2)
  }

  @Test(arguments: ["augment.time_stretch", "augment.pitch_shift", "augment.noise"])
  func silenceStaysSilent(_ use: String) throws {
    let result = try Self.apply(use, [], to: Signal(samples: [Float](repeating: 0, count: 3000), sampleRate: 22_050))
    #expect(result.samples.allSatisfy { $0 == 0 })
  }

  @Test func aStretchThatLeavesNothingIsDiagnosed() {
    #expect(throws: Diagnostic.self) {
      try Self.apply("augment.time_stretch", [.init("rate", 10)], to: Signal(samples: [1, 2], sampleRate: 22_050))
    }
    #expect(throws: Diagnostic.self) {
      try Self.apply("augment.time_stretch", [.init("rate", .number(1e-9))], to: Self.tone(440))
    }
  }

  @Test func noiseHasTheRecordedLevel() throws {
    let signal = Self.tone(440, count: 100_000)
    var draws = Draws(RandomSource(seed: 7, "clip"))
    let noisy = try Self.plugin("augment.noise", [.init("amount", 0.1)]).apply(to: signal, drawing: &draws)
    let drawn = try #require(draws.record.first)
    #expect(drawn.name == "level" && draws.record.count == 1)
    let squares = zip(noisy.samples, signal.samples).reduce(0.0) { $0 + pow(Double($1.0 - $1.1), 2) }
    let deviation = (squares / 100_000).squareRoot()
    // The standard error of a deviation from 100,000 draws is 0.22 %.
    #expect(abs(deviation / (0.1 * (drawn.value.doubleValue ?? 0) * 0.5) - 1) < 0.01)
    let mean = zip(noisy.samples, signal.samples).reduce(0.0) { $0 + Double($1.0 - $1.1) } / 100_000
    #expect(abs(mean) < 5 * deviation / 100_000.0.squareRoot())
  }

  @Test func sameSeedSameNoise() throws {
    let signal = Self.tone(440, count: 1000)
    let first = try Self.apply("augment.noise", [], to: signal)
    let second = try Self.apply("augment.noise", [], to: signal)
    #expect(first == second && first != signal)
  }

  @Test(arguments: [0.5, 0.8, 1.7]) func everyRateKeepsThePitch(_ rate: Double) throws {
    for (name, value) in [("n_fft", 1024), ("n_fft", 1000), ("hop_length", 256)] {
      let result = try Self.apply(
        "augment.time_stretch", [.init("rate", rate.json), .init(name, .int(value))], to: Self.tone(440))
      #expect(result.samples.count == Int((22_050 / rate).rounded(.toNearestOrEven)))
      #expect(abs(Self.frequency(of: result) - 440) < 1.5)
    }
  }

  @Test func harmonicAndPercussiveAddUpToTheSignal() throws {
    var signal = Self.tone(440, count: 6000)
    signal.samples[3000] += 0.9
    for members in [[], [.init("power", 1), .init("kernel_size", [5, 40])], [.init("n_fft", 500)]]
      as [[JSONValue.Member]]
    {
      let lasting = try Self.apply("augment.harmonic", members, to: signal)
      let striking = try Self.apply("augment.percussive", members, to: signal)
      #expect(lasting.samples.count == 6000 && striking.samples.count == 6000)
      for index in 0..<6000 {
        #expect(abs(lasting.samples[index] + striking.samples[index] - signal.samples[index]) < 2e-6)
      }
    }
  }

  @Test func aToneLastsAndAClickStrikes() throws {
    func energy(_ signal: Signal) -> Double { signal.samples.reduce(0.0) { $0 + Double($1) * Double($1) } }
    let tone = Self.tone(440)
    #expect(energy(try Self.apply("augment.harmonic", [], to: tone)) > 0.9 * energy(tone))
    #expect(energy(try Self.apply("augment.percussive", [], to: tone)) < 0.02 * energy(tone))
    var click = Signal(samples: [Float](repeating: 0, count: 22_050), sampleRate: 22_050)
    click.samples[11_000] = 1
    #expect(energy(try Self.apply("augment.percussive", [], to: click)) > 0.9)
    #expect(energy(try Self.apply("augment.harmonic", [], to: click)) < 0.02)
  }

  @Test(arguments: [0, 0.5, 0.97, 1]) func deemphasisUndoesPreemphasis(_ coef: Double) throws {
    let signal = Self.tone(300, count: 3000)
    for zi in [JSONValue.null, 0, 0.25] {
      let members: [JSONValue.Member] = [.init("coef", coef.json), .init("zi", zi)]
      var undone = try Self.apply("augment.preemphasis", members, to: signal)
      if zi == .null {
        undone = try Self.apply("augment.deemphasis", members, to: undone)
      } else {
        // The state of the inverse is what was added, taken off.
        let taken: [JSONValue.Member] = [.init("coef", coef.json), .init("zi", (-(zi.doubleValue ?? 0)).json)]
        undone = try Self.apply("augment.deemphasis", taken, to: undone)
      }
      #expect(zip(undone.samples, signal.samples).allSatisfy { abs($0 - $1) < 1e-4 })
    }
  }

  @Test func trimAndSplitFindWhatWasPadded() throws {
    let silence = [Float](repeating: 0, count: 10_240)
    let tone = Self.tone(441, count: 10_240)
    let padded = Signal(samples: silence + tone.samples + silence + tone.samples + silence, sampleRate: 22_050)
    // Frames without overlap, which lie within one part but for those that a cut runs through.
    let members: [JSONValue.Member] = [.init("frame_length", 256), .init("hop_length", 256), .init("top_db", 20)]
    let trimmed = try Self.apply("augment.trim", members, to: padded)
    #expect(trimmed.samples == Array(padded.samples[10_240..<41_216]))
    let joined = try Self.apply("augment.split", members, to: padded)
    #expect(
      joined.samples == tone.samples + [Float](repeating: 0, count: 256) + tone.samples
        + [Float](repeating: 0, count: 256))
  }

  @Test(arguments: ["augment.trim", "augment.split"]) func nothingLeftIsDiagnosed(_ use: String) {
    #expect(throws: Diagnostic.self) { try Self.apply(use, [.init("ref", 1000)], to: Self.tone(440)) }
  }

  @Test func remixKeepsEverySample() throws {
    let signal = Self.tone(217, count: 5000)
    let members: [JSONValue.Member] = [.init("interval", 0.01), .init("align_zeros", false)]
    let turned = try Self.apply("augment.remix", members + [.init("order", "reversed")], to: signal)
    // 0.01 s is 220 samples; the last stretch has 160.
    #expect(turned.samples.prefix(160) == signal.samples.suffix(160))
    #expect(turned.samples.suffix(220) == signal.samples.prefix(220))
    let shuffled = try Self.apply("augment.remix", [.init("interval", 0.01)], to: signal)
    #expect(shuffled != signal && shuffled.samples.sorted() == signal.samples.sorted())
  }

  @Test func aHopOfNothingIsDiagnosed() {
    #expect(throws: Diagnostic.self) { try Self.plugin("augment.time_stretch", [.init("win_length", 3)]) }
    #expect(throws: Diagnostic.self) { try Self.plugin("augment.harmonic", [.init("win_length", 4096)]) }
  }
}
