import Testing
import TimbreCore
import TimbreTesting

/// The kit has to find what it promises to find, and leave a proper plugin alone.
@Suite struct ConformanceKitTests {
  @Test func aProperPluginPasses() {
    #expect(conformanceFailures(of: Example.self) == [])
  }

  @Test func aBadDeclarationIsFound() {
    let failures = specFailures(of: Sloppy.self).map(\.description)
    for part in [
      "\"Sloppy\" is not lower snake case", "summary", "HopLength: is not lower snake case", "its default is wrong",
    ] {
      #expect(failures.contains { $0.contains(part) }, "\(part): \(failures)")
    }
  }

  @Test func badResultsAreFound() {
    let failures = conformanceFailures(of: Sloppy.self, sampleRates: [22_050]).map(\.description)
    for part in [
      "two bins have one name", "nan in bin 0, frame 0", "the result's axes are not the declared ones",
      "which is no Diagnostic",
    ] {
      #expect(failures.contains { $0.contains(part) }, "\(part): \(failures)")
    }
  }

  @Test func badAugmentersAreFound() {
    let failures = conformanceFailures(of: Drifting.self, sampleRates: [8_000]).map(\.description)
    for part in [
      "the sample rate became 8001 Hz", "one seed gives other bits", "one sample at 8000 Hz: no sample is left",
    ] {
      #expect(failures.contains { $0.contains(part) }, "\(part): \(failures)")
    }
  }

  @Test func probesCoverWhatTheyName() {
    for rate in [8_000, 96_000] {
      let probes = ProbeSignal.all(sampleRate: rate)
      #expect(
        probes.count == 7 && probes.allSatisfy { $0.signal.sampleRate == rate && $0.signal.firstNonFinite == nil })
      #expect(probes.contains { $0.signal.samples.count == 1 })
      #expect(probes.contains { $0.signal.samples.count > 1 && $0.signal.samples.count < 512 })
    }
  }

  private struct Sloppy: FeatureExtractor {
    struct Config: PluginConfig { var hop = 0 }
    struct Slip: Error {}
    static let spec = PluginSpec<Config>(
      "feature.Sloppy", summary: "no sentence", parameters: [.int("HopLength", \.hop, in: 1...9, "The hop")])
    init(_ config: Config) {}
    func axes(sampleRate: Int) -> FeatureAxes { FeatureAxes(bins: ["a", "a"], hop: 1) }
    func extract(from analysis: Analysis) throws -> FeatureMatrix {
      if analysis.signal.samples.count == 1 { throw Slip() }
      return FeatureMatrix(axes: FeatureAxes(bins: ["a"], hop: 1), values: [.nan])
    }
  }

  private struct Drifting: Augmenter {
    struct Config: PluginConfig {}
    static let spec = PluginSpec<Config>("augment.drifting", summary: "Drifts.")
    init(_ config: Config) {}
    func apply(to signal: Signal, drawing draws: inout Draws) -> Signal {
      // Randomness of its own instead of the one it was handed.
      let other = signal.samples.dropLast().map { _ in Float.random(in: 0...1) }
      return Signal(samples: other, sampleRate: signal.sampleRate + 1)
    }
  }
}
