import Foundation
import Testing
import TimbreCore
import TimbreDSP
import TimbreFeatures

@Suite struct RhythmTests {
  private static let rate = 22_050

  /// Short decaying noises at a tempo.
  private static func beats(_ bpm: Double, seconds: Double = 12) -> Signal {
    var samples = [Float](repeating: 0, count: Int(seconds * Double(rate)))
    var random = RandomSource(seed: 3, "beats")
    var time = 0.25
    while time < seconds {
      let start = Int(time * Double(rate))
      for index in start..<min(samples.count, start + 400) {
        let decay = 1 - Float(index - start) / 400
        samples[index] = decay * Float(random.uniform(-0.8, 0.8))
      }
      time += 60 / bpm
    }
    return Signal(samples: samples, sampleRate: rate)
  }

  /// The tempos that lags around `bpm` have: none in between can be found.
  private static func resolution(_ bpm: Double) -> Double {
    let framesPerMinute = 60 * Double(rate) / 512
    return bpm * bpm / framesPerMinute
  }

  @Test(arguments: [80.0, 100, 120, 150, 175]) func regularBeatsHaveTheirTempo(_ bpm: Double) throws {
    let analysis = Analysis(of: Self.beats(bpm))
    let tempo = try Tempo(.init()).extract(from: analysis)
    #expect(tempo.values.count == 1)
    #expect(abs(Double(tempo.values[0]) - bpm) <= Self.resolution(bpm))
    var config = Tempo.Config()
    config.aggregate = nil
    let dynamic = try Tempo(config).extract(from: analysis)
    #expect(dynamic.frameCount == 1 + analysis.signal.samples.count / 512)
    #expect(abs(Double(dynamic.values[dynamic.frameCount / 2]) - bpm) <= Self.resolution(bpm))
  }

  @Test(arguments: [90.0, 120, 160]) func theTempogramPeaksAtThePeriod(_ bpm: Double) throws {
    let tempogram = try Tempogram(.init()).extract(from: Analysis(of: Self.beats(bpm)))
    let frame = tempogram.frameCount / 2
    #expect(abs(tempogram[bin: 0, frame: frame] - 1) < 1e-6)
    let period = 60 / bpm
    let near = tempogram.axes.positions.indices.filter { abs(tempogram.axes.positions[$0] - period) < 0.3 * period }
    let peak = try #require(near.max { tempogram[bin: $0, frame: frame] < tempogram[bin: $1, frame: frame] })
    #expect(abs(tempogram.axes.positions[peak] - period) <= tempogram.axes.hop)
  }

  @Test func theFourierTempogramPeaksAtTheTempo() throws {
    let tempogram = try FourierTempogram(.init()).extract(from: Analysis(of: Self.beats(120)))
    let positions = tempogram.axes.positions
    let candidates = positions.indices.filter { (80.0...200).contains(positions[$0]) }
    let frame = tempogram.frameCount / 2
    let peak = try #require(candidates.max { tempogram[bin: $0, frame: frame] < tempogram[bin: $1, frame: frame] })
    #expect(abs(positions[peak] - 120) <= positions[1])
  }

  @Test func onsetStrengthPeaksAtOnsets() throws {
    let onset = try OnsetStrength(.init()).extract(from: Analysis(of: Self.beats(60, seconds: 5)))
    let largest = try #require(onset.values.max())
    #expect(onset.values.allSatisfy { $0 >= 0 })
    for beat in 0..<4 {
      let time = 0.25 + Double(beat)
      let frames = onset.values.indices.filter { abs(onset.axes.time(ofFrame: $0) - time) < 0.4 }
      let peak = try #require(frames.max { onset.values[$0] < onset.values[$1] })
      #expect(abs(onset.axes.time(ofFrame: peak) - time) < 0.05)
      #expect(onset.values[peak] > 0.3 * largest)
    }
  }

  @Test func aRangeOfBandsHearsItsOwnOnsets() throws {
    // A low tone in the middle of a bin from the start on, and a high one that fades in after 0.4 s.
    let samples: [Float] = (0..<Self.rate).map { index in
      let time = Double(index) / Double(Self.rate)
      let fade = 0.5 - 0.5 * cos(.pi * min(1, max(0, (time - 0.4) / 0.2)))
      let low = sin(2 * .pi * 20 / 2048 * Double(index))
      let high = fade * sin(2 * .pi * 4000 * time)
      return Float(0.3 * low + 0.3 * high)
    }
    var config = OnsetStrengthMulti.Config()
    config.channels = [0, 20, 60, 128]
    let onset = try OnsetStrengthMulti(config).extract(
      from: Analysis(of: Signal(samples: samples, sampleRate: Self.rate)))
    #expect(onset.binCount == 3)
    let during = (0..<onset.frameCount).filter { (0.3...0.8).contains(onset.axes.time(ofFrame: $0)) }
    func loudest(_ bin: Int) -> Float { during.map { onset[bin: bin, frame: $0] }.max() ?? 0 }
    #expect(loudest(2) > 0.5)
    #expect(loudest(0) < 0.1 * loudest(2))
    #expect(loudest(1) < 0.1 * loudest(2))
  }

  @Test func theMeanOfAllBandsIsTheOnsetStrength() throws {
    let analysis = Analysis(of: Self.beats(100, seconds: 2))
    var config = OnsetStrengthMulti.Config()
    config.aggregate = .none
    let bands = try OnsetStrengthMulti(config).extract(from: analysis)
    let whole = try OnsetStrength(.init()).extract(from: analysis)
    #expect(bands.binCount == 128)
    for frame in 0..<whole.frameCount {
      let mean = (0..<128).reduce(0) { $0 + bands[bin: $1, frame: frame] } / 128
      #expect(abs(mean - whole.values[frame]) <= 1e-5 * (1 + whole.values[frame]))
    }
  }

  @Test func silenceHasNoOnsets() throws {
    let analysis = Analysis(of: Signal(samples: [Float](repeating: 0, count: 30_000), sampleRate: Self.rate))
    #expect(try OnsetStrength(.init()).extract(from: analysis).values.allSatisfy { $0 == 0 })
    #expect(try PLP(.init()).extract(from: analysis).values.allSatisfy { $0 == 0 })
    // With nothing to go by, the tempo is the one that is most probable beforehand.
    let tempo = try Tempo(.init()).extract(from: analysis).values[0]
    #expect(abs(Double(tempo) - 120) <= Self.resolution(120))
  }

  @Test func thePulsePeaksAtBeats() throws {
    let pulse = try PLP(.init()).extract(from: Analysis(of: Self.beats(120)))
    #expect(pulse.values.allSatisfy { (0...1).contains($0) })
    #expect(pulse.values.max() == 1)
    var hits = 0
    let peaks = pulse.values.indices.dropFirst().dropLast().filter {
      pulse.values[$0] > 0.3 && pulse.values[$0] > pulse.values[$0 - 1] && pulse.values[$0] >= pulse.values[$0 + 1]
    }
    for peak in peaks {
      let phase = (pulse.axes.time(ofFrame: peak) - 0.25) / 0.5
      if abs(phase - phase.rounded()) < 0.2 { hits += 1 }
    }
    #expect(peaks.count >= 5)
    #expect(Double(hits) >= 0.9 * Double(peaks.count))
  }

  @Test func ratiosReadTheTempogramAtMultiples() throws {
    let analysis = Analysis(of: Self.beats(120))
    var config = TempogramRatio.Config()
    config.bpm = 60 * Double(Self.rate) / (512 * 20)
    config.factors = [1, 2, 0.5, 1000]
    config.fillValue = -1
    let ratio = try TempogramRatio(config).extract(from: analysis)
    let tempogram = try Tempogram(.init()).extract(from: analysis)
    let frame = ratio.frameCount / 2
    #expect(ratio.axes.positions == [1, 2, 0.5, 1000])
    for (index, lag) in [20, 10, 40].enumerated() {
      #expect(abs(ratio[bin: index, frame: frame] - tempogram[bin: lag, frame: frame]) < 1e-5)
    }
    #expect(ratio[bin: 3, frame: frame] == -1)
    #expect(analysis.computations["TempogramKey"] == 1)
    #expect(analysis.computations["OnsetKey"] == 1)
  }

  @Test func contradictionsAreDiagnosed() throws {
    var multi = OnsetStrengthMulti.Config()
    multi.channels = [0, 129]
    #expect(throws: Diagnostic.self) { try OnsetStrengthMulti(multi) }
    multi.channels = [5, 5]
    #expect(throws: Diagnostic.self) { try OnsetStrengthMulti(multi) }
    var pulse = PLP.Config()
    pulse.pulse.tempoMin = 100
    pulse.pulse.tempoMax = 100
    #expect(throws: Diagnostic.self) { try PLP(pulse) }
    var tempo = Tempo.Config()
    tempo.acSize = 0.01
    let error = #expect(throws: Diagnostic.self) { try Tempo(tempo).axes(sampleRate: 22_050) }
    #expect(error?.help == "raise ac_size or lower hop_length")
    var ratio = TempogramRatio.Config()
    ratio.factors = []
    #expect(throws: Diagnostic.self) { try TempogramRatio(ratio) }
    var tempogram = Tempogram.Config()
    tempogram.tempogram.center = false
    let short = Analysis(of: Signal(samples: [0.5], sampleRate: 22_050))
    let shortError = #expect(throws: Diagnostic.self) { try Tempogram(tempogram).extract(from: short) }
    #expect(shortError?.kind == .shortAudio)
  }
}
