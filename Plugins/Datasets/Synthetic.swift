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
    for number in 1...config.speakers {
      let speaker = padded(number, to: config.speakers)
      let voice = Voice(number: number, seed: UInt64(config.seed))
      for emotion in Emotion.allCases.sorted(by: { $0.rawValue < $1.rawValue }) {
        for take in 1...config.clipsPerEmotion {
          let id = "speaker\(speaker)-\(emotion.rawValue)-\(padded(take, to: config.clipsPerEmotion))"
          let config = config
          let make: @Sendable () -> Signal = {
            var random = RandomSource(seed: UInt64(config.seed), "clip", id)
            let utterance = Utterance(
              emotion, by: voice, duration: config.duration, difficulty: config.difficulty, random: &random)
            return utterance.render(sampleRate: config.sampleRate, random: &random)
          }
          clips.append(
            Clip(
              id: id, source: .generated(make), label: emotion.rawValue, speaker: speaker,
              attributes: [("sex", voice.isFemale ? "female" : "male"), ("take", String(take))]))
        }
      }
    }
    return ClipList(clips: clips, labels: Emotion.allCases.map(\.rawValue))
  }

  private func padded(_ number: Int, to highest: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, max(2, String(highest).count) - digits.count)) + digits
  }
}
