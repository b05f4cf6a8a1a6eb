import TimbreCore

/// Emotional speech that needs no recordings: a source–filter voice says nonsense syllables in eight emotions.
public struct Synthetic: DatasetReader {
  public struct Config: PluginConfig {
    public var speakers = 8
    public var clipsPerEmotion = 4
    public var duration = 2.0
    public var sampleRate = 22_050
    public var difficulty = 0.5
    public var seed = 1
    public init() {}
  }

  public static let spec = PluginSpec<Config>(
    "dataset.synthetic", summary: "Made-up voices that say nonsense syllables in eight emotions; needs no files.",
    reference: "Klatt (1980), JASA 67(3); Rosenberg (1971), JASA 49(2B)",
    parameters: [
      .int("speakers", \.speakers, in: 1...10_000, "How many voices, alternately male and female."),
      .int("clips_per_emotion", \.clipsPerEmotion, in: 1...10_000, "Clips of each emotion by each voice."),
      .number(
        "duration", \.duration, in: .closed(0.5, 60), unit: .seconds, "Mean length of a clip; it varies by a tenth."),
      .int("sample_rate", \.sampleRate, in: 8_000...192_000, unit: .hertz, "Sample rate of the clips."),
      .number(
        "difficulty", \.difficulty, in: .closed(0, 1),
        "How much clips of one emotion differ: 0 is easy, 1 makes most emotions overlap."),
      .int("seed", \.seed, in: 0...Int.max, "Other seeds make other voices and clips."),
    ],
    details: """
      A glottal pulse train with jitter, shimmer and aspiration drives five vowel formants. Register, pitch range and contour, \
      tempo, level, spectral tilt, jitter, tremor and breathiness follow the emotion, the voice's habits, and chance. Labels \
      are those of RAVDESS. For trying things out: numbers on it say nothing about human speech.
      """)

  private let config: Config

  public init(_ config: Config) throws { self.config = config }

  public func clips() throws -> ClipList {
    var clips: [Clip] = []
    clips.reserveCapacity(config.speakers * config.clipsPerEmotion * Emotion.allCases.count)
    // Arrays that many clips share take no memory for each.
    let attributes = ["male", "female"].map { sex in
      (1...config.clipsPerEmotion).map { [(name: "sex", value: sex), (name: "take", value: String($0))] }
    }
    for number in 1...config.speakers {
      let speaker = Speaker(number, config)
      let name = padded(number, to: config.speakers)
      for emotion in Emotion.allCases.sorted(by: { $0.rawValue < $1.rawValue }) {
        for take in 1...config.clipsPerEmotion {
          let id = "speaker\(name)-\(emotion.rawValue)-\(padded(take, to: config.clipsPerEmotion))"
          clips.append(
            Clip(
              id: id, source: .generated { speaker.says(emotion, id) }, label: emotion.rawValue, speaker: name,
              attributes: attributes[speaker.voice.isFemale ? 1 : 0][take - 1]))
        }
      }
    }
    return ClipList(clips: clips, labels: Emotion.allCases.map(\.rawValue))
  }

  /// A voice and how it is to speak: shared by all of its clips.
  private final class Speaker: Sendable {
    let voice: Voice
    private let config: Config

    init(_ number: Int, _ config: Config) {
      voice = Voice(number: number, seed: UInt64(config.seed))
      self.config = config
    }

    func says(_ emotion: Emotion, _ id: String) -> Signal {
      var random = RandomSource(seed: UInt64(config.seed), "clip", id)
      let utterance = Utterance(
        emotion, by: voice, duration: config.duration, difficulty: config.difficulty, random: &random)
      return utterance.render(sampleRate: config.sampleRate, random: &random)
    }
  }

  private func padded(_ number: Int, to highest: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, max(2, String(highest).count) - digits.count)) + digits
  }
}
