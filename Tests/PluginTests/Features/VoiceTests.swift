import Foundation
import Testing
import TimbreCore
import TimbreDSP
import TimbreFeatures

@Suite struct VoiceTests {
  private static let rate = 16_000

  /// What rings as resonators of the given frequencies and bandwidths do.
  private static func ringing(_ excitation: [Double], _ resonances: [(Double, Double)]) -> Signal {
    var samples = excitation
    for (frequency, bandwidth) in resonances {
      let decay = exp(-.pi * bandwidth / Double(rate))
      let turn = 2 * decay * cos(2 * .pi * frequency / Double(rate))
      for index in 2..<samples.count {
        samples[index] += turn * samples[index - 1] - decay * decay * samples[index - 2]
      }
    }
    let peak = samples.reduce(0) { max($0, abs($1)) }
    return Signal(samples: samples.map { Float(0.5 * $0 / peak) }, sampleRate: rate)
  }

  /// A second of pulses 128 ± `shift` samples apart, at levels of 1 ± `swing`, in turn longer and shorter, louder and softer.
  private static func alternating(shift: Int, swing: Double) -> Signal {
    var (excitation, sample, sign) = ([Double](repeating: 0, count: rate), 10, 1)
    while sample < rate {
      excitation[sample] = 1 + Double(sign) * swing
      sample += 128 + sign * shift
      sign = -sign
    }
    return ringing(excitation, [(1000, 600)])
  }

  private static func noise(_ count: Int, _ level: Double) -> [Double] {
    var random = RandomSource(seed: 5, "voice")
    return (0..<count).map { _ in level * random.normal() }
  }

  private static func value(_ name: String, of matrix: FeatureMatrix) throws -> Double {
    Double(matrix.values[try #require(matrix.axes.bins.firstIndex(of: name))])
  }

  @Test(arguments: [0, 1, 2]) func jitterIsTheShareByWhichPeriodsDiffer(_ shift: Int) throws {
    let jitter = try Jitter(.init()).extract(from: Analysis(of: Self.alternating(shift: shift, swing: 0)))
    let expected = Double(2 * shift) / 128
    #expect(abs(try Self.value("jitter_local", of: jitter) - expected) < 0.03 * expected + 2e-4)
    #expect(abs(try Self.value("jitter_local_absolute", of: jitter) * 16_000 - Double(2 * shift)) < 0.1)
    // Long and short in turn: the middle of three is two thirds of the difference off their mean.
    #expect(abs(try Self.value("jitter_rap", of: jitter) - expected * 2 / 3) < 0.03 * expected + 2e-4)
    #expect(abs(try Self.value("jitter_ddp", of: jitter) - expected * 2) < 0.09 * expected + 6e-4)
  }

  @Test(arguments: [0, 0.02, 0.08]) func shimmerIsTheShareByWhichLevelsDiffer(_ swing: Double) throws {
    let shimmer = try Shimmer(.init()).extract(from: Analysis(of: Self.alternating(shift: 0, swing: swing)))
    #expect(abs(try Self.value("shimmer_local", of: shimmer) - 2 * swing) < 0.06 * swing + 1e-3)
    let decibels = 20 * log10((1 + swing) / (1 - swing))
    #expect(abs(try Self.value("shimmer_local_db", of: shimmer) - decibels) < 0.03 * decibels + 0.01)
    #expect(abs(try Self.value("shimmer_apq3", of: shimmer) - 4 / 3 * swing) < 0.06 * swing + 1e-3)
  }

  @Test func jitterAndShimmerShareTheirPulses() throws {
    let analysis = Analysis(of: Self.alternating(shift: 1, swing: 0.05))
    _ = try Jitter(.init()).extract(from: analysis)
    _ = try Shimmer(.init()).extract(from: analysis)
    #expect(analysis.computations["PulsesKey"] == 1)
  }

  @Test(arguments: [HarmonicsToNoise.Method.cc, .ac], [10.0, 20, 30])
  func aToneInNoiseHasTheirRatio(_ method: HarmonicsToNoise.Method, _ ratio: Double) throws {
    let tone = (0..<Self.rate).map { index in
      (1...8).reduce(0) { $0 + 0.1 * sin(2 * .pi * 200 * Double($1 * index) / Double(Self.rate)) }
    }
    // Eight sines of amplitude 0.1 have a power of 0.04.
    let noise = Self.noise(Self.rate, (0.04 / pow(10, ratio / 10)).squareRoot())
    let signal = Signal(samples: zip(tone, noise).map { Float($0 + $1) }, sampleRate: Self.rate)
    var config = HarmonicsToNoise.Config()
    config.method = method
    let values = try HarmonicsToNoise(config).extract(from: Analysis(of: signal)).values
    let median = values.sorted()[values.count / 2]
    #expect(abs(Double(median) - ratio) < 1.5)
  }

  @Test func whatHasNoPeriodHasTheValueThatIsAskedFor() throws {
    let silence = Signal(samples: [Float](repeating: 0, count: 8000), sampleRate: Self.rate)
    var config = HarmonicsToNoise.Config()
    #expect(Set(try HarmonicsToNoise(config).extract(from: Analysis(of: silence)).values) == [-200])
    config.unvoicedValue = 0
    #expect(Set(try HarmonicsToNoise(config).extract(from: Analysis(of: silence)).values) == [0])
    #expect(Set(try Jitter(.init()).extract(from: Analysis(of: silence)).values) == [0])
    #expect(Set(try Shimmer(.init()).extract(from: Analysis(of: silence)).values) == [0])
    #expect(Set(try Formants(.init()).extract(from: Analysis(of: silence)).values) == [0])
    #expect(Set(try LongTermAverageSpectrum(.init()).extract(from: Analysis(of: silence)).values) == [-300])
  }

  @Test(arguments: [16_000, 44_100]) func formantsAreTheResonances(_ rate: Int) throws {
    let resonances = [(500.0, 60.0), (1500, 80), (2500, 100), (3500, 120)]
    let samples = Self.ringing(Self.noise(4 * Self.rate, 1), resonances).samples
    // Read at another rate the same samples are a higher voice.
    let scale = Double(rate) / Double(Self.rate)
    var config = Formants.Config()
    config.parameters.maxNumberOfFormants = 4
    config.parameters.maximumFormant = 0.5 * Double(rate)
    config.parameters.windowLength /= scale
    // No emphasis: the model is then the very one that made the samples.
    config.parameters.preEmphasisFrom = 1e6
    let matrix = try Formants(config).extract(from: Analysis(of: Signal(samples: samples, sampleRate: rate)))
    for (number, resonance) in resonances.enumerated() {
      let values = (0..<matrix.frameCount).map { Double(matrix[bin: number, frame: $0]) }.sorted()
      #expect(abs(values[values.count / 2] / (resonance.0 * scale) - 1) < 0.02)
    }
    #expect(matrix.axes.bins == ["f1", "f2", "f3", "f4", "b1", "b2", "b3", "b4"])
  }

  @Test func whiteNoiseHasAFlatSpectrumOfItsPower() throws {
    let noise = Self.noise(4 * Self.rate, 0.1)
    let signal = Signal(samples: noise.map { Float($0) }, sampleRate: Self.rate)
    let matrix = try LongTermAverageSpectrum(.init()).extract(from: Analysis(of: signal))
    #expect(matrix.frameCount == 1 && matrix.binCount == 80)
    let expected = 10 * log10(2 * 0.01 / Double(Self.rate) / 4e-10)
    #expect(matrix.values.allSatisfy { abs(Double($0) - expected) < 2.5 })
    // Parseval: the bands together have the power of the signal.
    let power = matrix.values.reduce(0) { $0 + 100 * 4e-10 * pow(10, Double($1) / 10) }
    let meanSquare = noise.reduce(0) { $0 + $1 * $1 } / Double(noise.count)
    #expect(abs(power / meanSquare - 1) < 0.01)
  }

  @Test func aToneStandsInItsBand() throws {
    let tone = (0..<Self.rate).map { Float(0.5 * sin(2 * .pi * 1250 * Double($0) / Double(Self.rate))) }
    let matrix = try LongTermAverageSpectrum(.init()).extract(
      from: Analysis(of: Signal(samples: tone, sampleRate: Self.rate)))
    let loudest = matrix.values.indices.max { matrix.values[$0] < matrix.values[$1] }
    #expect(loudest == 12)
    #expect(matrix.axes.positions[12] == 1250)
  }

  @Test func contradictionsAreDiagnosed() throws {
    var jitter = Jitter.Config()
    jitter.perturbation.pitch.pitchFloor = 700
    #expect(throws: Diagnostic.self) { try Jitter(jitter).axes(sampleRate: 22_050) }
    var shimmer = Shimmer.Config()
    shimmer.perturbation.periodFloor = 0.03
    #expect(throws: Diagnostic.self) { try Shimmer(shimmer) }
    var harmonics = HarmonicsToNoise.Config()
    harmonics.minimumPitch = 4000
    #expect(throws: Diagnostic.self) { try HarmonicsToNoise(harmonics).axes(sampleRate: 8000) }
    var formants = Formants.Config()
    formants.parameters.windowLength = 0.0001
    #expect(throws: Diagnostic.self) { try Formants(formants) }
  }

  @Test func tooManyFramesAreDiagnosed() throws {
    let signal = Self.alternating(shift: 0, swing: 0)
    var formants = Formants.Config()
    formants.parameters.timeStep = 1e-12
    #expect(throws: Diagnostic.self) { try Formants(formants).extract(from: Analysis(of: signal)) }
    var harmonics = HarmonicsToNoise.Config()
    harmonics.timeStep = 1e-300
    #expect(throws: Diagnostic.self) { try HarmonicsToNoise(harmonics).extract(from: Analysis(of: signal)) }
  }
}
