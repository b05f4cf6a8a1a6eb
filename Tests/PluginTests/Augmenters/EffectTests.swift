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
}
