import Foundation
import Testing
import TimbreAudio
import TimbreCore

@Suite struct BadAudioTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// Loads the file and expects a diagnostic of this kind, with a remedy, about this file, that says `text`.
  private func expect(
    _ kind: Diagnostic.Kind, saying text: String, for path: String, _ options: LoadOptions = LoadOptions(),
    location: SourceLocation = #_sourceLocation
  ) {
    let found = diagnostic { _ = try load(.file(path), options: options) }
    #expect(found?.kind == kind, sourceLocation: location)
    #expect(found?.message.contains(text) == true, "\(found?.message ?? "nothing")", sourceLocation: location)
    #expect(found?.subject == path, sourceLocation: location)
    #expect(found?.help != nil, sourceLocation: location)
  }

  private typealias SourceLocation = Testing.SourceLocation

  @Test func namesWhatCannotBeOpened() throws {
    expect(.unreadableFile, saying: "no such file", for: folder.path + "/none.wav")
    expect(.unreadableFile, saying: "no such file", for: try folder.file("a.txt") + "/b.wav")
    expect(.unreadableFile, saying: "folder", for: folder.path)
    expect(.unreadableFile, saying: "not a path", for: "")
    expect(.unreadableFile, saying: "not an ordinary file", for: "/dev/zero")
    expect(.emptyAudio, saying: "0 bytes", for: try folder.file("empty.wav"))
  }

  @Test(.enabled(if: geteuid() != 0, "the superuser may read everything"))
  func namesMissingPermission() throws {
    let path = try folder.file("secret.wav", WAV.pcm16([formulaSignal(10)], rate: 8000))
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
    expect(.unreadableFile, saying: "permission", for: path)
  }

  @Test func namesWhatIsNotAudio() throws {
    expect(.badAudio, saying: "text file", for: try folder.file("a.wav", Array("Hello, this is no sound.\n".utf8)))
    expect(
      .badAudio, saying: "no header", for: try folder.file("b.wav", (0..<5000).map { UInt8($0 * 7919 % 251 % 128) }))
    // libsndfile would take these names for headerless formats and decode whatever is in them.
    for name in ["c.raw", "c.vox", "c.gsm", "c.au"] {
      expect(.badAudio, saying: "text file", for: try folder.file(name, Array("Hello, this is no sound.\n".utf8)))
    }
    let whole = WAV.pcm16([formulaSignal(400)], rate: 8000)
    expect(.badAudio, saying: "WAV header", for: try folder.file("d.wav", Array(whole.prefix(30))))
    expect(.badAudio, saying: "FLAC header", for: try folder.file("e.flac", Array("fLaC".utf8) + [0, 0]))
    var mute = try AudioFile.encode(Signal(samples: formulaSignal(4000), sampleRate: 8000), as: .flac)
    mute.replaceSubrange(18..<20, with: [0, 0])
    mute[20] &= 0x0F
    expect(.badAudio, saying: "FLAC header", for: try folder.file("rate.flac", mute))
    expect(.badAudio, saying: "M4A", for: try folder.file("f.m4a", [0, 0, 0, 24] + Array("ftypM4A ".utf8)))
    expect(.emptyAudio, saying: "no audio", for: try folder.file("g.wav", WAV.pcm16([[]], rate: 8000)))
  }

  @Test func tellsAudioThatIsCutShortUnlessTheWantedPartIsThere() throws {
    let all = formulaSignal(4000)
    let wav = try folder.file("cut.wav", Array(WAV.pcm16([all], rate: 8000).prefix(44 + 2 * 1500)))
    expect(.badAudio, saying: "of 0.5 s only 0.1875 s are there", for: wav, LoadOptions(sampleRate: nil))
    expect(.badAudio, saying: "cut short", for: wav, LoadOptions(sampleRate: nil, offset: 0.1, duration: 0.2))
    let there = try load(.file(wav), options: LoadOptions(sampleRate: nil, offset: 0.05, duration: 0.1))
    #expect(there.signal.samples == Array(all[400..<1200]))
    let flac = try AudioFile.encode(Signal(samples: formulaSignal(40_000), sampleRate: 8000), as: .flac)
    let path = try folder.file("cut.flac", Array(flac.prefix(flac.count / 2)))
    expect(.badAudio, saying: "of 5 s only", for: path, LoadOptions(sampleRate: nil))
    let later = try load(.file(path), options: LoadOptions(sampleRate: nil, offset: 0.25, duration: 0.1))
    #expect(later.signal.samples == Array(formulaSignal(40_000)[2000..<2800]))
    expect(.shortAudio, saying: "ends before", for: path, LoadOptions(offset: 4.9))
    // A whole file that ends before the wanted part does is not cut short.
    let whole = try folder.file("whole.wav", WAV.pcm16([all], rate: 8000))
    #expect(try load(.file(whole), options: LoadOptions(sampleRate: nil, duration: 9)).signal.samples.count == 4000)
  }

  @Test func saysHowShortAudioIs() throws {
    let path = try folder.file("short.wav", WAV.pcm16([formulaSignal(4000)], rate: 8000))
    expect(
      .shortAudio, saying: "starts at 0.6 s, but the audio is only 0.5 s long", for: path, LoadOptions(offset: 0.6))
    expect(.shortAudio, saying: "only 0.5 s long", for: path, LoadOptions(offset: 0.5))
    let clip = diagnostic { _ = try load(.file(path: path, start: 0.1, end: 0.2), options: LoadOptions(offset: 0.3)) }
    #expect(clip?.kind == .shortAudio && clip?.message.contains("clip is only 0.1 s") == true)
    let generated = diagnostic {
      _ = try load(.generated { Signal(samples: [0], sampleRate: 8000) }, options: LoadOptions(offset: 1))
    }
    #expect(generated?.kind == .shortAudio)
    for options in [
      LoadOptions(offset: -1), LoadOptions(offset: .nan), LoadOptions(duration: 0), LoadOptions(sampleRate: 0),
    ] {
      #expect(diagnostic { _ = try load(.file(path), options: options) }?.kind == .outOfRange)
    }
  }

  @Test func saysWhereASampleIsNotFinite() throws {
    for (value, text) in [(Float.nan, "NaN"), (.infinity, "infinite"), (-.infinity, "infinite")] {
      var samples = formulaSignal(4000)
      samples[3000] = value
      let path = try folder.file("bad.wav", WAV.float32([samples], rate: 8000))
      expect(.notFinite, saying: "\(text)", for: path)
      expect(.notFinite, saying: "at 0.375 s (frame 3000)", for: path, LoadOptions(offset: 0.25))
      #expect(try load(.file(path), options: LoadOptions(duration: 0.25)).signal.samples.count == 5513)
      let generated = diagnostic { [samples] in _ = try load(.generated { Signal(samples: samples, sampleRate: 8000) })
      }
      #expect(generated?.kind == .notFinite)
    }
    // Finite, but what lies between the samples is not.
    let loud = (0..<500).map { $0 % 7 < 3 ? Float.greatestFiniteMagnitude : -.greatestFiniteMagnitude }
    expect(.notFinite, saying: "a sample is", for: try folder.file("loud.wav", WAV.float32([loud], rate: 8000)))
  }

  @Test func survivesHostileHeaders() throws {
    let honest = WAV.pcm16([formulaSignal(100)], rate: 8000)
    func patched(_ name: String, _ position: Int, _ value: Int, _ count: Int) throws -> String {
      var content = honest
      content.replaceSubrange(position..<position + count, with: bytes(value, count))
      return try folder.file(name, content)
    }
    // A data chunk of 4 GiB, 65,535 channels, 4 GHz, 0 Hz, 0 channels, a frame of 0 bytes.
    let big = try load(.file(patched("data.wav", 40, 0xFFFF_FFF0, 4)), options: LoadOptions(sampleRate: nil))
    #expect(big.signal.samples == formulaSignal(100))
    for (name, position, value, count) in [
      ("channels.wav", 22, 65_535, 2), ("rate.wav", 24, 0x7FFF_FFFF, 4), ("zero.wav", 24, 0, 4), ("none.wav", 22, 0, 2),
      ("frame.wav", 32, 0, 2), ("one.wav", 24, 1, 4), ("bits.wav", 34, 255, 2),
    ] {
      let path = try patched(name, position, value, count)
      // Whatever comes of it: a signal or a diagnostic about this file.
      do {
        #expect(try !load(.file(path)).signal.samples.isEmpty)
      } catch let diagnostic as Diagnostic {
        #expect(diagnostic.subject == path)
      }
    }
    // A FLAC header that promises 2³⁶ − 1 frames.
    var flac = try AudioFile.encode(Signal(samples: formulaSignal(5000), sampleRate: 8000), as: .flac)
    flac[21] |= 0x0F
    flac.replaceSubrange(22..<26, with: [255, 255, 255, 255])
    let path = try folder.file("promise.flac", flac)
    #expect(try load(.file(path), options: LoadOptions(sampleRate: nil)).signal.samples == formulaSignal(5000))
  }

  @Test func damagedFilesNeverCrash() throws {
    let sources = [
      WAV.pcm16([formulaSignal(300), formulaSignal(300)], rate: 8000, extraChunks: true),
      aiff([formulaSignal(300)], rate: 8000),
      try AudioFile.encode(Signal(samples: formulaSignal(3000), sampleRate: 8000), as: .flac),
    ]
    var random = RandomSource(seed: 11, "damage")
    var decoded = 0
    for round in 0..<300 {
      var content = sources[round % sources.count]
      for _ in 0..<1 + random.index(below: 6) {
        content[random.index(below: round % 2 == 0 ? min(64, content.count) : content.count)] = UInt8(
          random.index(below: 256))
      }
      if round % 5 == 0 { content = Array(content.prefix(random.index(below: content.count))) }
      let path = try folder.file("damaged", content)
      do {
        _ = try load(.file(path), options: LoadOptions(offset: 0.001, duration: 1))
        decoded += 1
      } catch is Diagnostic { continue }
    }
    #expect(decoded > 0)
  }
}
