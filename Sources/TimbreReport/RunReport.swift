import TimbreCore

/// Everything that `report.html` shows, as plain values; what is empty or nil is left out of the page.
///
/// All texts are plain text: the page escapes them. Paths are relative to the folder of the page.
public struct RunReport: Sendable {
  public var title: String
  /// A sentence or two below the title.
  public var description = ""
  /// The first line of the page.
  public var verdict: Verdict
  /// What was tested on what, in sentences.
  public var summary = ""
  public var metrics: [Metric] = []
  public var confusion: ConfusionMatrix?
  public var classes: [ClassScore] = []
  public var history: [TrainingRecord] = []
  /// Where everything is tested once, by one model each.
  public var folds: [Fold] = []
  /// The classifier's plugin id.
  public var classifier = ""
  public var parts: [ModelPart] = []
  /// Whose parts they are where there are several models: "the mean of 5 folds".
  public var modelNote = ""
  public var inputs: [Input] = []
  /// "vector" or "sequence", and further words on it ("scaled to unit variance").
  public var inputSummary = ""
  public var split: [Side] = []
  /// Clips that could not be used, with reasons.
  public var failed: [Diagnostic] = []
  /// Files that the dataset reader passed over.
  public var passedOver: [Diagnostic] = []
  /// Clips that are one recording in different files.
  public var nearIdentical: [NearPair] = []
  public var clips: [SampleClip] = []
  public var timings: [Timing] = []
  /// Versions, seed, machine: names and values.
  public var provenance: [Fact] = []
  /// The workflow as it ran, as JSON text.
  public var workflow = ""
  /// The command line that made the run.
  public var command = ""
  /// Further files of the run folder.
  public var files: [FileLink] = []

  public init(title: String, verdict: Verdict) {
    self.title = title
    self.verdict = verdict
  }

  /// Two clips that are one recording.
  public struct NearPair: Sendable, Hashable {
    public var first: String
    public var second: String
    /// Share of the fingerprints' bits that differ.
    public var distance: Double
    /// Of the waves.
    public var correlation: Double

    public init(first: String, second: String, distance: Double, correlation: Double) {
      self.first = first
      self.second = second
      self.distance = distance
      self.correlation = correlation
    }
  }

  /// How far the numbers can be trusted.
  public struct Verdict: Sendable, Hashable {
    public enum Level: String, Sendable, Hashable {
      /// Test rows have siblings in training: red.
      case leak
      /// Valid within limits, such as speakers on both sides: amber.
      case caution
      /// Nothing known against them: green.
      case sound
    }

    public var level: Level
    /// For example "This evaluation leaks: 1,380 of 1,839 test rows have a sibling in training."
    public var text: String

    public init(_ level: Level, _ text: String) {
      self.level = level
      self.text = text
    }
  }

  /// A headline number between 0 and 1.
  public struct Metric: Sendable, Hashable {
    public var name: String
    public var value: Double
    /// 95 per cent.
    public var interval: ClosedRange<Double>?
    /// What guessing reaches, such as "chance" 0.125 and "majority class" 0.13.
    public var baselines: [Baseline]
    /// One short explanation, such as "mean recall over classes".
    public var note: String

    public init(
      _ name: String, _ value: Double, interval: ClosedRange<Double>? = nil, baselines: [Baseline] = [],
      note: String = ""
    ) {
      self.name = name
      self.value = value
      self.interval = interval
      self.baselines = baselines
      self.note = note
    }
  }

  public struct Baseline: Sendable, Hashable {
    public var name: String
    public var value: Double
    public init(_ name: String, _ value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// How the model of one fold did.
  public struct Fold: Sendable, Hashable {
    public var name: String
    public var rows: Int
    public var accuracy: Double
    public var uar: Double
    public var macroF1: Double
    /// Of the training of its model.
    public var history: [TrainingRecord]

    public init(
      name: String, rows: Int, accuracy: Double, uar: Double, macroF1: Double, history: [TrainingRecord] = []
    ) {
      self.name = name
      self.rows = rows
      self.accuracy = accuracy
      self.uar = uar
      self.macroF1 = macroF1
      self.history = history
    }
  }

  public struct ClassScore: Sendable, Hashable {
    public var label: String
    public var precision: Double
    public var recall: Double
    public var f1: Double
    /// Test rows of this class.
    public var support: Int

    public init(label: String, precision: Double, recall: Double, f1: Double, support: Int) {
      self.label = label
      self.precision = precision
      self.recall = recall
      self.f1 = f1
      self.support = support
    }
  }

  /// One part of the classifier's input.
  public struct Input: Sendable, Hashable {
    public var name: String
    /// The plugin id.
    public var plugin: String
    /// `mean`, `std`, …; empty for sequences.
    public var statistic: String
    public var columns: Int
    public var unit: String

    public init(name: String, plugin: String, statistic: String, columns: Int, unit: String = "") {
      self.name = name
      self.plugin = plugin
      self.statistic = statistic
      self.columns = columns
      self.unit = unit
    }
  }

  /// One side of the split: train, validation or test.
  public struct Side: Sendable, Hashable {
    public var name: String
    public var clips: Int
    /// Clips × views.
    public var rows: Int
    public var speakers: [String]
    /// Clips of each class.
    public var classes: [Count]

    public init(name: String, clips: Int, rows: Int, speakers: [String], classes: [Count]) {
      self.name = name
      self.clips = clips
      self.rows = rows
      self.speakers = speakers
      self.classes = classes
    }
  }

  public struct Count: Sendable, Hashable {
    public var label: String
    public var count: Int
    public init(_ label: String, _ count: Int) {
      self.label = label
      self.count = count
    }
  }

  /// One clip shown in full.
  public struct SampleClip: Sendable {
    public var id: String
    public var label: String
    public var speaker: String?
    /// `train`, `validation` or `test`.
    public var side: String
    /// nil where the model was not asked.
    public var predicted: String?
    /// Probabilities in the order of `classes`; empty where the model was not asked.
    public var probabilities: [Double] = []
    public var classes: [String] = []
    public var views: [View] = []
    /// Pictures of the original view's features.
    public var features: [Picture] = []

    public init(id: String, label: String, speaker: String? = nil, side: String, predicted: String? = nil) {
      self.id = id
      self.label = label
      self.speaker = speaker
      self.side = side
      self.predicted = predicted
    }
  }

  public struct View: Sendable {
    public var name: String
    /// The chain in words, such as "augment.time_stretch, augment.pitch_shift".
    public var chain: String
    public var drawn: [Drawn]
    public var audio: String?
    public var waveform: SVG?
    /// What single features keep of the audio, turned back into sound.
    public var heard: [HeardFeature] = []

    public init(name: String, chain: String = "", drawn: [Drawn] = [], audio: String? = nil, waveform: SVG? = nil) {
      self.name = name
      self.chain = chain
      self.drawn = drawn
      self.audio = audio
      self.waveform = waveform
    }
  }

  /// A feature turned back into sound, or why it could not be.
  public struct HeardFeature: Sendable, Hashable {
    public enum Outcome: Sendable, Hashable { case audio(path: String), failure(reason: String) }

    public var feature: String
    public var outcome: Outcome

    public init(_ feature: String, _ outcome: Outcome) {
      self.feature = feature
      self.outcome = outcome
    }
  }

  /// What an augmenter drew, in words.
  public struct Drawn: Sendable, Hashable {
    public var name: String
    public var value: String
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public struct Picture: Sendable {
    public var name: String
    public var svg: SVG
    public init(_ name: String, _ svg: SVG) {
      self.name = name
      self.svg = svg
    }
  }

  public struct Timing: Sendable, Hashable {
    public var name: String
    public var seconds: Double
    /// How much work that was, such as 1664 clips; nil where it cannot be counted.
    public var amount: Int?
    /// What `amount` counts.
    public var counted: String

    public init(_ name: String, seconds: Double, amount: Int? = nil, counted: String = "clips") {
      self.name = name
      self.seconds = seconds
      self.amount = amount
      self.counted = counted
    }
  }

  public struct Fact: Sendable, Hashable {
    public var name: String
    public var value: String
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public struct FileLink: Sendable, Hashable {
    public var path: String
    /// What it holds.
    public var note: String
    public init(_ path: String, _ note: String) {
      self.path = path
      self.note = note
    }
  }
}
