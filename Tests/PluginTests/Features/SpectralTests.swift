import Foundation
import Testing
import TimbreCore
import TimbreDSP
import TimbreFeatures

@Suite struct SpectralTests {
  static let rate = 22_050

  static func signal(_ count: Int, _ sample: (Double) -> Double) -> Analysis {
    Analysis(of: Signal(samples: (0..<count).map { Float(sample(Double($0) / Double(rate))) }, sampleRate: rate))
  }

  static func tone(_ frequency: Double, _ level: Double = 0.5) -> Analysis {
    signal(11_025) { level * sin(2 * .pi * frequency * $0) }
  }

  static func noise(_ count: Int = 11_025) -> Analysis {
    var random = RandomSource(seed: 5)
    return signal(count) { _ in 0.3 * random.normal() }
  }

  /// A click in the middle of an uncentred frame of 256: a flat spectrum.
  static var click: Analysis { signal(256) { $0 == 128 / Double(rate) ? 1 : 0 } }
  static let clickFrame = STFTParameters(nFFT: 256, hopLength: 256, window: Window(.boxcar) ?? .hann, center: false)

  @Test(arguments: [440.0, 1234.5, 8000]) func theCentroidOfAToneIsItsFrequency(_ frequency: Double) throws {
    let centroid = try SpectralCentroid(.init()).extract(from: Self.tone(frequency))
    #expect(abs(Double(centroid[bin: 0, frame: 10]) - frequency) < 1)
  }

  @Test func theBandwidthOfTwoTonesIsHalfTheirDistance() throws {
    let two = Self.signal(11_025) { 0.2 * sin(2 * .pi * 2000 * $0) + 0.2 * sin(2 * .pi * 6000 * $0) }
    for p in [1.0, 2, 3] {
      var settings = SpectralBandwidth.Config()
      settings.p = p
      let bandwidth = try SpectralBandwidth(settings).extract(from: two)
      #expect(abs(bandwidth[bin: 0, frame: 10] - 2000) < 5)
    }
  }

  @Test func withoutNormTheBandwidthGrowsWithTheLevel() throws {
    var settings = SpectralBandwidth.Config()
    settings.norm = false
    let (quiet, loud) = (
      try SpectralBandwidth(settings).extract(from: Self.tone(1000, 0.1)),
      try SpectralBandwidth(settings).extract(from: Self.tone(1000, 0.4))
    )
    // The root of a weight four times as large.
    #expect(abs(loud[bin: 0, frame: 10] / quiet[bin: 0, frame: 10] - 2) < 1e-3)
  }

  @Test(arguments: [0.001, 0.02, 0.3, 0.9], [false, true])
  func contrastIsThatOfSortedBands(_ quantile: Double, _ isSilent: Bool) throws {
    let analysis = isSilent ? Self.signal(3000) { _ in 0 } : Self.noise(3000)
    var settings = SpectralContrast.Config()
    settings.quantile = quantile
    settings.linear = true
    let contrast = try SpectralContrast(settings).extract(from: analysis)
    let spectrum = try analysis.preciseMagnitudes(settings.stft)
    // The edges in bins: 200 Hz is 18.6 bins, and each next one twice as far.
    let edges = [0] + (0...6).map { 200 * pow(2, Double($0)) / (Double(Self.rate) / 2048) }
    for band in 0...6 {
      var bins = (0...1024).filter { Double($0) >= edges[band] && Double($0) <= edges[band + 1] }
      if band > 0 { bins.insert(bins[0] - 1, at: 0) }
      if band == 6 { bins = Array(bins[0]...1024) }
      let count = max(1, Int((quantile * Double(bins.count)).rounded(.toNearestOrEven)))
      if band < 6 { bins.removeLast() }
      let sorted = bins.map { Double(spectrum[bin: $0, frame: 2]) }.sorted()
      let valley = sorted.prefix(count).reduce(0, +) / Double(min(count, sorted.count))
      let peak = sorted.suffix(count).reduce(0, +) / Double(min(count, sorted.count))
      #expect(abs(Double(contrast[bin: band, frame: 2]) - (peak - valley)) <= 1e-5 * peak)
    }
  }

  @Test func bandsWithoutABinAreDiagnosed() {
    var settings = SpectralContrast.Config()
    settings.stft.nFFT = 64
    let empty = #expect(throws: Diagnostic.self) { try SpectralContrast(settings).axes(sampleRate: 22_050) }
    #expect(empty?.message.contains("band 0") == true)
    settings = .init()
    settings.nBands = 7
    let high = #expect(throws: Diagnostic.self) { try SpectralContrast(settings).axes(sampleRate: 22_050) }
    #expect(high?.message.contains("12800 Hz") == true)
  }

  @Test func aClickIsFlatAndAToneIsNot() throws {
    var settings = SpectralFlatness.Config()
    settings.stft = Self.clickFrame
    #expect(try abs(SpectralFlatness(settings).extract(from: Self.click)[bin: 0, frame: 0] - 1) < 1e-6)
    #expect(try SpectralFlatness(.init()).extract(from: Self.tone(1000))[bin: 0, frame: 10] < 1e-6)
  }

  /// The powers of noise are exponentially distributed: their geometric mean is exp(−0.5772) of the arithmetic one.
  @Test func theFlatnessOfNoiseIsThatOfAnExponentialDistribution() throws {
    let flatness = try SpectralFlatness(.init()).extract(from: Self.noise())
    let mean = flatness.values.reduce(0, +) / Float(flatness.frameCount)
    #expect(abs(mean - 0.5615) < 0.02)
  }

  @Test func aPowerBeyondSinglePrecisionIsDiagnosed() {
    var settings = SpectralFlatness.Config()
    settings.power = 100
    let error = #expect(throws: Diagnostic.self) { try SpectralFlatness(settings).extract(from: Self.tone(1000)) }
    #expect(error?.kind == .notFinite)
  }

  @Test func theRolloffOfAFlatSpectrumIsItsShare() throws {
    var settings = SpectralRolloff.Config()
    settings.stft = Self.clickFrame
    settings.rollPercent = 0.5
    // Of 129 equal bins the 65th, number 64, is the first that reaches a half.
    #expect(try SpectralRolloff(settings).extract(from: Self.click).values == [64 * 22_050 / 256])
  }

  @Test(arguments: [0, 1, 2, 5]) func whatAFitLeavesIsOrthogonalToItsPowers(_ order: Int) throws {
    var settings = PolyFeatures.Config()
    settings.order = order
    settings.stft.nFFT = 256
    let analysis = Self.noise(2000)
    let fit = try PolyFeatures(settings).extract(from: analysis)
    #expect(fit.axes.bins.last == "degree_0")
    let spectrum = try analysis.preciseMagnitudes(settings.stft)
    for power in 0...order {
      var (sum, size) = (0.0, 0.0)
      for bin in 0...128 {
        let x = Double(bin) * 22_050 / 256
        let value = (0...order).reduce(0.0) { $0 * x + Double(fit[bin: $1, frame: 1]) }
        sum += (Double(spectrum[bin: bin, frame: 1]) - value) * pow(x / 11_025, Double(power))
        size += Double(spectrum[bin: bin, frame: 1])
      }
      #expect(abs(sum) < 1e-5 * size)
    }
  }

  /// With full gain, a steady sound of any level ends as (1 + bias)^power − bias^power.
  @Test(arguments: [0.01, 0.5]) func channelGainForgetsTheLevel(_ level: Double) throws {
    var settings = PCEN.Config()
    settings.pcen.gain = 1
    settings.pcen.timeConstant = 0.02
    let energies = try PCEN(settings).extract(from: Self.tone(1000, level))
    let band = energies.axes.positions.indices.min {
      abs(energies.axes.positions[$0] - 1000) < abs(energies.axes.positions[$1] - 1000)
    }
    let value = energies[bin: try #require(band), frame: 15]
    #expect(abs(value - (Float(3).squareRoot() - Float(2).squareRoot())) < 1e-3)
  }

  @Test func reassignmentKeepsTheEnergyAndFindsTheTone() throws {
    let analysis = Self.tone(1000.3)
    var settings = ReassignedSpectrogram.Config()
    settings.reassignment.refPower = 0
    settings.reassignment.fillNaN = true
    let moved = try ReassignedSpectrogram(settings).extract(from: analysis)
    let plain = try analysis.preciseMagnitudes(settings.stft)
    let before = plain.compact.reduce(0.0) { $0 + Double($1) * Double($1) }
    let after = moved.values.reduce(0.0) { $0 + Double($1) }
    #expect(abs(after / before - 1) < 1e-5)
    // Bin 92.9 of the transform: inside the signal all of it lands in bin 93.
    let row = moved.values[10 * 1025..<11 * 1025]
    #expect(row[10 * 1025 + 93] > 0.999 * row.reduce(0, +))
  }

  @Test func reassignmentFindsTheClick() throws {
    var settings = ReassignedSpectrogram.Config()
    settings.stft.hopLength = 100
    let analysis = Self.signal(4000) { abs($0 - 2020 / Double(Self.rate)) < 1e-9 ? 1 : 0 }
    let moved = try ReassignedSpectrogram(settings).extract(from: analysis)
    let byFrame = (0..<moved.frameCount).map { moved.values[$0 * 1025..<($0 + 1) * 1025].reduce(0, +) }
    #expect(byFrame[20] > 0.999 * byFrame.reduce(0, +))
  }

  @Test func nothingToReassignIsDiagnosed() {
    var settings = ReassignedSpectrogram.Config()
    settings.reassignment.frequencies = false
    settings.reassignment.times = false
    let error = #expect(throws: Diagnostic.self) { try ReassignedSpectrogram(settings) }
    #expect(error?.help?.contains("reassign_times") == true)
  }

  @Test func levelsEndWhereTheyAreTold() throws {
    var settings = STFT.Config()
    settings.scale = .db
    settings.ref = .max
    settings.topDB = 60
    let levels = try STFT(settings).extract(from: Self.tone(1000))
    // The logarithms of the largest value and of the reference round apart, as librosa's do.
    #expect(abs(levels.values.max() ?? 1) < 1e-5)
    #expect(abs((levels.values.min() ?? 0) + 60) < 1e-5)
    #expect(levels.axes.valueUnit == .decibels)
  }

  @Test func featuresOfOneSignalShareOneTransform() throws {
    let analysis = Self.noise()
    let plugins: [any FeatureExtractor] = [
      try SpectralCentroid(.init()), try SpectralBandwidth(.init()), try SpectralContrast(.init()),
      try SpectralFlatness(.init()), try SpectralRolloff(.init()), try PolyFeatures(.init()), try PCEN(.init()),
    ]
    for plugin in plugins { _ = try plugin.extract(from: analysis) }
    #expect(analysis.computations["PreciseMagnitudesKey"] == 1)
  }
}
