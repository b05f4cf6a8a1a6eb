import Foundation
import Testing
import TimbreCore
import TimbreDSP
import TimbreFeatures

@Suite struct FeatureTests {
  private static func tone(_ frequency: Double, seconds: Double = 0.5, rate: Int = 22_050) -> Signal {
    let count = Int(seconds * Double(rate))
    return Signal(
      samples: (0..<count).map { Float(0.5 * sin(2 * .pi * frequency * Double($0) / Double(rate))) }, sampleRate: rate)
  }

  @Test(arguments: [(440.0, "A"), (261.63, "C"), (370.0, "F#"), (880.0, "A")])
  func aToneLightsItsPitchClass(_ frequency: Double, _ name: String) throws {
    let chroma = try ChromaSTFT(.init()).extract(from: Analysis(of: Self.tone(frequency)))
    let frame = chroma.frameCount / 2
    let strongest = (0..<12).max { chroma[bin: $0, frame: frame] < chroma[bin: $1, frame: frame] } ?? 0
    #expect(chroma.axes.bins[strongest] == name)
    #expect(chroma[bin: strongest, frame: frame] == 1)
  }

  @Test func aToneHasItsLevelAndItsCrossings() throws {
    let analysis = Analysis(of: Self.tone(441))
    let level = try RMS(.init()).extract(from: analysis)
    #expect(abs(level[bin: 0, frame: 10] - 0.5 / Float(2).squareRoot()) < 1e-3)
    let crossings = try ZeroCrossingRate(.init()).extract(from: analysis)
    #expect(abs(crossings[bin: 0, frame: 10] - 2 * 441 / 22_050) < 1e-3)
  }

  @Test func aToneIsLoudestInTheMelBandAroundIt() throws {
    let mel = try MelSpectrogram(.init()).extract(from: Analysis(of: Self.tone(2000)))
    let strongest = (0..<128).max { mel[bin: $0, frame: 10] < mel[bin: $1, frame: 10] } ?? 0
    #expect(abs(mel.axes.positions[strongest] - 2000) < 60)
  }

  @Test func featuresOfOneSignalShareOneTransform() throws {
    let analysis = Analysis(of: Self.tone(440))
    var settings = ChromaSTFT.Config()
    settings.power = 1
    let plugins: [any FeatureExtractor] = [
      try ChromaSTFT(settings), try ChromaSTFT(.init()), try MFCC(.init()), try MelSpectrogram(.init()),
    ]
    for plugin in plugins { _ = try plugin.extract(from: analysis) }
    #expect(analysis.computations["MagnitudeKey"] == 1)
    #expect(analysis.computations["MelKey"] == 1)
  }

  @Test func sameSignalSameBits() throws {
    let signal = Signal(samples: Golden.samples("voice", 5000, 22_050), sampleRate: 22_050)
    let first = try MFCC(.init()).extract(from: Analysis(of: signal))
    let second = try MFCC(.init()).extract(from: Analysis(of: signal))
    #expect(first == second)
  }

  @Test func silenceHasNoNaN() throws {
    let analysis = Analysis(of: Signal(samples: [Float](repeating: 0, count: 5000), sampleRate: 22_050))
    let plugins: [any FeatureExtractor] = [
      try ChromaSTFT(.init()), try MFCC(.init()), try MelSpectrogram(.init()), RMS(.init()), ZeroCrossingRate(.init()),
    ]
    for plugin in plugins {
      let values = try plugin.extract(from: analysis).values
      #expect(values.allSatisfy { $0.isFinite })
    }
  }

  @Test func contradictionsAreDiagnosed() {
    var mfcc = MFCC.Config()
    mfcc.nMFCC = 129
    #expect(throws: Diagnostic.self) { try MFCC(mfcc) }
    var mel = MelSpectrogram.Config()
    mel.mel.stft.winLength = 4096
    #expect(throws: Diagnostic.self) { try MelSpectrogram(mel) }
    mel = .init()
    mel.mel.bank.fmin = 5000
    #expect(throws: Diagnostic.self) { try MelSpectrogram(mel).axes(sampleRate: 8000) }
    var delta = Delta.Config()
    delta.width = 4
    #expect(throws: Diagnostic.self) { try Delta(delta) }
  }

  @Test func aFrameLongerThanTheSignalIsDiagnosed() throws {
    var settings = MelSpectrogram.Config()
    settings.mel.stft.center = false
    let analysis = Analysis(of: Signal(samples: [0.5], sampleRate: 22_050))
    let error = #expect(throws: Diagnostic.self) { try MelSpectrogram(settings).extract(from: analysis) }
    #expect(error?.kind == .shortAudio)
  }

  @Test func aSpectrogramLargerThanMemoryIsDiagnosed() throws {
    var settings = MelSpectrogram.Config()
    settings.mel.stft.nFFT = 1_048_576
    settings.mel.stft.hopLength = 1
    #expect(throws: Diagnostic.self) { try MelSpectrogram(settings).extract(from: Analysis(of: Self.tone(440))) }
  }

  @Test func deltaOfARampIsItsSlope() throws {
    let ramp = FeatureMatrix(axes: FeatureAxes(bins: ["x"], hop: 1), values: (0..<20).map { 3 * Float($0) })
    let slope = try Delta(.init()).transform(ramp)
    #expect(slope.values.allSatisfy { abs($0 - 3) < 1e-5 })
  }
}
