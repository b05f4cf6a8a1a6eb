import Foundation
import TimbreCore
import TimbreReport

/// A report with invented but plausible numbers, and the signals and features that go with it.
enum Sample {
  static let labels = ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"]

  /// A voice-like tone whose pitch falls, with pauses.
  static func signal(seconds: Double = 2.5, rate: Int = 22_050) -> Signal {
    let count = Int(seconds * Double(rate))
    var phase = 0.0
    let samples = (0..<count).map { index -> Float in
      let time = Double(index) / Double(rate)
      phase += 2 * .pi * (190 - 30 * time + 12 * sin(2 * .pi * 5 * time)) / Double(rate)
      let envelope = max(0, sin(2 * .pi * 1.4 * time)) * exp(-0.4 * time)
      return Float(0.08 * envelope * (sin(phase) + 0.5 * sin(2 * phase) + 0.3 * sin(5 * phase)))
    }
    return Signal(samples: samples, sampleRate: rate)
  }

  /// Power falling with frequency, in the places of a mel scale.
  static func mel(bins: Int = 128, frames: Int = 108) -> FeatureMatrix {
    let positions = (0..<bins).map { 700 * (pow(10, Double($0) * 3_000 / Double(bins) / 2_595) - 1) }
    var values: [Float] = []
    for frame in 0..<frames {
      let time = Double(frame) * 512 / 22_050
      let envelope = max(1e-4, sin(2 * .pi * 1.4 * time))
      for bin in 0..<bins {
        let ripple = 1 + cos(Double(bin) * 0.9 + 3 * time)
        values.append(Float(30 * envelope * envelope * ripple * exp(-Double(bin) * 0.09) + 1e-7))
      }
    }
    return FeatureMatrix(
      axes: FeatureAxes(
        bins: (0..<bins).map { "mel_\($0)" }, positions: positions, positionUnit: .hertz, hop: 512 / 22_050.0),
      values: values)
  }

  static func chroma(frames: Int = 108) -> FeatureMatrix {
    let names = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"]
    var values: [Float] = []
    for frame in 0..<frames {
      for bin in 0..<12 { values.append(Float(0.5 + 0.5 * cos(Double(bin) - Double(frame) / 15))) }
    }
    return FeatureMatrix(axes: FeatureAxes(bins: names, hop: 512 / 22_050.0), values: values)
  }

  static func rms(frames: Int = 108) -> FeatureMatrix {
    let values = (0..<frames).map { frame -> Float in
      let time = Double(frame)
      let envelope = max(0, sin(time / 5))
      return Float(0.05 * envelope * exp(-time / 60))
    }
    return FeatureMatrix(axes: FeatureAxes(bins: ["rms"], hop: 512 / 22_050.0), values: values)
  }

  static func report() throws -> RunReport {
    var report = RunReport(
      title: "RAVDESS emotions, 162-vector, Conv1D",
      verdict: .init(.sound, "Speaker-independent: no speaker of the test side was heard in training."))
    report.description =
      "Five librosa features pooled over time, three views per clip, a four-stage convolutional network."
    report.summary =
      "Tested on the original views of 312 clips by 3 speakers; trained on 3,900 rows (1,300 clips in 3 views) by 12 speakers, "
      + "with 156 rows by 1 speaker held out for early stopping."
    let baselines = [RunReport.Baseline("chance", 0.125), .init("majority class", 0.141)]
    report.metrics = [
      .init("UAR", 0.527, interval: 0.471...0.581, baselines: [baselines[0]], note: "mean recall over classes"),
      .init("Accuracy", 0.545, interval: 0.490...0.599, baselines: baselines, note: "share of correct clips"),
      .init(
        "Macro F1", 0.519, interval: 0.462...0.572, baselines: [.init("chance", 0.121)], note: "mean F1 over classes"),
      .init(
        "Weighted F1", 0.538, interval: 0.480...0.592, baselines: [.init("chance", 0.124)],
        note: "mean F1 weighted by support"),
    ]
    let counts = [
      [11, 8, 1, 3, 0, 0, 1, 0], [5, 31, 1, 5, 0, 0, 2, 0], [2, 1, 22, 4, 5, 7, 1, 2], [4, 6, 2, 19, 0, 8, 3, 2],
      [0, 0, 4, 0, 32, 4, 4, 0], [0, 0, 6, 7, 5, 22, 1, 3], [1, 2, 1, 2, 6, 2, 18, 4], [1, 0, 4, 2, 2, 4, 4, 15],
    ]
    report.confusion = ConfusionMatrix(labels: labels, counts: counts)
    report.classes = labels.indices.map { index in
      let row = Double(counts[index].reduce(0, +))
      let column = Double(counts.map { $0[index] }.reduce(0, +))
      let hits = Double(counts[index][index])
      return .init(
        label: labels[index], precision: hits / column, recall: hits / row, f1: 2 * hits / (row + column),
        support: Int(row))
    }
    report.history = (1...50).map { epoch in
      let time = Double(epoch)
      let wobble = 0.03 * sin(time * 1.7)
      return TrainingRecord(
        epoch: epoch, epochs: 50,
        entries: [
          .init("loss", 0.25 + 1.85 * exp(-time / 14)), .init("accuracy", 0.93 - 0.78 * exp(-time / 13)),
          .init("val_loss", 1.28 + 0.8 * exp(-time / 8) + 0.006 * time + wobble),
          .init("val_accuracy", 0.55 - 0.40 * exp(-time / 7) + wobble / 2),
        ])
    }
    report.classifier = "classifier.conv1d"
    report.parts = [
      .init(name: "conv1d 256", shape: [162, 256], parameters: 1_536),
      .init(name: "max_pool", shape: [81, 256], parameters: 0),
      .init(name: "conv1d 256", shape: [81, 256], parameters: 327_936),
      .init(name: "flatten", shape: [704], parameters: 0),
      .init(name: "dense 32", shape: [32], parameters: 22_560), .init(name: "dense 8", shape: [8], parameters: 264),
    ]
    report.inputSummary = "A vector of 162 columns, each scaled to zero mean and unit variance of the training rows."
    report.inputs = [
      .init(name: "zcr", plugin: "feature.zero_crossing_rate", statistic: "mean", columns: 1),
      .init(name: "chroma", plugin: "feature.chroma_stft", statistic: "mean", columns: 12),
      .init(name: "mfcc", plugin: "feature.mfcc", statistic: "mean", columns: 20),
      .init(name: "rms", plugin: "feature.rms", statistic: "mean", columns: 1),
      .init(name: "mel", plugin: "feature.melspectrogram", statistic: "mean", columns: 128, unit: "power"),
    ]
    report.split = [("train", 1_300, 3, 1...12), ("validation", 52, 3, 13...13), ("test", 312, 1, 14...16)].map {
      name, clips, views, speakers in
      .init(
        name: name, clips: clips, rows: clips * views, speakers: speakers.map { "actor \($0)" },
        classes: labels.map { .init($0, clips / 8) })
    }
    report.failed = [
      Diagnostic(.emptyAudio, "holds no samples after offset 0.6 s", subject: "Actor_05/03-01-05-01-01-01-05"),
      Diagnostic(
        .badAudio, "cannot be decoded: unknown format", help: "convert it to WAV or FLAC",
        subject: "Actor_11/03-02-02-01-02-01-11"),
    ]
    report.passedOver = [
      Diagnostic(.badDataset, "the name has 6 fields, expected 7", subject: "Actor_03/notes-copy.wav")
    ]
    report.clips = try [("03-01-05-02-01-01-14", "angry", "angry"), ("03-01-06-01-02-01-15", "fearful", "sad")].map {
      try sampleClip($0, label: $1, predicted: $2)
    }
    report.timings = [
      .init("decode and resample", seconds: 9.84, amount: 1_664),
      .init("views", seconds: 41.2, amount: 3_328, counted: "views"),
      .init("features", seconds: 12.31, amount: 4_992, counted: "signals"),
      .init("training", seconds: 88.4, amount: 50, counted: "epochs"),
      .init("all", seconds: 153.0),
    ]
    report.provenance = [
      .init("timbre", "0.1.0"), .init("seed", "7"), .init("libsndfile", "1.2.0"), .init("libsoxr", "0.1.3"),
      .init("FFTW", "3.3.10-sse2-avx"), .init("OpenBLAS", "0.3.21"), .init("system", "Linux, 2 cores"),
    ]
    report.command = "timbre run Workflows/ravdess-conv1d.json --out runs/conv1d"
    report.workflow =
      JSONValue.object([.init("timbre", 1), .init("seed", 7), .init("title", "RAVDESS emotions")]).pretty
    report.files = [
      .init("clips.csv", "every clip, view and draw"), .init("features/vectors.npy", "rows × 162, float32"),
    ]
    return report
  }

  private static func sampleClip(_ id: String, label: String, predicted: String) throws -> RunReport.SampleClip {
    var clip = RunReport.SampleClip(id: id, label: label, speaker: "actor 14", side: "test", predicted: predicted)
    clip.classes = labels
    clip.probabilities = labels.map { $0 == predicted ? 0.51 : $0 == label ? 0.21 : 0.046 }
    clip.views = [
      .init(name: "original", audio: "clips/\(id)/original.wav", waveform: Waveform.svg(signal(), title: "original")),
      .init(
        name: "noisy", chain: "augment.noise", drawn: [.init("amplitude", "0.0213")], audio: "clips/\(id)/noisy.wav",
        waveform: Waveform.svg(signal(), title: "noisy")),
    ]
    clip.features = try [("mel", mel()), ("chroma", chroma()), ("rms", rms())].map { name, feature in
      try .init(name, HeatMap.svg(feature, options: .init(title: name)))
    }
    return clip
  }
}

/// A folder of its own for a test, removed with the value.
final class Scratch {
  let path: String
  init() throws {
    path = NSTemporaryDirectory() + "/timbre-report-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }
  func file(_ name: String) -> String { path + "/" + name }
  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }
}
