import Foundation
import Testing
import TimbreCore
import TimbreReport

@Suite struct PageTests {
  @Test func sampleIsWritten() throws {
    // TIMBRE_SAMPLES names a folder that keeps the page and the pictures for people to look at.
    let scratch = try Scratch()
    let folder = ProcessInfo.processInfo.environment["TIMBRE_SAMPLES"] ?? scratch.path
    let report = try Sample.report()
    try report.write(to: folder + "/report.html")
    #expect(String(decoding: try AtomicFile.read(folder + "/report.html"), as: UTF8.self) == report.html())
    for (name, feature) in [("mel", Sample.mel()), ("chroma", Sample.chroma()), ("rms", Sample.rms())] {
      let png = try HeatMap.png(feature, options: .init(title: name))
      try AtomicFile.write(png, to: "\(folder)/\(name).png")
      #expect(try PNG.decode(AtomicFile.read("\(folder)/\(name).png")).width > 700)
      try HeatMap.svg(feature, options: .init(title: name)).write(to: "\(folder)/\(name).svg")
    }
    try Waveform.svg(Sample.signal()).write(to: folder + "/wave.svg")
    try LearningCurves.loss(report.history)?.write(to: folder + "/loss.svg")
    try report.confusion?.svg().write(to: folder + "/confusion.svg")
  }

  @Test func sameReportSameBytes() throws {
    #expect(try Sample.report().html() == Sample.report().html())
  }

  @Test func verdictIsTheFirstLine() throws {
    for level in [RunReport.Verdict.Level.leak, .caution, .sound] {
      var report = try Sample.report()
      report.verdict = .init(level, "This evaluation leaks: <all> rows.")
      let body = try #require(report.html().components(separatedBy: "<body>").last)
      #expect(
        body.drop { $0.isNewline }.hasPrefix(
          "<p class=\"verdict \(level.rawValue)\">This evaluation leaks: &lt;all&gt; rows.</p>"))
    }
  }

  @Test func nothingIsLoadedFromElsewhere() throws {
    let page = try Sample.report().html()
    for word in ["http:", "https:", "//cdn", "@import", "url(", "<script", "<link", "<iframe", "javascript:"] {
      #expect(!page.contains(word), "\(word)")
    }
    let sources = page.components(separatedBy: "src=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
    #expect(sources.count == 4 && sources.allSatisfy { $0.hasPrefix("./clips/") })
    let links = page.components(separatedBy: "href=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
    #expect(links.allSatisfy { $0.hasPrefix("#") || $0.hasPrefix("./") || $0.hasPrefix("data:image/png;base64,") })
  }

  @Test func tableOfContentsLeadsSomewhere() throws {
    let page = try Sample.report().html()
    let targets = page.components(separatedBy: "href=\"#").dropFirst().map { String($0.prefix { $0 != "\"" }) }
    #expect(targets.count == 13)
    for target in targets { #expect(page.contains("id=\"\(target)\""), "\(target)") }
    let ids = page.components(separatedBy: " id=\"").dropFirst().map { String($0.prefix { $0 != "\"" }) }
    #expect(Set(ids).count == ids.count, "no id twice")
  }

  @Test func everyTextIsEscaped() throws {
    let bad = "<script>alert('x')</script>&\"<img src=x onerror=y>"
    var report = RunReport(title: bad, verdict: .init(.leak, bad))
    report.description = bad
    report.summary = bad
    report.metrics = [.init(bad, .nan, interval: 0...1, baselines: [.init(bad, .infinity)], note: bad)]
    report.confusion = ConfusionMatrix(labels: [bad, bad], counts: [[1, 0], [0, 0]])
    report.classes = [.init(label: bad, precision: .nan, recall: 0, f1: 0, support: 0)]
    report.history = [TrainingRecord(epoch: 1, epochs: 1, entries: [.init("loss", 1), .init(bad, .nan)])]
    report.classifier = bad
    report.parts = [.init(name: bad, shape: [], parameters: 0)]
    report.inputSummary = bad
    report.inputs = [.init(name: bad, plugin: bad, statistic: bad, columns: 1, unit: bad)]
    report.split = [.init(name: bad, clips: 1, rows: 1, speakers: [bad], classes: [.init(bad, 1)])]
    report.failed = [Diagnostic(.init(bad), bad, help: bad, subject: bad)]
    report.passedOver = (0..<20).map { _ in Diagnostic(.init(bad), bad, help: bad, subject: bad) }
    var clip = RunReport.SampleClip(id: bad, label: bad, speaker: bad, side: bad, predicted: bad)
    clip.classes = [bad]
    clip.probabilities = [.nan]
    clip.views = [
      .init(
        name: bad, chain: bad, drawn: [.init(bad, "nan")], audio: bad,
        waveform: Waveform.svg(Sample.signal(), title: bad))
    ]
    clip.features = [.init(bad, try HeatMap.svg(Sample.rms(), options: .init(title: bad)))]
    report.clips = [clip]
    report.timings = [.init(bad, seconds: 0, amount: 3, counted: bad)]
    report.provenance = [.init(bad, bad)]
    report.command = bad
    report.workflow = bad
    report.files = [.init("javascript:alert(1)", bad), .init("//evil.example/x", bad), .init("a b/ü\"'.csv", bad)]
    let page = report.html()
    #expect(!page.contains("<script") && !page.contains("<img") && !page.contains("alert('x')"))
    #expect(!page.contains("=\"javascript:") && !page.contains("=\"//") && !page.contains("=\".//"))
    #expect(page.contains("href=\"./javascript%3Aalert%281%29\""))
    #expect(page.contains("href=\"./a%20b/%C3%BC%22%27.csv\""))
    #expect(page.components(separatedBy: "&lt;script&gt;").count > 60, "each of them is shown")
  }

  @Test func foldsShowTheirTraining() throws {
    var report = RunReport(title: "t", verdict: .init(.sound, "v"))
    report.folds = (1...3).map { fold in
      let history = (1...4).map {
        TrainingRecord(
          epoch: $0, epochs: 4, entries: [.init("loss", Double(fold) / Double($0)), .init("accuracy", 0.5)])
      }
      return .init(name: "fold <\(fold)>", rows: 10, accuracy: 0.5, uar: 0.5, macroF1: 0.5, history: history)
    }
    let page = report.html()
    #expect(
      page.contains("id=\"training\"") && page.contains(">Loss, 3 folds<") && page.contains(">Accuracy, 3 folds<"))
    #expect(page.contains("The last epoch of 3 folds") && page.contains("fold &lt;2&gt;") && !page.contains("fold <2>"))
    #expect(page.contains("0.500 ± 0.000"))
    report.folds = report.folds.map { .init(name: $0.name, rows: 1, accuracy: 0, uar: 0, macroF1: 0) }
    #expect(!report.html().contains("id=\"training\""), "a classifier without epochs has no curves")
  }

  @Test func aModelOfFoldsSaysSo() {
    var report = RunReport(title: "t", verdict: .init(.sound, "v"))
    report.classifier = "classifier.svm"
    report.parts = [.init(name: "support vectors", shape: [28], parameters: 1_234)]
    report.modelNote = "the mean of 5 folds"
    #expect(report.html().contains("<code>classifier.svm</code>, 1\u{202F}234 parameters, the mean of 5 folds."))
    report.parts[0].parameters = 0
    report.modelNote = ""
    #expect(report.html().contains("<code>classifier.svm</code>.</p>"), "nothing counted is not zero")
  }

  @Test func theSpreadIsThatOfASample() {
    #expect(Spread([1, 2, 3, 6]) == Spread([6, 3, 2, 1]))
    #expect(Spread([1, 2, 3, 6]).mean == 3 && abs(Spread([1, 2, 3, 6]).deviation - (14.0 / 3).squareRoot()) < 1e-15)
    #expect(Spread([4]).deviation == 0 && Spread([]).mean == 0)
  }

  @Test func anEmptyReportIsAPage() throws {
    let page = RunReport(title: "t", verdict: .init(.caution, "v")).html()
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("<h1>t</h1>") && !page.contains("<h2>"))
  }

  /// Everything between the tags is balanced: the page, made XML by closing its `meta` elements and naming values of flags.
  @Test func pageIsBalanced() throws {
    var page = try Sample.report().html()
    page = page.replacing("<!DOCTYPE html>\n", with: "").replacing(/<meta ([^>]*)>/) { "<meta \($0.1)/>" }
    page = page.replacing("<audio controls ", with: "<audio controls=\"\" ").replacing(
      "<details open>", with: "<details open=\"\">")
    try expectWellFormed(page)
  }
}
