import Foundation
import Testing
import TimbreAudio
import TimbreAugmenters
import TimbreCore

/// A folder of recordings for one test.
private final class Recordings {
  let path = NSTemporaryDirectory() + "timbre-recordings-" + UUID().uuidString
  var member: JSONValue.Member { .init("path", .string(path)) }

  init(_ files: [(name: String, signal: Signal)] = []) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for file in files { try add(file.name, AudioFile.encode(file.signal, as: .wav)) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func add(_ name: String, _ bytes: [UInt8]) throws {
    let place = URL(fileURLWithPath: path).appendingPathComponent(name)
    try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: place)
  }
}

@Suite struct BackgroundNoiseTests {
  /// A noise so loud that the result, brought back to its level, is the noise.
  private static let loud = JSONValue.Member("snr_db", -60)

  private static func correlation(_ a: [Float], _ b: some Collection<Float>) -> Double {
    zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } / (energy(a) * energy(b)).squareRoot()
  }

  @Test func theRatioIsTheOneAskedForAndTheStretchTheRecordedOne() throws {
    let noise = whiteNoise(50_000)
    let folder = try Recordings([("a.wav", noise)])
    let signal = tone(440, count: 8000)
    let noisy = try augmented(signal, by: "background_noise", [folder.member, .init("snr_db", 3)])
    #expect(abs(ratio(signal.samples, noisy.samples) - 3) < 0.01)
    #expect(noisy.drawn["noise_file"] == "a.wav")
    let offset = try #require(noisy.drawn["noise_offset"]?.doubleValue)
    let added = zip(noisy.samples, signal.samples).map { $0 - $1 }
    #expect(Self.correlation(added, noise.samples[Int(offset * 22_050)...].prefix(8000)) > 0.99999)
  }

  @Test func aShortRecordingGoesOnAtItsBeginning() throws {
    let noise = whiteNoise(700)
    let folder = try Recordings([("short.wav", noise)])
    let noisy = try augmented(tone(440, count: 2000), by: "background_noise", [folder.member, Self.loud])
    let start = Int(try #require(noisy.drawn["noise_offset"]?.doubleValue) * 22_050)
    let expected = (0..<2000).map { noise.samples[(start + $0) % 700] }
    #expect(start < 700 && Self.correlation(noisy.samples, expected) > 0.99999)
  }

  @Test func everyFileIsDrawnAtAnyDepthInAnyOrderOfMaking() throws {
    let folder = try Recordings([
      ("z.wav", whiteNoise(300)), ("inner/b.wav", whiteNoise(300)), ("a.WAV", whiteNoise(300)),
    ])
    let names = try Set(
      (0..<40).map { seed in
        try augmented(tone(440, count: 100), by: "background_noise", [folder.member], seed: seed).drawn["noise_file"]
      })
    #expect(names == ["z.wav", "inner/b.wav", "a.WAV"])
  }

  @Test func aRecordingIsResampledToTheSignalsRate() throws {
    let folder = try Recordings([("tone.wav", tone(1000, count: 16_000, rate: 16_000))])
    let signal = Signal(samples: tone(50, count: 8000, rate: 44_100).samples, sampleRate: 44_100)
    let noisy = try augmented(signal, by: "background_noise", [folder.member, Self.loud])
    let crossings = zip(noisy.samples, noisy.samples.dropFirst()).count { $0 < 0 && $1 >= 0 }
    #expect(abs(crossings - 181) <= 1)
  }

  /// A file too long to keep: only the stretch is read, and it is the recorded one.
  @Test func ofALongRecordingOnlyTheStretchIsRead() throws {
    let rate = 8000
    // Each second has a pitch of its own.
    let samples = (0..<50 * rate).map { Float(0.5 * sin(2 * .pi * Double(500 + 50 * ($0 / rate)) * Double($0) / 8000)) }
    let folder = try Recordings([("long.wav", Signal(samples: samples, sampleRate: rate))])
    let signal = whiteNoise(38_400, rate: 384_000)
    for seed in 0..<5 {
      let noisy = try augmented(signal, by: "background_noise", [folder.member, Self.loud], seed: UInt64(seed))
      let offset = try #require(noisy.drawn["noise_offset"]?.doubleValue)
      guard Int(offset) == Int(offset + 0.1) else { continue }
      let crossings = zip(noisy.samples, noisy.samples.dropFirst()).count { $0 < 0 && $1 >= 0 }
      #expect(abs(Double(crossings) - Double(500 + 50 * Int(offset)) / 10) < 1.5)
    }
  }

  @Test func threadsGiveTheSameBits() async throws {
    let folder = try Recordings((0..<6).map { ("\($0).wav", whiteNoise(3000 + 100 * $0, rate: 16_000)) })
    let member = folder.member
    let signal = tone(440, count: 1500)
    let together = try await withThrowingTaskGroup(of: (UInt64, [Float]).self) { group in
      for seed in 0..<48 as Range<UInt64> {
        group.addTask { (seed, try augmented(signal, by: "background_noise", [member], seed: seed).samples) }
      }
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    for seed in 0..<48 as Range<UInt64> {
      #expect(try augmented(signal, by: "background_noise", [member], seed: seed).samples == together[seed])
    }
  }

  @Test func silenceAndSilentRecordingsAddNothing() throws {
    let folder = try Recordings([("silence.wav", silence(900))])
    let signal = tone(440, count: 500)
    #expect(try augmented(signal, by: "background_noise", [folder.member]).samples == signal.samples)
    let noise = try Recordings([("noise.wav", whiteNoise(900))])
    #expect(try augmented(silence(500), by: "background_noise", [noise.member]).samples == silence(500).samples)
  }

  @Test(arguments: ["background_noise", "impulse_response"]) func whatCannotBeReadIsNamed(_ use: String) throws {
    let empty = try Recordings()
    let signal = tone(440, count: 500)
    let none = thrown { _ = try augmented(signal, by: use, [empty.member]) }
    #expect(none?.kind == .unreadableFile && none?.subject == empty.path && none?.help?.contains("wav") == true)
    let missing = thrown { _ = try augmented(signal, by: use, [.init("path", "/no/such/folder")]) }
    #expect(missing?.kind == .unreadableFile && missing?.subject == "/no/such/folder")
    let broken = try Recordings()
    try broken.add("text.wav", Array("not audio".utf8))
    let bad = thrown { _ = try augmented(signal, by: use, [broken.member]) }
    #expect(bad?.kind == .badAudio && bad?.subject?.hasSuffix("text.wav") == true)
    #expect(thrown { _ = try augmented(signal, by: use, [.init("path", "")]) }?.help?.contains("name") == true)
  }

  @Test func whatWasNotUsedForLongestMakesRoom() {
    var kept = KeptAudio(limit: 10)
    for name in ["a", "b"] { kept.keep([Float](repeating: 0, count: 4), name, 8000) }
    #expect(kept["a", 8000]?.count == 4 && kept["a", 16_000] == nil)
    kept.keep([Float](repeating: 0, count: 5), "c", 8000)
    #expect(kept["b", 8000] == nil && kept["a", 8000] != nil && kept["c", 8000] != nil)
    kept.keep([Float](repeating: 0, count: 11), "d", 8000)
    #expect(kept["d", 8000] == nil && kept["a", 8000] != nil)
    kept.keep([Float](repeating: 0, count: 10), "e", 8000)
    #expect(kept["a", 8000] == nil && kept["c", 8000] == nil && kept["e", 8000] != nil)
  }
}

@Suite struct ImpulseResponseTests {
  private static func click(at place: Int, count: Int, height: Float = 1) -> Signal {
    var click = silence(count)
    click.samples[place] = height
    return click
  }

  @Test func aClickLeavesTheSignalAndALaterOneDelaysIt() throws {
    let signal = whiteNoise(5000)
    let now = try Recordings([("now.wav", Self.click(at: 0, count: 40))])
    let same = try augmented(signal, by: "impulse_response", [now.member, .init("level", "none")])
    #expect(same.drawn == ["response_file": "now.wav"] && same.samples.count == 5000)
    #expect(zip(same.samples, signal.samples).allSatisfy { abs($0 - $1) < 1e-6 })
    let later = try Recordings([("later.wav", Self.click(at: 30, count: 40))])
    let whole: [JSONValue.Member] = [later.member, .init("level", "none"), .init("leave_length_unchanged", false)]
    let delayed = try augmented(signal, by: "impulse_response", whole).samples
    #expect(delayed.count == 5039)
    #expect(zip(delayed.dropFirst(30), signal.samples).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(delayed.prefix(30).allSatisfy { abs($0) < 1e-6 })
  }

  @Test func theLevelIsThePeakOrTheSignals() throws {
    let signal = whiteNoise(5000)
    let room = try Recordings([("room.wav", whiteNoise(800))])
    let peak = try augmented(signal, by: "impulse_response", [room.member, .init("leave_length_unchanged", false)])
    #expect(abs((peak.samples.map(\.magnitude).max() ?? 0) - 0.5) < 1e-6)
    let rms = try augmented(signal, by: "impulse_response", [room.member, .init("level", "rms")]).samples
    #expect(abs(energy(rms) / energy(signal.samples) - 1) < 1e-6)
    for level in ["peak", "rms", "none"] {
      let silent = try augmented(silence(900), by: "impulse_response", [room.member, .init("level", .string(level))])
      #expect(silent.samples == silence(900).samples)
    }
  }

  @Test func aResponseOfMinutesIsRefused() throws {
    let folder = try Recordings([("song.wav", silence(61 * 100, rate: 100))])
    let refusal = thrown { _ = try augmented(whiteNoise(10), by: "impulse_response", [folder.member]) }
    #expect(refusal?.kind == .outOfRange && refusal?.subject?.hasSuffix("song.wav") == true)
    // Also where another augmenter has had it decoded.
    _ = try augmented(whiteNoise(10), by: "background_noise", [folder.member])
    #expect(thrown { _ = try augmented(whiteNoise(10), by: "impulse_response", [folder.member]) } == refusal)
  }
}
