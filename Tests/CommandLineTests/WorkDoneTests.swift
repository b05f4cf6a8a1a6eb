import Foundation
import Testing

/// How much work is done, counted by the program itself in a process of its own: what no result shows and no clock tells for certain.
@Suite struct WorkDoneTests {
  private struct Counts: Decodable {
    var transforms: Int
    var products: Int
    var faults: Int
  }

  private func count(_ words: String..., in space: Workspace) throws -> Counts {
    let bench = program.deletingLastPathComponent().appendingPathComponent("timbre-bench")
    let outcome = try Running(bench, words, in: space.url).finish()
    return try JSONDecoder().decode(Counts.self, from: Data(outcome.out.utf8))
  }

  private func clip(in space: Workspace) throws -> String {
    try space.write(voice(pitch: 180, seconds: 2.5, rate: 22_050), to: "clip.wav")
    return space.path("clip.wav")
  }

  /// 1 + 55,125 / 512 frames: chroma, MFCC and mel bands share one spectrum, and after a few clips nothing new is allocated that
  /// the system would have to find pages for.
  @Test func vectorTakesOneSpectrum() throws {
    let space = try Workspace()
    let workflow = root.appendingPathComponent("Benchmarks/predict.json").path
    let counts = try count("vector", "count", "100", clip(in: space), workflow, in: space)
    #expect(counts.transforms == 108)
    #expect(counts.faults < 100, "a page or more a clip")
  }

  /// One transform for each of 108 columns of the input, one back for each of 135 or 136 of the output.
  @Test func stretchTransformsEachFrameOnce() throws {
    let space = try Workspace()
    let counts = try count("stretch", "count", "20", "0.8", clip(in: space), in: space)
    #expect(counts.transforms <= 108 + 136)
    #expect(counts.transforms >= 108 + 134)
    #expect(counts.faults < 20)
  }

  /// The same products whoever does them, and none beyond those of the default network: for three convolutions ten points of eight
  /// slices forward and back and once over the batch, for the first one of each sample, for two dense layers a slice forward and
  /// back and four over the batch.
  @Test func trainingStepTakesItsProducts() throws {
    let space = try Workspace()
    for jobs in ["1", "2"] {
      let counts = try count("train", "count", "8", jobs, "64", in: space)
      #expect(counts.products == 3 * 10 * (8 + 8 + 1) + 64 + 2 * (8 + 8) + 4)
    }
  }
}
