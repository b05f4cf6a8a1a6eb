import Foundation
import Testing
import TimbreCore
import TimbreReport

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Fails unless a strict XML parser accepts the text.
func expectWellFormed(_ text: String, sourceLocation: Testing.SourceLocation = #_sourceLocation) throws {
  let parser = XMLParser(data: Data(text.utf8))
  let isGood = parser.parse()
  #expect(isGood, "\(parser.parserError.map { "\($0)" } ?? "")", sourceLocation: sourceLocation)
}

@Suite struct PictureTests {
  private let nasty = ["<script>alert(1)</script>", "a&b", "\"quote'", "\u{1}\u{0}", "ünïcode 🎵", ""]

  private func history(_ values: [Double]) -> [TrainingRecord] {
    values.enumerated().map {
      TrainingRecord(epoch: $0 + 1, epochs: values.count, entries: [.init("loss", $1), .init("val_loss", $1 * 2)])
    }
  }

  @Test func everyPictureIsWellFormedAndAccessible() throws {
    let counts = (0..<6).map { row in (0..<6).map { row * $0 } }
    let pictures = [
      Waveform.svg(Sample.signal(), title: nasty[0]),
      ConfusionMatrix(labels: nasty, counts: counts).svg(title: nasty[1]),
      BarChart.svg(title: nasty[2], labels: nasty, series: [.init("F1", [0, 1, .nan, 2, -1]), .init("<b>", [])]),
      BarChart.probabilities([0.5, 0.5], labels: ["a", "b"], actual: "b"),
      try #require(LearningCurves.loss(history([3, 2, 1]))),
      try HeatMap.svg(Sample.chroma(), options: .init(title: nasty[0])),
    ]
    for picture in pictures {
      try expectWellFormed(picture.standalone)
      try expectWellFormed(picture.inline)
      for text in [picture.standalone, picture.inline] {
        #expect(text.contains("role=\"img\"") && text.contains("aria-label=\"") && text.contains("<title>"))
        #expect(
          !text.contains("<script") && !text.contains("NaN") && !text.contains("\"nan\"") && !text.contains("inf\""))
      }
      #expect(picture.standalone.contains("prefers-color-scheme:dark") && !picture.inline.contains("<style"))
    }
  }

  @Test func waveformsOfOddSignals() throws {
    for samples in [[], [0], [.nan, 1], [.infinity, -.infinity], [Float](repeating: 0, count: 10)] as [[Float]] {
      try expectWellFormed(Waveform.svg(Signal(samples: samples, sampleRate: 8_000)).standalone)
      try expectWellFormed(Waveform.svg(Signal(samples: samples, sampleRate: 0), peak: .nan).standalone)
    }
    // The envelope reaches the upper edge where the peak is, and only there.
    var samples = [Float](repeating: 0.1, count: 4_200)
    samples[2_105] = 0.5
    let text = Waveform.svg(Signal(samples: samples, sampleRate: 4_200)).inline
    #expect(text.contains("L262.5 10L263.5 48.4"), "column 210 of 420 holds the peak")
  }

  @Test func aWaveformIsInLineWithItsSpectrogram() throws {
    let names = (0..<3).map { "band \($0) kHz" }
    let map = try HeatMap.svg(FeatureMatrix(axes: FeatureAxes(bins: names, hop: 0.5), values: [1, 2, 3, 4, 5, 6]))
    let wave = Waveform.svg(Sample.signal(), inLineWith: map)
    #expect(wave.time?.left == map.time?.left && wave.time?.right == map.time?.right && wave.width == map.width)
    // Beside short names of bins there is no room for the labels of a waveform.
    #expect(Waveform.svg(Sample.signal(), inLineWith: try HeatMap.svg(Sample.chroma())).time?.left == 52)
  }

  @Test(arguments: [0.011, 0.042, 0.26, 0.45, 0.5, 0.99, 1.0, 3.0] as [Float])
  func aWaveformHasAScale(peak: Float) throws {
    let text = Waveform.svg(Signal(samples: [0, peak, -peak], sampleRate: 100)).inline
    // Three labels at least: below zero, zero, above it.
    #expect(text.split(separator: "class=\"grid\"").count >= 4)
  }

  @Test func learningCurvesOfOddHistories() throws {
    #expect(LearningCurves.loss([]) == nil)
    #expect(LearningCurves.accuracy(history([1, 2])) == nil, "without accuracies there is no picture of them")
    for values in [[1], [1, .nan, 3], [0, 0], [1e300, -1e300], [.infinity, 1]] {
      try expectWellFormed(try #require(LearningCurves.loss(history(values))).standalone)
    }
    #expect(LearningCurves.loss(history([.nan])) == nil)
  }

  @Test func foldsAreInOnePicture() throws {
    let folds = [LearningCurves.Fold("<1>", history([3, 2, 1])), .init("b", history([3, 1.5])), .init("empty", [])]
    let picture = try #require(LearningCurves.loss(folds: folds)).inline
    try expectWellFormed(picture)
    #expect(picture.components(separatedBy: "class=\"first fold\"").count == 3)
    #expect(picture.components(separatedBy: "class=\"second fold\"").count == 3)
    #expect(picture.contains("<title>validation, fold &lt;1&gt;</title>") && picture.contains(">Loss, 2 folds<"))
    // The mean of 1 and 1.5, and of twice them.
    #expect(picture.contains("over up to 3 epochs in 2 folds; at the end, on the mean: training 1.25, validation 2.5"))
    // The second fold's curve ends at the second of three epochs, in the middle.
    #expect(picture.contains(/class="first fold" d="M48 [\d.]+L248 [\d.]+"/))
    #expect(LearningCurves.loss(folds: []) == nil && LearningCurves.loss(folds: [.init("a", [])]) == nil)
    let alone = try #require(LearningCurves.loss(folds: [.init("a", history([3, 2, 1]))]))
    #expect(alone == LearningCurves.loss(history([3, 2, 1])))
  }

  @Test func confusionMatrixShowsCountsAndShares() throws {
    let text = ConfusionMatrix(labels: ["a", "b"], counts: [[3, 1], [0, 0]]).svg().inline
    #expect(text.contains(">3<") && text.contains(">75\u{202F}%<") && text.contains("3 of 4 correct"))
    try expectWellFormed(ConfusionMatrix(labels: [], counts: []).svg().standalone)
    let many = (0..<40).map { "class number \($0)" }
    try expectWellFormed(ConfusionMatrix(labels: many, counts: many.map { _ in many.map { _ in 1 } }).svg().standalone)
  }
}
