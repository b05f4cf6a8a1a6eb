import RealModule
import TimbreCore

/// The emotions of RAVDESS, in its order.
enum Emotion: String, CaseIterable, Sendable { case neutral, calm, happy, sad, angry, fearful, disgust, surprised }

/// How an emotion, or a deviation from it, sounds.
struct Manner: Sendable {
  /// Semitones above the voice's usual pitch.
  var register = 0.0
  /// Semitones of an accent.
  var range = 0.0
  /// Semitones from the beginning to the end.
  var slope = 0.0
  /// Syllables a second.
  var tempo = 0.0
  /// dB
  var level = 0.0
  /// Octaves by which the source's low-pass lies above 1.5 kHz.
  var brightness = 0.0
  /// Relative deviation from one period to the next, and in amplitude three times that.
  var jitter = 0.0
  /// Semitones of a 6 Hz modulation of the pitch.
  var tremor = 0.0
  /// Aspiration noise beside the voice, as an amplitude.
  var breath = 0.0

  init(_ values: [Double]) {
    (register, range, slope, tempo, level) = (values[0], values[1], values[2], values[3], values[4])
    (brightness, jitter, tremor, breath) = (values[5], values[6], values[7], values[8])
  }

  var values: [Double] { [register, range, slope, tempo, level, brightness, jitter, tremor, breath] }

  /// What listeners report of acted emotions (Banse and Scherer, 1996; Juslin and Laukka, 2003), in rough numbers.
  static func typical(_ emotion: Emotion) -> Manner {
    switch emotion {
    case .neutral: Manner([0, 2.5, -2, 4.4, 0, 0, 0.008, 0.05, 0.05])
    case .calm: Manner([-1, 1.5, -2, 3.4, -5, -0.5, 0.006, 0.05, 0.14])
    case .happy: Manner([4, 6.5, 1.5, 5.4, 5, 1.0, 0.008, 0.05, 0.03])
    case .sad: Manner([0.5, 1.5, -3.5, 2.8, -10, -1.3, 0.018, 0.25, 0.22])
    case .angry: Manner([3.5, 4.5, -1, 5.4, 10, 1.8, 0.030, 0.05, 0.03])
    case .fearful: Manner([7.5, 2.5, 0.5, 5.8, -1, -0.1, 0.024, 0.55, 0.26])
    case .disgust: Manner([-2.5, 3.5, -4.5, 3.5, -1, 0.9, 0.040, 0.05, 0.06])
    case .surprised: Manner([7, 8, 6, 3.8, 3, 0.1, 0.010, 0.10, 0.12])
    }
  }

  /// How far clips of one emotion by one voice lie apart at difficulty 1 (one standard deviation).
  static let spread = Manner([1.5, 1.2, 1.4, 0.45, 2.2, 0.4, 0.006, 0.1, 0.03])
}

/// A made-up person.
struct Voice: Sendable {
  var isFemale: Bool
  /// Hz of relaxed speech.
  var pitch: Double
  /// What the formants of an average man are multiplied by: a shorter vocal tract has higher ones.
  var tract: Double
  /// How strongly the person acts.
  var expression: Double
  /// What the person does in every emotion, at difficulty 1.
  var habit: [Double]

  init(number: Int, seed: UInt64) {
    var random = RandomSource(seed: seed, "voice", String(number))
    isFemale = number.isMultiple(of: 2)
    pitch = (isFemale ? 200 : 115) * Double.exp2(random.normal() * 1.8 / 12)
    tract = (isFemale ? 1.16 : 1) * (1 + 0.04 * random.normal())
    expression = random.uniform(0.8, 1.15)
    let scales = [0, 0.5, 0.6, 0.3, 1.5, 0.25, 0.003, 0.03, 0.015]
    habit = scales.map { $0 * random.normal() }
  }
}

/// What is said in one clip: its manner and its syllables.
struct Utterance {
  struct Syllable {
    /// Seconds: of the consonant's beginning, the vowel's, and the vowel's end.
    var start: Double
    var vowel: Double
    var end: Double
    /// Hz of the first three formants of an average man.
    var formants: [Double]
    /// 1 for an accent, less or 0 without.
    var accent: Double
    /// Hz of the consonant's noise; nil for a voiced glide.
    var noise: Double?
  }

  var voice: Voice
  var manner: Manner
  var duration: Double
  var syllables: [Syllable]

  /// Formants of Peterson and Barney (1952), men: /i/ /ɪ/ /ɛ/ /æ/ /ɑ/ /ɔ/ /u/ /ʌ/.
  private static let vowels: [[Double]] = [
    [270, 2290, 3010], [390, 1990, 2550], [530, 1840, 2480], [660, 1720, 2410], [730, 1090, 2440], [570, 840, 2410],
    [300, 870, 2240], [640, 1190, 2390],
  ]

  init(_ emotion: Emotion, by voice: Voice, duration mean: Double, difficulty: Double, random: inout RandomSource) {
    self.voice = voice
    let neutral = Manner.typical(.neutral).values
    let typical = Manner.typical(emotion).values
    let spread = Manner.spread.values
    var values = typical.indices.map { index in
      neutral[index] + (typical[index] - neutral[index]) * voice.expression
        + difficulty * (voice.habit[index] + spread[index] * random.normal())
    }
    for (index, lowest) in [(1, 0.3), (3, 2.0), (6, 0.001), (7, 0.0), (8, 0.01)] {
      values[index] = max(lowest, values[index])
    }
    values[3] = min(values[3], 8)
    manner = Manner(values)
    duration = mean * random.uniform(0.9, 1.1)
    syllables = []
    var time = random.uniform(0.04, 0.12)
    let last = duration - random.uniform(0.04, 0.12)
    while true {
      let length = random.uniform(0.75, 1.25) / manner.tempo
      guard time + length <= last else { break }
      let consonant = min(0.1, length * random.uniform(0.2, 0.4))
      let accent = random.uniform() < 0.4 ? random.uniform(0.7, 1.2) : random.uniform(0, 0.3)
      syllables.append(
        Syllable(
          start: time, vowel: time + consonant, end: time + length,
          formants: Self.vowels[random.index(below: Self.vowels.count)], accent: accent,
          noise: random.uniform() < 0.5 ? random.uniform(2500, 5500) : nil))
      time += length
    }
  }
}
