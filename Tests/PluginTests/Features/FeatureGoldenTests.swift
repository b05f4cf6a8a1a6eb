import Testing
import TimbreCore
import TimbreFeatures

@Suite struct FeatureGoldenTests {
  static let goldens: [Golden] = (try? Golden.read("features.json")) ?? []

  static var registry: Registry {
    var registry = Registry()
    registry.register(ZeroCrossingRate.self)
    registry.register(ChromaSTFT.self)
    registry.register(MFCC.self)
    registry.register(RMS.self)
    registry.register(MelSpectrogram.self)
    registry.register(Delta.self)
    return registry
  }

  @Test func goldensAreThere() { #expect(Self.goldens.count == 32) }

  /// Single precision leaves about 1e-6; ten times that is a mistake.
  @Test(arguments: goldens) func agreesWithLibrosa(_ golden: Golden) throws {
    let entry = try #require(Self.registry.features[golden.use])
    let result: FeatureMatrix
    switch try entry.make(golden.members) {
    case .extractor(let plugin):
      result = try plugin.extract(from: Analysis(of: golden.input))
      #expect(try plugin.axes(sampleRate: golden.rate) == result.axes)
    case .transform(let plugin):
      let frames = golden.count / golden.bins
      let rows = golden.input.samples
      let axes = FeatureAxes(bins: (0..<golden.bins).map { "bin_\($0)" }, hop: 0.01)
      let values = (0..<frames).flatMap { frame in (0..<golden.bins).map { rows[$0 * frames + frame] } }
      result = try plugin.transform(FeatureMatrix(axes: axes, values: values))
    }
    #expect(result.binCount == golden.bins)
    #expect(golden.error(of: result.binsByFrames) < 1e-5)
  }
}
