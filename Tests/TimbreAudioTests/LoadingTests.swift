import Foundation
import Testing
import TimbreAudio
import TimbreCore

@Suite struct LoadingTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// The signal, delayed by 11 samples from one channel to the next, going round.
  private func channels(_ count: Int, rate: Int) -> [[Float]] {
    let base = formulaSignal(rate)
    return (0..<count).map { channel in Array(base.suffix(11 * channel) + base.dropLast(11 * channel)) }
  }

  @Test func matchesLibrosa() throws {
    let goldens = try Goldens.read().loading
    #expect(goldens.count == 16)
    for golden in goldens {
      let channels = channels(golden.channels, rate: golden.rate)
      let content =
        switch golden.container {
        case "c.aiff": aiff(channels, rate: golden.rate)
        case "a.wav": WAV.pcm16(channels, rate: golden.rate, extraChunks: true)
        default: WAV.float32(channels, rate: golden.rate)
        }
      // b.flac is a WAV file here: the content decides.
      let path = try folder.file(golden.container, content)
      let loaded = try load(
        .file(path), options: LoadOptions(sampleRate: golden.sr, offset: golden.offset, duration: golden.duration))
      let name = Comment(rawValue: "\(golden.container) at \(golden.sr ?? 0) from \(golden.offset)")
      #expect(loaded.signal.sampleRate == golden.sr ?? golden.rate, name)
      #expect(loaded.signal.samples.count == golden.length, name)
      #expect(worst(loaded.signal.samples, step: golden.step, golden.samples) <= 1e-5, name)
      #expect(abs(energy(loaded.signal.samples) - golden.energy) <= 1e-5 * golden.energy, name)
      #expect(abs(moment(loaded.signal.samples) - golden.moment) <= 1e-5 * Double(golden.length).squareRoot(), name)
      #expect(loaded.info.channels == golden.channels && loaded.info.frames == golden.rate, name)
      #expect(loaded.info.format == (golden.container == "c.aiff" ? "AIFF" : "WAV"), name)
    }
  }

  @Test func decodesOggAndMP3() throws {
    for golden in try Goldens.read().lossy {
      let data = try #require(Data(base64Encoded: golden.base64))
      let path = try folder.file(golden.name, [UInt8](data))
      let loaded = try load(.file(path), options: LoadOptions(sampleRate: nil, offset: 0.05, duration: 0.1))
      #expect(loaded.info.format == (golden.name == "tone.ogg" ? "OGG" : "MP3"))
      #expect(loaded.signal.samples.count == golden.length)
      // Decoders of other versions round differently.
      #expect(worst(loaded.signal.samples, step: golden.step, golden.samples) <= 1e-3)
    }
  }

  @Test func readsAIFFCUnderAWavName() throws {
    let path = try folder.file("voice.wav", aiff([formulaSignal(500)], rate: 16_000, compressed: true))
    let loaded = try load(.file(path), options: LoadOptions(sampleRate: nil))
    #expect(loaded.signal.samples == formulaSignal(500))
    #expect(loaded.info == AudioInfo(sampleRate: 16_000, channels: 1, frames: 500, format: "AIFF"))
  }

  @Test func aCropIsAPartOfTheWhole() throws {
    let all = formulaSignal(8000)
    let path = try folder.file("a.wav", WAV.pcm16([all], rate: 8000))
    func samples(_ source: AudioSource, _ offset: Double, _ duration: Double?) throws -> [Float] {
      try load(source, options: LoadOptions(sampleRate: nil, offset: offset, duration: duration)).signal.samples
    }
    #expect(try samples(.file(path), 0, nil) == all)
    #expect(try samples(.file(path), 0.25, 0.5) == Array(all[2000..<6000]))
    // int(offset · rate) and int(duration · rate), as librosa cuts.
    #expect(try samples(.file(path), 0.00019, 0.00019) == [all[1]])
    #expect(try samples(.file(path), 0.75, 100) == Array(all[6000...]))
    let part = AudioSource.file(path: path, start: 0.25, end: 0.75)
    #expect(try samples(part, 0, nil) == Array(all[2000..<6000]))
    #expect(try samples(part, 0.25, 100) == Array(all[4000..<6000]))
    #expect(try samples(part, 0, 0.125) == Array(all[2000..<3000]))
    #expect(try samples(.file(path: path, start: 0.5, end: 9), 0.25, nil) == Array(all[6000...]))
  }

  @Test func generatedAudioIsTreatedAsAFile() throws {
    let signal = Signal(samples: formulaSignal(16_000), sampleRate: 16_000)
    let path = try folder.file("a.wav", WAV.pcm16([signal.samples], rate: 16_000))
    let options = LoadOptions(offset: 0.3, duration: 0.4)
    let file = try load(.file(path), options: options)
    let generated = try load(.generated { signal }, options: options)
    #expect(generated.signal == file.signal)
    #expect(generated.contentHash == file.contentHash)
    #expect(generated.info == AudioInfo(sampleRate: 16_000, channels: 1, frames: 16_000, format: "generated"))
  }

  @Test func theHashIsThatOfTheAudio() throws {
    let all = formulaSignal(6001)
    let wav = try folder.file("a.wav", WAV.pcm16([all], rate: 8000))
    let stereo = try folder.file("b.wav", WAV.float32([all, all], rate: 8000))
    let other = try folder.file("c.wav", WAV.pcm16([all.dropLast() + [0]], rate: 8000))
    let flac = folder.path + "/d.flac"
    try write(Signal(samples: all, sampleRate: 8000), to: flac, as: .flac)
    func hash(_ path: String, _ rate: Int? = nil, _ offset: Double = 0) throws -> String {
      try load(.file(path), options: LoadOptions(sampleRate: rate, offset: offset)).contentHash
    }
    let expected = try hash(wav)
    #expect(expected.count == 32 && expected.allSatisfy { $0.isHexDigit && !$0.isUppercase })
    #expect(try hash(stereo) == expected)
    #expect(try hash(flac) == expected)
    #expect(try hash(wav, 16_000) == expected)
    #expect(try hash(wav, nil, 0.01) != expected)
    #expect(try hash(other) != expected)
  }

  @Test func theHashIsMurmurHash3() {
    let text = Array("The quick brown fox jumps over the lazy dog".utf8)
    let padded = text + [UInt8](repeating: 0, count: 7)
    let (high, low) = murmur128(words: (text.count + 7) / 8, byteCount: text.count, seed: 0) { word in
      (0..<8).reduce(0) { $0 | UInt64(padded[8 * word + $1]) << (8 * $1) }
    }
    // The published value for this sentence (x64, 128 bits).
    #expect(high == 0xE34B_BC7B_BC07_1B6C && low == 0x7A43_3CA9_C49A_9347)
  }
}
