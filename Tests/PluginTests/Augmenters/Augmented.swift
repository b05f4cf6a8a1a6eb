import Foundation
import Testing
import TimbreBuiltin
import TimbreCore

/// What a built-in augmenter makes of a signal, and what it drew.
func augmented(
  _ signal: Signal, by use: String, _ members: [JSONValue.Member] = [], seed: UInt64 = 7
) throws -> (samples: [Float], drawn: [String: JSONValue]) {
  let entry = try #require(Builtin.registry().augmenters["augment." + use])
  guard case .signal(let plugin) = try entry.make(members) else {
    throw Diagnostic(.wrongType, "\(use) is for features")
  }
  var draws = Draws(RandomSource(seed: seed, "clip"))
  let result = try plugin.apply(to: signal, drawing: &draws)
  #expect(result.sampleRate == signal.sampleRate)
  return (result.samples, Dictionary(draws.record.map { ($0.name, $0.value) }) { $1 })
}

func tone(_ frequency: Double, count: Int = 22_050, rate: Int = 22_050, amplitude: Double = 0.5) -> Signal {
  let samples = (0..<count).map { Float(amplitude * sin(2 * .pi * frequency * Double($0) / Double(rate))) }
  return Signal(samples: samples, sampleRate: rate)
}

func whiteNoise(_ count: Int, rate: Int = 22_050) -> Signal {
  var random = RandomSource(seed: 11)
  return Signal(samples: (0..<count).map { _ in Float(random.uniform(-0.5, 0.5)) }, sampleRate: rate)
}

func silence(_ count: Int, rate: Int = 22_050) -> Signal {
  Signal(samples: [Float](repeating: 0, count: count), sampleRate: rate)
}

func energy(_ samples: some Sequence<Float>) -> Double { samples.reduce(0) { $0 + Double($1) * Double($1) } }

/// Decibels of the signal over what was added to it.
func ratio(_ signal: [Float], _ noisy: [Float]) -> Double {
  let added = zip(noisy, signal).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
  return 10 * log10(energy(signal) / added)
}
