import Testing
import TimbreAudio
import TimbreCore

import TimbreFingerprint
import TimbreMachine

@Suite struct FingerprintTests {
  /// Syllables: a buzz whose pitch and formants wander, with pauses between; another `seed` says something else.
  static func speech(_ seed: UInt64, seconds: Double = 2.5, rate: Int = 22_050) -> Signal {
    var random = RandomSource(seed: seed)
    var samples = [Float](repeating: 0, count: Int(seconds * Double(rate)))
    var (phase, begin) = (0.0, 0)
    while begin < samples.count {
      let length = Int(random.uniform(0.08, 0.25) * Double(rate))
      let (pitch, glide) = (random.uniform(90, 220), random.uniform(0.7, 1.4))
      let formants = [random.uniform(300, 800), random.uniform(900, 1_900)]
      for index in begin..<min(samples.count, begin + length) {
        let part = Double(index - begin) / Double(length)
        let now = pitch * (1 + (glide - 1) * part)
        phase += 2 * .pi * now / Double(rate)
        var value = 0.0
        for harmonic in 1...18 {
          let frequency = now * Double(harmonic)
          let gain = formants.reduce(0) { $0 + 1 / (1 + ((frequency - $1) / 90) * ((frequency - $1) / 90)) }
          value += gain * sine(phase * Double(harmonic))
        }
        samples[index] = Float(0.1 * value * sine(.pi * part)) + 0.0005 * Float(random.normal())
      }
      begin += length + Int(random.uniform(0, 0.05) * Double(rate))
    }
    return Signal(samples: samples, sampleRate: rate)
  }

  private static func sine(_ x: Double) -> Double {
    // The Taylor series around the nearest multiple of 2π is as good as any.
    let y = x - (x / (2 * .pi)).rounded() * 2 * .pi
    var (term, sum) = (y, y)
    for n in 1...11 {
      term *= -y * y / Double(2 * n * (2 * n + 1))
      sum += term
    }
    return sum
  }

  private static func block(_ signals: [Signal]) -> PackedRuns<UInt32> {
    var block = PackedRuns<UInt32>(count: signals.count)
    for (index, signal) in signals.enumerated() {
      block[index] = AudioFingerprint.packed(AudioFingerprint(of: signal))[...]
    }
    return block
  }

  private static func changed(_ signal: Signal, _ way: String) throws -> Signal {
    var random = RandomSource(seed: 99)
    let samples = signal.samples
    switch way {
    case "gain": return Signal(samples: samples.map { $0 * -0.1 }, sampleRate: signal.sampleRate)
    case "noise":
      return Signal(samples: samples.map { $0 + 0.002 * Float(random.normal()) }, sampleRate: signal.sampleRate)
    case "later":
      return Signal(samples: [Float](repeating: 0, count: 4_000) + samples, sampleRate: signal.sampleRate)
    case "earlier": return Signal(samples: Array(samples[2_500...]), sampleRate: signal.sampleRate)
    case "8 bits":
      return Signal(samples: samples.map { ($0 * 127).rounded() / 127 }, sampleRate: signal.sampleRate)
    case "16 kHz":
      return Signal(
        samples: try Resampler.resample(samples, from: 22_050, to: 16_000, type: .soxrHQ), sampleRate: 16_000)
    default: return signal
    }
  }

  @Test(arguments: ["same", "gain", "noise", "later", "earlier", "8 bits", "16 kHz"])
  func aCopyIsFound(_ way: String) throws {
    let voices = (1...6).map { Self.speech(UInt64($0)) }
    let copy = try Self.changed(voices[2], way)
    let matches = FingerprintIndex.matches(in: Self.block(voices + [copy]))
    let match = try #require(matches.first { $0.first == 2 && $0.second == 6 }, "\(matches)")
    #expect(match.distance < (way == "16 kHz" ? 0.3 : 0.25))
    if way == "same" { #expect(match.distance == 0 && match.shift == 0) }
    if way == "later" { #expect(match.shift == -8) }
    // Waves are compared at one rate: a run loads all clips at one, unless it is told to keep each its own.
    if way != "16 kHz" { #expect(match.likeness(voices[2], copy) > 0.9) }
  }

  @Test func otherRecordingsAreNot() {
    let voices = (1...40).map { Self.speech(UInt64($0)) }
    let matches = FingerprintIndex.matches(in: Self.block(voices))
    for match in matches { #expect(match.likeness(voices[match.first], voices[match.second]) < 0.5, "\(match)") }
    #expect(matches.count < 4)
  }

  /// Tones whose fingerprints may be alike because nothing changes in them are told apart by their waves.
  @Test func steadyTonesAreToldApart() {
    let tones = [220.0, 224, 440, 441].map { frequency in
      Signal(
        samples: (0..<40_000).map { Float(Self.sine(2 * .pi * frequency * Double($0) / 22_050)) }, sampleRate: 22_050)
    }
    for match in FingerprintIndex.matches(in: Self.block(tones)) {
      #expect(match.likeness(tones[match.first], tones[match.second]) < FingerprintMatch.leastLikeness, "\(match)")
    }
  }

  @Test func whatIsKnownIsNotLookedFor() {
    let voice = Self.speech(3)
    let block = Self.block([voice, voice, voice])
    #expect(FingerprintIndex.matches(in: block).map { [$0.first, $0.second] } == [[0, 1], [0, 2], [1, 2]])
    #expect(FingerprintIndex.matches(in: block, isSame: { _, _ in true }).isEmpty)
  }

  /// More frames than are sorted at a time.
  @Test func copiesAreFoundAmongMany() {
    var random = RandomSource(seed: 12)
    var block = PackedRuns<UInt32>(count: 1_000)
    var prints: [[UInt32]] = []
    for clip in 0..<block.count {
      let isCopy = clip % 100 == 99
      var print = [0, .max, .max, .max, .max] + (0..<128).map { _ in UInt32.random(in: 0 ... .max, using: &random) }
      // One bit in 32 is another.
      if isCopy { print = prints[clip - 50].enumerated().map { $0 < 5 ? $1 : $1 ^ 1 << UInt32($0 % 32) } }
      prints.append(print)
      block[clip] = print[...]
    }
    let matches = FingerprintIndex.matches(in: block)
    #expect(matches.map { [$0.first, $0.second] } == (0..<10).map { [100 * $0 + 49, 100 * $0 + 99] })
    #expect(matches.allSatisfy { $0.distance == 1.0 / 32 && $0.shift == 0 })
    #expect(FingerprintIndex.matches(in: block, Workers(5)) == matches)
  }

  /// Frames that say nothing, between those that do, are left out on both sides, wherever they meet.
  @Test(arguments: [0, 1, 3, 31, 40, 64, 70, 100])
  func distancesCountWhatBothHaveToSay(_ offset: Int) throws {
    var random = RandomSource(seed: UInt64(offset))
    let words = (0..<256).map { _ in UInt32.random(in: 0 ... .max, using: &random) }
    let other = words.map { $0 ^ (1 << UInt32.random(in: 0..<32, using: &random)) & ($0 >> 3) }
    func mask() -> [Bool] { (0..<128).map { _ in random.uniform() < 0.8 } }
    func packed(_ words: [UInt32], _ isActive: [Bool], start: Int) -> ArraySlice<UInt32> {
      let bits = (0..<4).map { part in
        (0..<32).reduce(UInt32(0)) { isActive[32 * part + $1] ? $0 | 1 << UInt32($1) : $0 }
      }
      return ([UInt32(start)] + bits + words)[...]
    }
    let (mine, others) = (mask(), mask())
    var block = PackedRuns<UInt32>(count: 2)
    // The second begins so many frames later, in the recording as in what is kept of it.
    block[0] = packed(Array(words[..<128]), mine, start: 0)
    block[1] = packed(Array(other[offset..<offset + 128]), others, start: offset)
    let common = (offset..<128).filter { mine[$0] && others[$0 - offset] }
    let wrong = common.reduce(0) { $0 + (words[$1] ^ other[$1]).nonzeroBitCount }
    let matches = FingerprintIndex.matches(in: block)
    if common.count < 17 { return #expect(matches.isEmpty) }
    let match = try #require(matches.first)
    #expect(wrong > 0 && match.distance == Double(wrong) / Double(32 * common.count) && match.shift == 0)
  }

  @Test func silenceAndScrapsHaveNone() {
    #expect(AudioFingerprint(of: Signal(samples: [Float](repeating: 0, count: 50_000), sampleRate: 22_050)) == nil)
    #expect(AudioFingerprint(of: Signal(samples: [], sampleRate: 22_050)) == nil)
    #expect(AudioFingerprint(of: Signal(samples: [1], sampleRate: 8_000)) == nil)
    #expect(AudioFingerprint(of: Self.speech(1, seconds: 0.3)) == nil)
    #expect(FingerprintIndex.matches(in: PackedRuns(count: 0)).isEmpty)
    #expect(FingerprintIndex.matches(in: PackedRuns(count: 2)).isEmpty)
  }

  @Test func packingLosesNothing() throws {
    for seconds in [0.8, 2.5, 9] {
      let fingerprint = try #require(AudioFingerprint(of: Self.speech(8, seconds: seconds)))
      let packed = AudioFingerprint.packed(fingerprint)
      let other = try #require(AudioFingerprint(packed: packed[...]))
      #expect(other.active == fingerprint.active && other.start == fingerprint.start)
      #expect(other.words == fingerprint.words)
      // What was cut off in a damaged file is no fingerprint.
      #expect(AudioFingerprint(packed: packed.dropLast(fingerprint.words.count / 2)) == nil)
    }
    #expect(AudioFingerprint(packed: AudioFingerprint.packed(nil)[...]) == nil)
    // Of a long recording the loudest part, wherever it begins.
    let quiet = Self.speech(1, seconds: 5)
    let long = Signal(samples: quiet.samples.map { $0 * 0.1 } + Self.speech(2, seconds: 4).samples, sampleRate: 22_050)
    let fingerprint = try #require(AudioFingerprint(of: long))
    #expect(fingerprint.start > 180 && fingerprint.words.count == AudioFingerprint.most)
  }
}
