import RealModule
import Testing
import TimbreCore
import TimbreDSP
import TimbreFeatures

@Suite struct PitchTests {
  /// A tone with harmonics; `frequency` is asked at each second.
  private static func tone(seconds: Double, rate: Int, _ frequency: (Double) -> Double) -> Signal {
    var phase = 0.0
    let samples = (0..<Int(seconds * Double(rate))).map { index in
      phase += frequency(Double(index) / Double(rate)) / Double(rate)
      return Float(0.4 * Double.sin(2 * .pi * phase) + 0.2 * Double.sin(4 * .pi * phase))
    }
    return Signal(samples: samples, sampleRate: rate)
  }

  private static func column(_ matrix: FeatureMatrix, _ bin: Int = 0) -> [Float] {
    (0..<matrix.frameCount).map { matrix[bin: bin, frame: $0] }
  }

  private static func inside(_ values: [Float]) -> ArraySlice<Float> { values.dropFirst(3).dropLast(3) }

  @Test(arguments: [(98.0, 8000), (220.0, 16_000), (441.7, 22_050), (880.0, 44_100), (1500.0, 48_000)])
  func aToneHasItsFrequency(_ frequency: Double, _ rate: Int) throws {
    let analysis = Analysis(of: Self.tone(seconds: 0.6, rate: rate) { _ in frequency })
    let yin = try Yin(.init()).extract(from: analysis)
    for value in Self.inside(Self.column(yin)) { #expect(abs(Double(value) / frequency - 1) < 0.003) }
    let pyin = try PYin(.init()).extract(from: analysis)
    // Half a bin of a tenth of a semitone, and what YIN itself is off.
    for value in Self.inside(Self.column(pyin)) { #expect(abs(12 * Double.log2(Double(value) / frequency)) < 0.1) }
    for value in Self.inside(Self.column(pyin, 1)) { #expect(value == 1) }
    #expect(analysis.computations["TroughKey"] == 1)
  }

  @Test func silenceIsUnvoiced() throws {
    let silence = Analysis(of: Signal(samples: [Float](repeating: 0, count: 8000), sampleRate: 16_000))
    let pyin = try PYin(.init()).extract(from: silence)
    #expect(pyin.values.allSatisfy { $0 == 0 })
    var guess = PYin.Config()
    guess.fillNA = nil
    let guessed = try PYin(guess).extract(from: silence)
    for value in Self.column(guessed) { #expect((65.3...2093).contains(value)) }
    let yin = try Yin(.init()).extract(from: silence)
    #expect(Self.column(yin).allSatisfy { $0 == 16_000 / 7 })
  }

  @Test func voicingFollowsATone() throws {
    let rate = 22_050
    var signal = Self.tone(seconds: 0.5, rate: rate) { _ in 200 }
    signal.samples += [Float](repeating: 0, count: rate / 2)
    let pyin = try PYin(.init()).extract(from: Analysis(of: signal))
    for frame in 0..<pyin.frameCount {
      let time = pyin.axes.time(ofFrame: frame)
      // A frame of 93 ms sees both sides of the end.
      if time < 0.42 { #expect(pyin[bin: 1, frame: frame] == 1, "at \(time) s") }
      if time > 0.58 { #expect(pyin[bin: 1, frame: frame] == 0 && pyin[bin: 0, frame: frame] == 0, "at \(time) s") }
      #expect((0...1).contains(pyin[bin: 2, frame: frame]))
    }
  }

  @Test func aGlideIsFollowed() throws {
    func frequency(_ time: Double) -> Double { 150 * Double.exp2(time) }
    let signal = Self.tone(seconds: 1, rate: 22_050, frequency)
    let pyin = try PYin(.init()).extract(from: Analysis(of: signal))
    for frame in 3..<pyin.frameCount - 3 {
      let expected = frequency(pyin.axes.time(ofFrame: frame))
      #expect(abs(12 * Double.log2(Double(pyin[bin: 0, frame: frame]) / expected)) < 0.6)
    }
  }

  @Test(arguments: [-0.3, 0.0, 0.2, 0.45])
  func aDetunedToneTellsItsTuning(_ tuning: Double) throws {
    let frequency = 440 * Double.exp2(tuning / 12)
    let analysis = Analysis(of: Self.tone(seconds: 1, rate: 22_050) { _ in frequency })
    let estimate = try EstimateTuning(.init()).extract(from: analysis)
    #expect(estimate.frameCount == 1 && estimate.binCount == 1)
    #expect(abs(Double(estimate.values[0]) - tuning) < 0.03)
  }

  @Test func peaksLieAtTheirFrequencies() throws {
    var settings = Piptrack.Config()
    let analysis = Analysis(of: Self.tone(seconds: 0.5, rate: 22_050) { _ in 703 })
    let pitches = try Piptrack(settings).extract(from: analysis)
    settings.output = .magnitudes
    let magnitudes = try Piptrack(settings).extract(from: analysis)
    let frame = pitches.frameCount / 2
    let found = (0..<pitches.binCount).filter { pitches[bin: $0, frame: frame] > 0 }
    #expect(found.count == 2)
    for (bin, frequency) in zip(found, [703.0, 1406]) {
      #expect(abs(Double(pitches[bin: bin, frame: frame]) - frequency) < 1)
      #expect(magnitudes[bin: bin, frame: frame] > 50)
    }
    #expect(analysis.computations["PreciseMagnitudesKey"] == 1)
  }

  @Test func impossibleRangesAreExplained() {
    func help(_ change: (inout YinParameters) -> Void) -> String? {
      var settings = Yin.Config()
      change(&settings.yin)
      do {
        _ = try Yin(settings).axes(sampleRate: 22_050)
        return nil
      } catch { return (error as? Diagnostic)?.help }
    }
    #expect(help { $0.fmax = 12_000 } == "lower fmax, or resample to at least 24000 Hz")
    #expect(help { $0.fmin = 3000 } == "lower fmin")
    #expect(help { $0.fmin = 10 } == "raise frame_length to at least 2207, or fmin above \(22_050.0 / 2047) Hz")
    var settings = PYin.Config()
    settings.tracking.maxTransitionRate = 1e6
    #expect(throws: Diagnostic.self) { try PYin(settings).axes(sampleRate: 22_050) }
    settings = PYin.Config()
    settings.tracking.yin.fmin = 2092
    #expect(throws: Diagnostic.self) { try PYin(settings).axes(sampleRate: 22_050) }
  }
}
