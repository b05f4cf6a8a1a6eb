import Foundation
import Testing
import TimbreAudio
import TimbreCore

@Suite struct WritingTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func wavKeepsEveryBit() throws {
    let signal = Signal(samples: [0, -0.0, 1e-30, 0.1, -3.5, .pi, 1e20] + formulaSignal(50), sampleRate: 12_345)
    let path = folder.path + "/a.wav"
    try write(signal, to: path)
    #expect(try AudioFile.decode(path: path).signal == signal)
    #expect(try AudioFile.info(path: path).format == "WAV")
    #expect(folder.names == ["a.wav"])
    // Format 3, one channel, 32 bits, as any reader of WAV finds it.
    let content = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(Array(content[20..<24]) == [3, 0, 1, 0] && Array(content[34..<36]) == [32, 0])
  }

  @Test func flacKeepsSixteenBits() throws {
    let signal = Signal(samples: formulaSignal(9000) + [-1, 32_767 / 32_768], sampleRate: 48_000)
    let path = folder.path + "/a.flac"
    try write(signal, to: path, as: .flac)
    #expect(try AudioFile.decode(path: path).signal == signal)
    try write(Signal(samples: [2, -2, 1e30, 0.3], sampleRate: 8000), to: path, as: .flac)
    let cut = try AudioFile.decode(path: path).signal.samples
    #expect(cut[0] == 32_767 / 32_768 && cut[1] == -1 && cut[2] == cut[0] && abs(cut[3] - 0.3) <= 0.5 / 32_768)
  }

  @Test(arguments: AudioEncoding.allCases)
  func equalSignalsGiveEqualBytes(encoding: AudioEncoding) throws {
    let signal = Signal(samples: formulaSignal(5000), sampleRate: 22_050)
    let first = try AudioFile.encode(signal, as: encoding)
    // Over a second later, a time of writing would show.
    Thread.sleep(forTimeInterval: 1.1)
    #expect(try AudioFile.encode(signal, as: encoding) == first)
  }

  @Test func namesWhatCannotBeEncoded() throws {
    func found(_ signal: Signal) -> Diagnostic? { diagnostic { _ = try AudioFile.encode(signal, as: .flac) } }
    #expect(found(Signal(samples: [.nan], sampleRate: 8000))?.kind == .notFinite)
    #expect(found(Signal(samples: [0], sampleRate: 3_000_000))?.kind == .outOfRange)
  }
}

/// Writes an audio file; the product's own files go through TimbreReport's `AtomicFile`.
func write(_ signal: Signal, to path: String, as encoding: AudioEncoding = .wav) throws {
  try Data(AudioFile.encode(signal, as: encoding)).write(to: URL(fileURLWithPath: path))
}
