import Foundation
import Testing
import TimbreCore
import TimbreReport

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct PageTests {
  @Test func sampleIsWritten() throws {
    // TIMBRE_SAMPLES names a folder that keeps the pictures for people to look at.
    let scratch = try Scratch()
    let folder = ProcessInfo.processInfo.environment["TIMBRE_SAMPLES"] ?? scratch.path
    let report = try Sample.report()
    try report.write(to: folder + "/report.html")
    let text = String(decoding: try AtomicFile.read(folder + "/report.html"), as: UTF8.self)
    #expect(text == report.html())
    for (name, feature) in [("mel", Sample.mel()), ("chroma", Sample.chroma()), ("rms", Sample.rms())] {
      try AtomicFile.write(try HeatMap.png(feature, options: .init(title: name)), to: "\(folder)/\(name).png")
      try HeatMap.svg(feature, options: .init(title: name)).write(to: "\(folder)/\(name).svg")
    }
    try Waveform.svg(Sample.signal()).write(to: folder + "/wave.svg")
    try LearningCurves.loss(report.history)?.write(to: folder + "/loss.svg")
    try report.confusion?.svg().write(to: folder + "/confusion.svg")
  }
}
