import Testing
import TimbreBuiltin
import TimbreCore

/// Every plugin named after a published function, beside what that function computed (Tests/Goldens/make_librosa.py).
@Suite struct LibrosaGoldenTests {
  static let goldens: [Golden] = (try? Golden.all(in: "librosa")) ?? []
  static let registry = Builtin.registry()

  @Test func everyPluginOfLibrosaHasGoldens() {
    let proven = Set(Self.goldens.map(\.use))
    let named = Self.registry.descriptions.filter { $0.reference?.hasPrefix("librosa.") == true }.map(\.id)
    #expect(Set(named).subtracting(proven) == [])
    #expect(named.count > 5)
  }

  @Test(arguments: goldens) func agrees(_ golden: Golden) throws {
    if let entry = Self.registry.augmenters[golden.use] {
      guard case .signal(let plugin) = try entry.make(golden.members) else { return #expect(Bool(false)) }
      var draws = Draws(RandomSource(seed: 7, "clip"))
      #expect(golden.error(of: try plugin.apply(to: golden.input, drawing: &draws).samples) < golden.limit)
      return
    }
    let entry = try #require(Self.registry.features[golden.use])
    let result: FeatureMatrix
    switch try entry.make(golden.members) {
    case .extractor(let plugin):
      result = try plugin.extract(from: Analysis(of: golden.input))
      #expect(try plugin.axes(sampleRate: golden.rate) == result.axes)
    case .transform(let plugin):
      // The signal, cut into two bins.
      let (bins, frames, rows) = (2, golden.count / 2, golden.input.samples)
      let axes = FeatureAxes(bins: (0..<bins).map { "bin_\($0)" }, hop: 0.01)
      let values = (0..<frames).flatMap { frame in (0..<bins).map { rows[$0 * frames + frame] } }
      result = try plugin.transform(FeatureMatrix(axes: axes, values: values))
    }
    #expect(result.binCount == golden.bins)
    #expect(golden.error(of: result.binsByFrames) < golden.limit)
  }
}
