import Testing
import TimbreCore
import TimbreDatasets

@Suite struct SyntheticTests {
  private func list(_ members: JSONValue.Member...) throws -> ClipList { try clips(Synthetic.self, members) }

  private func audio(_ clip: Clip) throws -> Signal {
    guard case .generated(let make) = clip.source else { throw Diagnostic(.badDataset, "not generated") }
    return try make()
  }

  @Test func hasEveryEmotionOfEverySpeakerEquallyOften() throws {
    let list = try list(JSONValue.Member("speakers", 11), JSONValue.Member("clips_per_emotion", 3))
    #expect(list.clips.count == 11 * 8 * 3 && list.rejected.isEmpty)
    #expect(list.labels == ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"])
    for label in list.labels {
      for speaker in Set(list.clips.compactMap(\.speaker)) {
        #expect(list.clips.filter { $0.label == label && $0.speaker == speaker }.count == 3)
      }
    }
    #expect(
      list.clips.map(\.id) == list.clips.map(\.id).sorted() && Set(list.clips.map(\.id)).count == list.clips.count)
    #expect(
      list.clips.contains { $0.id == "speaker03-happy-02" && $0.speaker == "03" && $0.value(of: "sex") == "male" })
  }

  @Test func theSameClipSoundsTheSame() async throws {
    let few = try list(
      JSONValue.Member("speakers", 2), JSONValue.Member("clips_per_emotion", 1), JSONValue.Member("duration", 0.6))
    let more = try list(
      JSONValue.Member("speakers", 3), JSONValue.Member("clips_per_emotion", 2), JSONValue.Member("duration", 0.6))
    let other = try list(
      JSONValue.Member("speakers", 2), JSONValue.Member("clips_per_emotion", 1), JSONValue.Member("duration", 0.6),
      JSONValue.Member("seed", 2))
    let alone = try few.clips.map(audio)
    // Whatever else is in the dataset, and whichever thread makes it.
    try await withThrowingTaskGroup(of: (Int, Signal).self) { group in
      for (index, clip) in few.clips.enumerated() {
        let twin = try #require(more.clips.first { $0.id == clip.id })
        group.addTask { (index, try audio(twin)) }
      }
      for try await (index, signal) in group { #expect(signal == alone[index]) }
    }
    #expect(Set(alone).count == alone.count)
    #expect(try zip(other.clips, alone).allSatisfy { try audio($0) != $1 })
  }

  @Test func isSoundWithinBounds() throws {
    for (rate, difficulty) in [(8000, 1.0), (22_050, 0.5), (48_000, 0.0)] {
      let list = try list(
        JSONValue.Member("speakers", 2), JSONValue.Member("clips_per_emotion", 1),
        JSONValue.Member("sample_rate", .int(rate)),
        JSONValue.Member("difficulty", .number(difficulty)))
      for clip in list.clips {
        let signal = try audio(clip)
        #expect(signal.sampleRate == rate && abs(signal.duration - 2) <= 0.2 + 1e-3)
        #expect(signal.samples.allSatisfy { $0.isFinite && abs($0) <= 1 })
        let level = (signal.samples.reduce(0) { $0 + $1 * $1 } / Float(signal.samples.count)).squareRoot()
        #expect(level > 0.003 && level < 0.4, Comment(rawValue: clip.id))
      }
    }
  }

  /// The period of the loudest stretch, by autocorrelation, must be that of a voice, higher for women.
  @Test func hasThePitchOfAVoice() throws {
    let list = try list(
      JSONValue.Member("speakers", 6), JSONValue.Member("clips_per_emotion", 2), JSONValue.Member("difficulty", 0))
    var pitches: [String: [Double]] = [:]
    for clip in list.clips where clip.label == "neutral" || clip.label == "surprised" {
      pitches[(clip.value(of: "sex") ?? "") + clip.label, default: []].append(pitch(try audio(clip)))
    }
    func mean(_ key: String) -> Double { (pitches[key] ?? []).reduce(0, +) / Double(pitches[key]?.count ?? 1) }
    #expect((85...160).contains(mean("maleneutral")) && (160...270).contains(mean("femaleneutral")))
    #expect(mean("malesurprised") > 1.15 * mean("maleneutral"))
    #expect(mean("femalesurprised") > 1.15 * mean("femaleneutral"))
  }

  private func pitch(_ signal: Signal) -> Double {
    let length = 1500
    let starts = Array(stride(from: 0, to: signal.samples.count - 2 * length, by: 500))
    func energy(_ start: Int) -> Float { signal.samples[start..<start + length].reduce(0) { $0 + $1 * $1 } }
    let start = starts.max { energy($0) < energy($1) } ?? 0
    let window = Array(signal.samples[start..<start + 2 * length])
    func likeness(_ lag: Int) -> Float {
      var product: Float = 0
      var size: Float = 1e-9
      for index in 0..<length {
        product += window[index] * window[index + lag]
        size += window[index + lag] * window[index + lag]
      }
      return product / size.squareRoot()
    }
    let lags = Array(40...280)
    let likenesses = lags.map(likeness)
    // The first peak that is nearly the highest: later ones are its multiples.
    let limit = 0.9 * (likenesses.max() ?? 0)
    for index in 1..<lags.count - 1
    where likenesses[index] >= limit && likenesses[index] >= likenesses[index - 1]
      && likenesses[index] >= likenesses[index + 1]
    {
      return Double(signal.sampleRate) / Double(lags[index])
    }
    return 0
  }
}
