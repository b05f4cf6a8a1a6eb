import Testing
import TimbreAudio
import TimbreCore

/// FLAC by libFLAC alone, against the numbers that were written.
@Suite struct FlacTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func decoded(_ path: String, from first: Int = 0, count: Int = .max) -> Signal? {
    FlacFile.mono(path: path) { _ in (first, count) }?.signal
  }

  /// Frames have 4,096 samples here: parts begin and end within one, at its edges and in the frame that is shorter.
  @Test func decodesParts() throws {
    let signal = Signal(samples: formulaSignal(600_000), sampleRate: 48_000)
    let path = folder.path + "/a.flac"
    try write(signal, to: path, as: .flac)
    let whole = try #require(decoded(path))
    #expect(whole.sampleRate == 48_000)
    #expect(whole.samples == signal.samples.map { ($0 * 32_768).rounded() / 32_768 })
    for (first, count) in [
      (0, 1), (1, 4095), (4095, 2), (4096, 4096), (4097, 9000), (28_800, 120_000), (530_000, .max), (599_999, 1),
      (599_990, 100),
    ] {
      #expect(decoded(path, from: first, count: count)?.samples == Array(whole.samples[first...].prefix(count)))
    }
    #expect(decoded(path, from: 600_000) == nil)
    #expect(decoded(path, count: 0) == nil)
  }

  /// Damage that libFLAC notices leaves the file to libsndfile; what it does not notice is no damage to the part that was read.
  @Test func leavesWhatIsBrokenAlone() throws {
    let signal = Signal(samples: formulaSignal(30_000), sampleRate: 8000)
    let content = try AudioFile.encode(signal, as: .flac)
    let sound = try folder.file("sound.flac", content)
    let (all, part) = (try #require(decoded(sound)), try #require(decoded(sound, from: 20_000, count: 50)))
    for place in stride(from: content.count / 3, to: content.count, by: 997) {
      var damaged = content
      damaged[place] ^= 0x10
      let path = try folder.file("damaged.flac", damaged)
      #expect(decoded(path)?.samples != all.samples, "byte \(place)")
      if let samples = decoded(path, from: 20_000, count: 50)?.samples { #expect(samples == part.samples) }
    }
    for count in [10, 42, content.count / 2, content.count - 1] {
      #expect(decoded(try folder.file("cut.flac", Array(content.prefix(count)))) == nil, "\(count) bytes")
    }
    #expect(decoded(try folder.file("empty.flac", [])) == nil)
    #expect(decoded(folder.path) == nil)
    #expect(decoded(folder.path + "/none.flac") == nil)
    #expect(decoded(try folder.file("wave.flac", try AudioFile.encode(signal, as: .wav))) == nil)
  }

  /// A header that stands among the samples' codes is no frame: its check does not hold.
  @Test func isNotMisledByWhatLooksLikeAFrame() throws {
    let noise = Signal(
      samples: (0..<200_000).map { Float(($0 &* 7919 &* $0) % 65_536 - 32_768) / 32_768 }, sampleRate: 8000)
    let path = folder.path + "/noise.flac"
    try write(noise, to: path, as: .flac)
    for first in stride(from: 1000, to: 200_000, by: 4099) {
      #expect(decoded(path, from: first, count: 10)?.samples == Array(noise.samples[first..<first + 10]))
    }
  }

  /// Metadata may hold sounds, whose frames bear the same numbers.
  @Test func looksForFramesBehindTheMetadata() throws {
    let signal = Signal(samples: formulaSignal(30_000), sampleRate: 8000)
    let other = Signal(samples: signal.samples.map { -$0 }, sampleRate: 8000)
    let (outer, inner) = (try AudioFile.encode(signal, as: .flac), try AudioFile.encode(other, as: .flac))
    let block = Array("test".utf8) + inner
    let head = [2] + [16, 8, 0].map { UInt8(truncatingIfNeeded: block.count >> $0) }
    let path = try folder.file("cover.flac", outer[..<42] + head + block + outer[42...])
    let expected = try #require(decoded(try folder.file("plain.flac", outer), from: 20_000, count: 100))
    #expect(decoded(path, from: 20_000, count: 100)?.samples == expected.samples)
  }

  /// Where a header tells of longer frames than there are, a sample's place cannot be worked out.
  @Test func isNotMisledByAnotherSizeOfFrames() throws {
    let signal = Signal(samples: formulaSignal(30_000), sampleRate: 8000)
    var content = try AudioFile.encode(signal, as: .flac)
    #expect(content[8..<12] == [16, 0, 16, 0])
    content.replaceSubrange(8..<12, with: [18, 0, 18, 0])
    let path = try folder.file("sizes.flac", content)
    for first in [100, 4300, 20_000] { #expect(decoded(path, from: first, count: 100) == nil) }
    #expect(decoded(path)?.samples.count == 30_000)
  }
}
